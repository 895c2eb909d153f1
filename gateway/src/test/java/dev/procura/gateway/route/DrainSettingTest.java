package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.problem.InvalidSetting;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.scheduler.VirtualTimeScheduler;

/** How long a gateway that ends still serves. */
final class DrainSettingTest {

    private static final Duration PHASE = Duration.ofSeconds(30);

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();

    /** Spring would go on without waiting for the rest, and nobody would know. */
    @ParameterizedTest
    @ValueSource(strings = {"PT-0.001S", "PT30S", "PT1H"})
    void isRefusedWhereItCannotBeKept(Duration time) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> new Drain(time, PHASE, timer))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.drain");
                    assertThat(invalid.reason()).contains("spring.lifecycle.timeout-per-shutdown-phase (30 s)");
                });
    }

    @Test
    void isOverWhenTheTimeIs() {
        AtomicBoolean over = new AtomicBoolean();
        Drain drain = new Drain(Duration.ofSeconds(5), PHASE, timer);
        drain.start();

        drain.stop(() -> over.set(true));
        timer.advanceTimeBy(Duration.ofMillis(4999));
        assertThat(over).isFalse();
        assertThat(drain.isRunning()).isTrue();
        timer.advanceTimeBy(Duration.ofMillis(1));

        assertThat(over).isTrue();
        assertThat(drain.isRunning()).isFalse();
    }

    @Test
    void takesNoTimeWhereNoneIsSet() {
        AtomicBoolean over = new AtomicBoolean();
        Drain drain = new Drain(Duration.ZERO, Duration.ZERO, timer);
        drain.start();

        drain.stop(() -> over.set(true));

        assertThat(over).isTrue();
    }
}
