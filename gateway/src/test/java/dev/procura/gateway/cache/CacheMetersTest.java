package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

/** How credentials are come by is counted, each way once. */
class CacheMetersTest {

    private static final AccessToken TOKEN = FakeTokenSource.token("issued", NOW.plusSeconds(1_030));
    private static final Grant GRANT = GrantExample.ofAlice().onBehalfOf();

    private final MutableClock clock = MutableClock.at(NOW);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakeTokenSource server = FakeTokenSource.giving(TOKEN);
    private Optional<Entry> elsewhere = Optional.empty();
    private int forgotten;
    private final CachingTokenSource cache = new CachingTokenSource(
            server,
            CacheExample.of(
                    1000,
                    DataSize.ofMegabytes(10),
                    Duration.ofHours(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    0.8),
            new CachingTokenSource.Surroundings(
                    SubjectChoice.TOKEN, new Elsewhere(), new Revocations(clock), meters, () -> 0, clock));

    /** What another replica has, if it is good enough. */
    private final class Elsewhere implements SharedCredentials {

        @Override
        public Mono<Entry> obtain(Question question, Mono<Entry> call) {
            return Mono.justOrEmpty(elsewhere.filter(question.good())).switchIfEmpty(call);
        }

        @Override
        public Mono<Entry> renew(Question question, Mono<Entry> call) {
            return obtain(question, call);
        }

        @Override
        public Mono<Void> forget(Question question) {
            forgotten++;
            return Mono.empty();
        }
    }

    private void ask(Grant grant) {
        cache.token(grant).onErrorComplete().block();
    }

    private Map<String, Integer> counted(String name) {
        Map<String, Integer> counted = new TreeMap<>();
        for (Counter counter : new ArrayList<>(meters.find(name).counters())) {
            if (counter.count() > 0) {
                counted.put(counter.getId().getTag("result"), (int) counter.count());
            }
        }
        return counted;
    }

    private Map<String, Integer> requests() {
        return counted("procura.cache.requests");
    }

    @Test
    void oneIsAskedForAndTheNextAreHits() {
        ask(GRANT);
        ask(GRANT);
        ask(GRANT);

        assertThat(requests()).containsOnly(Map.entry("asked", 1), Map.entry("hit", 2));
        assertThat(cache.size()).isEqualTo(1);
        assertThat(cache.entries()).isEqualTo(1);
    }

    @Test
    void whatAnotherReplicaHasIsTakenFromThere() {
        Instant end = NOW.plusSeconds(500);
        elsewhere = Optional.of(new Entry(TOKEN, NOW, end, end, Entry.origins(GRANT), 0));

        ask(GRANT);

        assertThat(requests()).containsOnly(Map.entry("shared", 1));
        assertThat(server.calls()).isZero();
    }

    @Test
    void aRefusalFailsOnceAndIsThenToldAgain() {
        server.nowFails(ProblemException.of(Problem.SUBJECT_REJECTED, "no"));

        ask(GRANT);
        ask(GRANT);

        assertThat(requests()).containsOnly(Map.entry("failed", 1), Map.entry("refused", 1));
        assertThat(forgotten).as("in the shared store").isEqualTo(1);
    }

    @Test
    void aServerThatIsAwayTakesNothingBack() {
        server.nowFails(ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down"));

        ask(GRANT);

        assertThat(forgotten).isZero();
    }

    @Test
    void whatIsStillValidIsCounted() {
        ask(GRANT);
        server.nowFails(ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down"));
        clock.set(NOW.plusSeconds(1_010));

        ask(GRANT);

        assertThat(requests()).containsOnly(Map.entry("asked", 1), Map.entry("failed", 1), Map.entry("still_valid", 1));
    }

    @Test
    void renewalsAreCountedByWhatCameOfThem() {
        ask(GRANT);
        clock.set(NOW.plusSeconds(800));
        server.nowFails(ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down"));
        ask(GRANT);
        assertThat(counted("procura.cache.renewals")).containsOnly(Map.entry("failed", 1));

        clock.set(NOW.plusSeconds(801));
        server.nowGives(FakeTokenSource.token("no-better", NOW.plusSeconds(1_030)));
        ask(GRANT);
        assertThat(counted("procura.cache.renewals")).containsOnly(Map.entry("failed", 2));

        clock.set(NOW.plusSeconds(803));
        server.nowGives(FakeTokenSource.token("better", NOW.plusSeconds(2_030)));
        ask(GRANT);
        assertThat(counted("procura.cache.renewals")).containsOnly(Map.entry("failed", 2), Map.entry("renewed", 1));
    }

    /** The calling API's token was shown as well: another one may be taken. */
    @Test
    void aRefusalIsOfTheActorTokenToo() {
        server.nowFails(ProblemException.of(Problem.SUBJECT_REJECTED, "no"));
        CallerExample api = CallerExample.app("orders-api");
        ask(GrantExample.ofAlice().actor(api).onBehalfOf());

        ask(GrantExample.ofAlice().actor(api.token("newer")).onBehalfOf());
        ask(GrantExample.ofAlice().actor(api).onBehalfOf());

        assertThat(requests()).containsOnly(Map.entry("failed", 2), Map.entry("refused", 1));
    }
}
