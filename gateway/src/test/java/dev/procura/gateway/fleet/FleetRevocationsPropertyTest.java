package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.fixture.SchedulerClock;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Alarms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Whatever gets lost in whatever order: in the end all refuse the same, and nobody ever knows what nobody has revoked. */
final class FleetRevocationsPropertyTest {

    /** Three gateways, their store, and everything that any of them was told. */
    private static final class World {

        final VirtualTimeScheduler time = VirtualTimeScheduler.create();
        final SchedulerClock clock = new SchedulerClock(time, NOW);
        final StoreExample store = new StoreExample(clock);
        final Set<Revocation.What> revoked = new HashSet<>();
        final Map<Revocation.What, Instant> latest = new HashMap<>();
        final List<StoreExample.Line> lines = new ArrayList<>();
        final List<Revocations> known = new ArrayList<>();
        final List<FleetRevocations> fleet = new ArrayList<>();
        int dump;

        World() {
            for (int i = 0; i < 3; i++) {
                StoreExample.Line line = store.line();
                Revocations revocations = new Revocations(clock);
                FleetRevocations one = new FleetRevocations(
                        line,
                        FleetExample.seals("one"),
                        new FleetRevocations.Surroundings(
                                revocations, Duration.ofHours(24), new Alarms(new SimpleMeterRegistry()), time, clock));
                lines.add(line);
                known.add(revocations);
                fleet.add(one);
                one.start();
            }
        }

        void step(Random random) {
            int who = random.nextInt(3);
            StoreExample.Line line = lines.get(who);
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> revoke(random, who);
                case 3 -> line.isCut = !line.isCut;
                case 4 -> line.isDeaf = !line.isDeaf;
                case 5 ->
                    line.refused = line.refused == null
                            ? Randomly.oneOf(random, List.of("enlist", "increase", "tell", "enlisted"))
                            : null;
                case 6 -> dump = store.dump();
                case 7 -> {
                    if (random.nextBoolean()) {
                        store.restore(Math.min(dump, store.dump()));
                    } else {
                        store.restartEmpty();
                    }
                    dump = Math.min(dump, store.dump());
                }
                default -> time.advanceTimeBy(Duration.ofMillis(random.nextInt(1_500)));
            }
        }

        private void revoke(Random random, int who) {
            Revocation.What what = random.nextInt(3) == 0 ? RevocationCodecTest.what(random) : frequent(random);
            Revocation revocation = new Revocation(
                    what,
                    clock.instant().minusMillis(random.nextInt(5_000)),
                    clock.instant().plus(Duration.ofHours(24)));
            revoked.add(what);
            latest.merge(what, revocation.notBefore(), (one, other) -> one.isAfter(other) ? one : other);
            known.get(who).add(revocation);
            if (random.nextInt(4) > 0) {
                fleet.get(who).tell(revocation).toFuture().join();
            }
        }

        void checkNothingIsInvented() {
            for (Revocations each : known) {
                assertThat(each.all()).allSatisfy(revocation -> {
                    assertThat(revoked).contains(revocation.what());
                    assertThat(revocation.notBefore()).isBeforeOrEqualTo(latest.get(revocation.what()));
                });
            }
        }

        void heal() {
            lines.forEach(line -> {
                line.isCut = false;
                line.isDeaf = false;
                line.refused = null;
            });
            time.advanceTimeBy(FleetRevocations.ALL_AGAIN.plusSeconds(3));
        }

        /** The same tokens again and again, and what stands for them beside. */
        private static Revocation.What frequent(Random random) {
            String issuer = Randomly.oneOf(random, List.of("one", "other"));
            String name = Randomly.oneOf(random, List.of("alice", "bob"));
            return Randomly.oneOf(
                    random,
                    List.of(
                            new Revocation.What.Subject(issuer, name),
                            new Revocation.What.Session(issuer, name),
                            new Revocation.What.Tenant(Optional.empty(), name),
                            new Revocation.What.Issuer(issuer)));
        }

        void checkAllRefuseTheSame() {
            for (Revocations each : known) {
                Map<Revocation.What, Instant> found = new HashMap<>();
                each.all().forEach(revocation -> found.put(revocation.what(), revocation.notBefore()));
                assertThat(latest.keySet())
                        .allSatisfy(
                                what -> assertThat(refusedUntil(what, found)).isEqualTo(refusedUntil(what, latest)));
            }
        }

        /** A record of all tokens, or of all of an issuer's, may stand for those that go no further. */
        private static Instant refusedUntil(Revocation.What what, Map<Revocation.What, Instant> records) {
            return Stream.concat(
                            Stream.of(what, Revocation.What.Everything.EVERYTHING),
                            issuerOf(what).map(Revocation.What.Issuer::new).stream())
                    .map(each -> records.getOrDefault(each, Instant.MIN))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }

        private static Optional<String> issuerOf(Revocation.What what) {
            if (what instanceof Revocation.What.Subject subject) {
                return Optional.of(subject.issuer());
            }
            if (what instanceof Revocation.What.Session session) {
                return Optional.of(session.issuer());
            }
            if (what instanceof Revocation.What.Client client) {
                return Optional.of(client.issuer());
            }
            return what instanceof Revocation.What.Tenant tenant ? tenant.issuer() : Optional.empty();
        }
    }

    @Test
    void whateverGetsLostInTheEndAllRefuseTheSameAndNothingIsInvented() {
        Randomly.check(random -> {
            for (int run = 0; run < 60; run++) {
                World world = new World();
                for (int step = 0; step < 60; step++) {
                    world.step(random);
                    world.checkNothingIsInvented();
                }
                world.heal();
                world.checkNothingIsInvented();
                world.checkAllRefuseTheSame();
                world.fleet.forEach(FleetRevocations::stop);
            }
        });
    }
}
