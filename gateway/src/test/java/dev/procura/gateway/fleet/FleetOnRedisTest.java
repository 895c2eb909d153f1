package dev.procura.gateway.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
                    // A busy machine is not what is tested.
                    Duration.ofSeconds(5),
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
        await().atMost(PATIENCE)
                .until(() -> one.fleet.tell(revocation).toFuture().join() == Told.FLEET);
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

    /** What somebody writes once who may write to Redis. */
    @ParameterizedTest
    @ValueSource(strings = {"a list as the number", "a string as a part", "a member without an end"})
    void oneWriteOfSomebodyElseHoldsUpNothing(String what) {
        Replica one = new Replica();
        Replica other = new Replica();
        Seals seals = FleetExample.seals("one");
        String number = "procura:"
                + seals.names(Purpose.GENERATION, "revocations".getBytes(UTF_8)).get(0);
        List<String> registers = IntStream.range(0, FleetRevocations.PARTS)
                .mapToObj(part -> "procura:"
                        + seals.names(Purpose.REVOCATION, ("revocations " + part).getBytes(UTF_8))
                                .get(0))
                .toList();
        switch (what) {
            case "a list as the number" -> {
                redis.ask("DEL", number);
                redis.ask("LPUSH", number, "x");
            }
            case "a string as a part" -> registers.subList(0, 8).forEach(name -> redis.ask("SET", name, "x"));
            default -> registers.forEach(name -> redis.ask("ZADD", name, "inf", "x"));
        }

        for (int i = 0; i < 10; i++) {
            timeFrom(one, other, "user-" + i);
        }

        assertThat(one.fleet.cutOffSince()).isEmpty();
        assertThat(other.fleet.cutOffSince()).isEmpty();
    }

    @Test
    void aPublicKeyWithoutAnEndKeepsNoOtherOut() throws Exception {
        Seals seals = FleetExample.seals("one");
        redis.ask(
                "ZADD",
                "procura:"
                        + seals.names(Purpose.PUBLIC_KEY, "user contexts".getBytes(UTF_8))
                                .get(0),
                "inf",
                "x");
        List<FleetKeys> keys = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Scheduler timer = Schedulers.newSingle("test-keys", true);
            FleetKeys made = new FleetKeys(
                    new RedisStore(clients.to(redis.port()), clock),
                    seals,
                    new JWKSet(new ECKeyGenerator(Curve.P_256)
                            .keyIDFromThumbprint(true)
                            .generate()),
                    new FleetKeys.Surroundings(new Alarms(new SimpleMeterRegistry()), timer, clock));
            closing.add(made::stop);
            closing.add(timer::dispose);
            made.start();
            keys.add(made);
        }

        await().atMost(PATIENCE).until(() -> keys.stream().allMatch(each -> each.othersKnown() == 1));
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
