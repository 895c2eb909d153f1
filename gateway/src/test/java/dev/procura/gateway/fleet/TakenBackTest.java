package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.cache.CachingTokenSource;
import dev.procura.gateway.cache.SharedCredentials;
import dev.procura.gateway.cache.SubjectChoice;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.IssuedTokens;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.InMemoryStore;
import dev.procura.gateway.fixture.SchedulerClock;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What an authorization server has taken back does not come back from the shared store: not here, and not elsewhere. */
class TakenBackTest {

    private static final AccessToken FIRST = FakeTokenSource.token("first", NOW.plusSeconds(3_000));
    private static final Grant GRANT = GrantExample.ofAlice().onBehalfOf();

    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final Clock clock = new SchedulerClock(scheduler, NOW);
    private final InMemoryStore store = new InMemoryStore(clock);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakeTokenSource server = FakeTokenSource.giving(FIRST);

    private CachingTokenSource replica() {
        Revocations revocations = new Revocations(clock);
        SharedCredentials shared = new SealedCredentials(
                store,
                FleetExample.seals("one"),
                FleetExample.properties("one"),
                new SealedCredentials.Surroundings(
                        new IssuedTokens(5), revocations, () -> {}, new Alarms(meters), scheduler, clock));
        return new CachingTokenSource(
                server,
                FleetExample.properties("one"),
                new CachingTokenSource.Surroundings(
                        SubjectChoice.TOKEN, shared, revocations, new SimpleMeterRegistry(), () -> 0, clock));
    }

    @Test
    void whatTheServerHasTakenBackIsNotFoundInTheStore() {
        CachingTokenSource one = replica();
        CachingTokenSource other = replica();
        assertThat(one.token(GRANT).toFuture()).isCompletedWithValue(FIRST);
        server.nowFails(ProblemException.of(Problem.SUBJECT_REJECTED, "disabled"));
        assertThat(one.forget(GRANT, FIRST.value()).orElseThrow().toFuture()).isCompletedExceptionally();

        scheduler.advanceTimeBy(Duration.ofSeconds(11));

        assertThat(one.token(GRANT).toFuture()).isCompletedExceptionally();
        assertThat(other.token(GRANT).toFuture()).isCompletedExceptionally();
        assertThat(meters.find(Alarms.COUNTER).counters()).isEmpty();
    }

    @Test
    void aServerThatIsAwayHasTakenNothingBack() {
        CachingTokenSource one = replica();
        assertThat(one.token(GRANT).toFuture()).isCompletedWithValue(FIRST);
        server.nowFails(ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down"));
        assertThat(one.forget(GRANT, FIRST.value()).orElseThrow().toFuture()).isCompletedExceptionally();

        assertThat(replica().token(GRANT).toFuture()).isCompletedWithValue(FIRST);
    }
}
