package dev.procura.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
final class AlarmsTest {

    @Test
    void isAnErrorEventAndACountByCode(CapturedOutput output) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Alarms alarms = new Alarms(meters);

        alarms.raise(Problem.CLIENT_REFUSED, "client=gateway");
        alarms.raise(Problem.CLIENT_REFUSED, "client=gateway");
        alarms.raise(Problem.ISSUED_TOKEN_REFUSED, "client=gateway");

        assertThat(meters.counter("procura.alarms", "code", "client_refused").count())
                .isEqualTo(2);
        assertThat(meters.counter("procura.alarms", "code", "issued_token_refused")
                        .count())
                .isEqualTo(1);
        assertThat(output.getAll().lines().filter(line -> line.contains("code=client_refused client=gateway")))
                .hasSize(2)
                .allMatch(line -> line.contains("ERROR"));
    }
}
