package dev.procura.gateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocation.What;
import dev.procura.gateway.inbound.RevocationSpread.Told;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.testkit.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Two replicas, each with a connection of its own to a real Redis. */
final class FleetOnRedisTest {

    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Clock clock = Clock.systemUTC();
    private final RedisServer redis = RedisServer.start();
    private final RedisClients clients = new RedisClients();
    private final List<Runnable> closing = new ArrayList<>();

    /** One of several gateways. */
    private final class Replica {

        final Revocations revocations = new Revocations(clock);
        final FleetRevocations fleet;

        Replica() {
            RedisLine line = clients.to(redis.port());
            Scheduler timer = Schedulers.newSingle("test-fleet", true);
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            BreakingStore store = new BreakingStore(
                    "tests",
                    new RedisStore(line, clock),
                    line::redial,
                    FleetRevocations.DEADLINE,
                    Schedulers.parallel(),
                    meters,
                    clock);
            fleet = new FleetRevocations(
                    store,
                    FleetExample.seals("one"),
                    new FleetRevocations.Surroundings(
                            revocations, Duration.ofHours(24), new Alarms(meters), timer, clock));
            closing.add(fleet::stop);
            closing.add(timer::dispose);
            store.warmUp().toFuture().join();
            fleet.start();
            fleet.started(PATIENCE).toFuture().join();
            await().atMost(PATIENCE).until(() -> fleet.cutOffSince().isEmpty());
        }

        Revocation revoke(String subject) {
            Instant now = clock.instant();
            Revocation revocation =
                    new Revocation(new What.Subject("https://id.example.com", subject), now, now.plusSeconds(3_600));
            revocations.add(revocation);
            return revocation;
        }

        boolean knows(Revocation revocation) {
            return revocations.all().contains(revocation);
        }
    }

    private static Duration timeFrom(Replica one, Replica other, String subject) {
        long begin = System.nanoTime();
        Revocation revocation = one.revoke(subject);
        assertThat(one.fleet.tell(revocation).toFuture().join()).isEqualTo(Told.FLEET);
        await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> other.knows(revocation));
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @AfterEach
    void close() {
        closing.forEach(Runnable::run);
        clients.close();
        redis.close();
    }

    @Test
    void aRevocationReachesTheOtherReplicaWithinASecond() {
        Replica one = new Replica();
        Replica other = new Replica();

        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            times.add(timeFrom(one, other, "user-" + i));
        }

        // A machine that has other things to do may be late now and then.
        assertThat(times.stream().sorted().toList().get(10)).isLessThan(A_SECOND);
        assertThat(redis.dumpText()).doesNotContain("user-", "id.example.com");
    }

    @Test
    void aMessageThatIsLostChangesNothingOfThat() {
        Replica one = new Replica();
        Replica other = new Replica();

        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
            times.add(timeFrom(one, other, "user-" + i));
        }

        assertThat(times.stream().sorted().toList().get(2)).isLessThan(A_SECOND);
    }

    @Test
    void aRedisThatWasKilledIsFilledAgainAndEverybodyCatchesUp() {
        Replica one = new Replica();
        Replica other = new Replica();
        Revocation before = one.revoke("before");
        one.fleet.tell(before).toFuture().join();
        await().atMost(PATIENCE).until(() -> other.knows(before));
        redis.kill();
        await().atMost(PATIENCE).until(() -> one.fleet.cutOffSince().isPresent());

        Revocation meanwhile = one.revoke("meanwhile");
        assertThat(one.fleet.tell(meanwhile).toFuture().join()).isEqualTo(Told.THIS_REPLICA);
        redis.restart();

        await().atMost(PATIENCE).until(() -> other.knows(meanwhile));
        Replica late = new Replica();
        assertThat(late.knows(before)).isTrue();
        assertThat(late.knows(meanwhile)).isTrue();
        await().atMost(PATIENCE).until(() -> one.fleet.cutOffSince().isEmpty());
    }
}
