package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class ObservedTokenSourceTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Grant GRANT = GrantExample.ofAlice().onBehalfOf();
    private static final AccessToken TOKEN = FakeTokenSource.token("issued", NOW.plusSeconds(300));

    private final MockClock time = new MockClock();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry(SimpleConfig.DEFAULT, time);
    private final FakeTokenSource server = FakeTokenSource.giving(TOKEN);
    private final ObservedTokenSource source = new ObservedTokenSource(server, meters);

    private Timer timer(String client, String outcome) {
        return meters.get("procura.token.requests")
                .tags("client", client, "outcome", outcome)
                .timer();
    }

    private void ask(Grant grant) {
        source.token(grant).onErrorResume(failure -> Mono.empty()).block(SOON);
    }

    @Test
    void countsWhatWasIssued() {
        ask(GRANT);
        ask(GRANT);

        assertThat(timer("gateway", "ok").count()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void countsEachProblemByItsCode(Problem problem) {
        server.nowFails(ProblemException.of(problem, "a reason with words"));
        ask(GRANT);

        assertThat(timer("gateway", problem.code()).count()).isEqualTo(1);
        assertThat(meters.getMeters()).hasSize(1);
    }

    @Test
    void countsABugAsOne() {
        server.nowFails(new IllegalStateException("bug"));
        ask(GRANT);

        assertThat(timer("gateway", "internal_error").count()).isEqualTo(1);
    }

    @Test
    void countsEachClientByItself() {
        ask(GRANT);
        ask(GrantExample.ofAlice().client(GrantExample.named("orders-api")).onBehalfOf());

        assertThat(timer("gateway", "ok").count()).isEqualTo(1);
        assertThat(timer("orders-api", "ok").count()).isEqualTo(1);
    }

    @Test
    void timesFromTheQuestionToTheAnswer() {
        ObservedTokenSource slow = new ObservedTokenSource(
                grant -> Mono.fromSupplier(() -> {
                    time.add(Duration.ofMillis(250));
                    return TOKEN;
                }),
                meters);
        Mono<AccessToken> answer = slow.token(GRANT);
        time.add(Duration.ofSeconds(10));

        StepVerifier.create(answer).expectNext(TOKEN).expectComplete().verify(SOON);

        assertThat(timer("gateway", "ok").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(250);
    }

    @Test
    void anAnswerAndAFailurePassUnchanged() {
        ProblemException failure = ProblemException.of(Problem.TARGET_DENIED, "no");
        StepVerifier.create(source.token(GRANT))
                .expectNext(TOKEN)
                .expectComplete()
                .verify(SOON);

        server.nowFails(failure);
        assertThatThrownBy(() -> source.token(GRANT).block(SOON)).isSameAs(failure);
    }

    @Test
    void noMeterHoldsACallerOrAToken() {
        for (int i = 0; i < 20; i++) {
            ask(GrantExample.of(CallerExample.user("user-" + i).tenant("tenant-" + i))
                    .onBehalfOf());
        }

        assertThat(meters.getMeters()).hasSize(1);
        assertThat(meters.getMeters())
                .extracting(Meter::getId)
                .flatExtracting(Meter.Id::getTags)
                .containsExactlyInAnyOrder(Tag.of("client", "gateway"), Tag.of("outcome", "ok"));
    }
}
