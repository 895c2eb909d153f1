package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.fixture.SchedulerClock;
import dev.procura.gateway.inbound.Provenance;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocation.What;
import dev.procura.gateway.inbound.RevocationSpread.Told;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Alarm;
import dev.procura.gateway.problem.Alarms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(OutputCaptureExtension.class)
final class FleetRevocationsTest {

    private static final String ISSUER = "https://id.example.com/realms/corp";

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final SchedulerClock clock = new SchedulerClock(time, NOW);
    private final StoreExample store = new StoreExample(clock);
    private final List<Replica> replicas = new ArrayList<>();

    /** One of several gateways. */
    private final class Replica implements Disposable {

        final StoreExample.Line line = store.line();
        final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        final Revocations revocations;
        final FleetRevocations fleet;

        Replica(Clock itsClock, String... keyNames) {
            revocations = new Revocations(itsClock);
            fleet = new FleetRevocations(
                    line,
                    FleetExample.seals(keyNames),
                    new FleetRevocations.Surroundings(
                            revocations, Duration.ofHours(24), new Alarms(meters), time, itsClock));
            replicas.add(this);
        }

        Replica start() {
            fleet.start();
            pass(Duration.ofMillis(50));
            return this;
        }

        Told revoke(Revocation revocation) {
            revocations.add(revocation);
            CompletableFuture<Told> told = fleet.tell(revocation).toFuture();
            return told.join();
        }

        boolean refuses(String subject) {
            return revocations.revokes(tokenOf(subject, NOW.minusSeconds(60)));
        }

        int alarms(Alarm alarm) {
            return (int) meters.counter(Alarms.COUNTER, "code", alarm.code()).count();
        }

        @Override
        public void dispose() {
            fleet.stop();
        }
    }

    @AfterEach
    void stop() {
        replicas.forEach(Replica::dispose);
    }

    private Replica replica(String... keyNames) {
        return new Replica(clock, keyNames.length == 0 ? new String[] {"one"} : keyNames);
    }

    private void pass(Duration step) {
        time.advanceTimeBy(step);
    }

    private void tick() {
        pass(FleetRevocations.TICK.plusMillis(100));
    }

    private static Provenance tokenOf(String subject, Instant issuedAt) {
        return new Provenance(
                ISSUER, Optional.empty(), Set.of(subject), Optional.empty(), Optional.empty(), Optional.of(issuedAt));
    }

    private Revocation subject(String subject) {
        return new Revocation(
                new What.Subject(ISSUER, subject),
                clock.instant(),
                clock.instant().plus(Duration.ofHours(24)));
    }

    private static List<String> numbers(String key) {
        return FleetExample.seals(key).names(Purpose.GENERATION, "revocations".getBytes(UTF_8));
    }

    private static List<String> registers(String key) {
        return java.util.stream.IntStream.range(0, FleetRevocations.PARTS)
                .mapToObj(part -> FleetExample.seals(key)
                        .names(Purpose.REVOCATION, ("revocations " + part).getBytes(UTF_8))
                        .get(0))
                .toList();
    }

    private List<byte[]> members(String key) {
        List<byte[]> all = new ArrayList<>();
        registers(key)
                .forEach(name -> all.addAll(store.now()
                        .enlisted(name, clock.instant(), 10_000)
                        .toFuture()
                        .join()
                        .members()));
        return all;
    }

    @Test
    void whatOneReplicaRevokesTheOtherKnowsAtOnce() {
        Replica one = replica().start();
        Replica other = replica().start();

        assertThat(one.revoke(subject("alice"))).isEqualTo(Told.FLEET);
        pass(Duration.ofMillis(50));

        assertThat(other.refuses("alice")).isTrue();
        assertThat(other.refuses("bob")).isFalse();
        assertThat(other.revocations.generation()).isEqualTo(one.revocations.generation());
    }

    @Test
    void aMessageThatIsLostCostsLessThanASecond() {
        Replica one = replica().start();
        Replica other = replica().start();
        other.line.isDeaf = true;

        one.revoke(subject("alice"));
        tick();

        assertThat(other.refuses("alice")).isTrue();
    }

    @Test
    void aTickIsOneQuestionWhenNothingHasChanged() {
        Replica one = replica().start();
        one.revoke(subject("alice"));
        pass(Duration.ofSeconds(2));
        int before = one.line.asked;

        pass(Duration.ofSeconds(10));

        assertThat(one.line.asked - before).isEqualTo(20);
    }

    @Test
    void aNewReplicaKnowsEverythingBeforeItsFirstRequest() {
        Replica one = replica().start();
        for (int i = 0; i < 3_000; i++) {
            one.revoke(subject("user-" + i));
        }

        Replica late = replica();
        late.fleet.start();
        CompletableFuture<Void> started =
                late.fleet.started(FleetRevocations.PATIENCE).toFuture();
        pass(Duration.ofMillis(50));

        assertThat(started).isCompleted();
        assertThat(late.revocations.all()).hasSize(3_000);
        assertThat(late.fleet.cutOffSince()).isEmpty();
    }

    @Test
    void withoutTheStoreAReplicaStartsInBoundedTimeWithAnAlarmAndLearnsLater() {
        Replica one = replica().start();
        one.revoke(subject("alice"));
        Replica late = replica();
        late.line.isCut = true;
        late.fleet.start();
        CompletableFuture<Void> started =
                late.fleet.started(FleetRevocations.PATIENCE).toFuture();

        pass(FleetRevocations.PATIENCE.minusMillis(100));
        assertThat(started).isNotCompleted();
        pass(Duration.ofMillis(200));
        assertThat(started).isCompleted();
        assertThat(late.alarms(Alarm.FLEET_CUT_OFF)).isEqualTo(1);
        assertThat(late.fleet.cutOffSince()).hasValue(NOW.plusMillis(50));

        late.line.isCut = false;
        tick();
        assertThat(late.refuses("alice")).isTrue();
        assertThat(late.fleet.cutOffSince()).isEmpty();
    }

    @Test
    void aRedisThatComesBackEmptyIsFilledFromMemory() {
        Replica one = replica().start();
        Replica other = replica().start();
        one.revoke(subject("alice"));
        other.revoke(subject("bob"));
        tick();

        store.restartEmpty();
        pass(Duration.ofSeconds(3));
        Replica late = replica().start();

        assertThat(late.refuses("alice")).isTrue();
        assertThat(late.refuses("bob")).isTrue();
        assertThat(late.revocations.generation()).isGreaterThanOrEqualTo(one.revocations.generation());
    }

    @Test
    void manyRevocationsAreWrittenBackInSeveralRounds() {
        Replica one = replica().start();
        for (int i = 0; i < 5_000; i++) {
            one.revoke(subject("user-" + i));
        }
        tick();
        store.restartEmpty();

        pass(Duration.ofSeconds(5));

        assertThat(members("one")).hasSize(5_000);
        int asked = one.line.asked;
        pass(Duration.ofSeconds(10));
        assertThat(one.line.asked - asked).as("and then there is peace").isEqualTo(20);
    }

    @Test
    void anOldDumpIsBroughtUpToDate() {
        Replica one = replica().start();
        one.revoke(subject("alice"));
        tick();
        int dump = store.dump();
        one.revoke(subject("bob"));
        one.revoke(subject("carol"));
        tick();

        store.restore(dump);
        pass(Duration.ofSeconds(3));
        Replica late = replica().start();

        assertThat(List.of(late.refuses("alice"), late.refuses("bob"), late.refuses("carol")))
                .containsOnly(true);
    }

    /** Nobody has noticed: the number is the same, and there was no time to look. */
    @Test
    void whatWasLostUnseenIsFoundMissingWithinMinutes() {
        Replica one = replica().start();
        int dump = store.dump();
        one.revoke(subject("alice"));
        tick();
        long number = store.line().number(numbers("one").get(0)).toFuture().join();
        store.restore(dump);
        store.line().increase(numbers("one").get(0), number - 1).toFuture().join();
        assertThat(members("one")).isEmpty();

        pass(FleetRevocations.ALL_AGAIN.plusSeconds(1));

        assertThat(members("one")).hasSize(1);
    }

    @Test
    void whileCutOffRevocationsCountHereAndTheOthersHearThemLater() {
        Replica one = replica().start();
        Replica other = replica().start();
        one.line.isCut = true;
        tick();

        assertThat(one.revoke(subject("alice"))).isEqualTo(Told.THIS_REPLICA);
        other.revoke(subject("bob"));
        pass(Duration.ofSeconds(20));
        assertThat(one.refuses("alice")).isTrue();
        assertThat(one.refuses("bob")).isFalse();
        assertThat(other.refuses("alice")).isFalse();

        one.line.isCut = false;
        tick();
        tick();
        assertThat(one.refuses("bob")).isTrue();
        assertThat(other.refuses("alice")).isTrue();
    }

    @Test
    void aReplicaSaysSinceWhenItIsCutOffAndRingsOnce() {
        Replica one = replica().start();
        pass(Duration.ofSeconds(60));
        Instant last = clock.instant();
        one.line.isCut = true;

        pass(Duration.ofSeconds(9));
        assertThat(one.fleet.cutOffSince().orElseThrow()).isBetween(last.minusSeconds(1), last);
        assertThat(one.alarms(Alarm.FLEET_CUT_OFF)).isZero();
        pass(Duration.ofSeconds(300));
        assertThat(one.alarms(Alarm.FLEET_CUT_OFF)).isEqualTo(1);

        one.line.isCut = false;
        tick();
        assertThat(one.fleet.cutOffSince()).isEmpty();
        one.line.isCut = true;
        pass(Duration.ofSeconds(20));
        assertThat(one.alarms(Alarm.FLEET_CUT_OFF)).isEqualTo(2);
    }

    /** Written and not counted: the others would not look. */
    @Test
    void aRevocationThatWasOnlyHalfToldIsCountedLater() {
        Replica one = replica().start();
        Replica other = replica().start();
        one.line.refused = "increase";

        assertThat(one.revoke(subject("alice"))).isEqualTo(Told.THIS_REPLICA);
        one.line.refused = null;
        tick();
        tick();

        assertThat(other.refuses("alice")).isTrue();
    }

    /** Added by whomever, and told by nobody. */
    @Test
    void whatBeginsToCountHereReachesTheOthersEvenIfNobodyTellsIt() {
        Replica one = replica().start();
        Replica other = replica().start();

        one.revocations.add(subject("alice"));
        tick();
        tick();

        assertThat(other.refuses("alice")).isTrue();
    }

    @Test
    void revocationsOfTheSameMomentMerge() {
        Replica one = replica().start();
        Replica other = replica().start();
        one.line.isDeaf = true;
        other.line.isDeaf = true;

        one.revoke(subject("alice"));
        other.revoke(subject("bob"));
        one.revoke(subject("carol"));
        tick();
        tick();

        for (Replica each : List.of(one, other)) {
            assertThat(List.of(each.refuses("alice"), each.refuses("bob"), each.refuses("carol")))
                    .containsOnly(true);
        }
        assertThat(one.revocations.generation()).isEqualTo(other.revocations.generation());
    }

    @Test
    void recordsOfSomebodyElseCountForNothingAndRing() {
        Replica one = replica().start();
        one.revoke(subject("alice"));
        byte[] genuine = members("one").get(0);
        byte[] altered = genuine.clone();
        altered[altered.length - 1] ^= 1;
        byte[] everything = RevocationCodec.encode(
                        new Revocation(What.Everything.EVERYTHING, Instant.MAX, NOW.plusSeconds(3_600)))
                .orElseThrow();
        Seals foreign = FleetExample.seals("foreign");
        String target = registers("one").get(0);
        for (byte[] forged : List.of(
                altered,
                new byte[0],
                everything,
                foreign.sealRecord(Purpose.REVOCATION, "revocations 0".getBytes(UTF_8), everything))) {
            store.plant(target, forged, NOW.plusSeconds(3_600));
        }

        Replica late = replica().start();

        assertThat(late.refuses("alice")).isTrue();
        assertThat(late.revocations.all()).hasSize(1);
        assertThat(late.alarms(Alarm.SHARED_RECORD_REFUSED)).isEqualTo(1);
    }

    /** Somebody who can write to the store copies what is there to where it was not. */
    @Test
    void aRecordThatWasMovedToAnotherRegisterCountsForNothing() {
        Replica one = replica().start();
        one.revoke(subject("alice"));
        byte[] genuine = members("one").get(0);
        store.restartEmpty();
        one.dispose();
        Seals seals = FleetExample.seals("one");
        seals.names(Purpose.PUBLIC_KEY, "user contexts".getBytes(UTF_8))
                .forEach(name -> store.plant(name, genuine, NOW.plusSeconds(3_600)));
        int opened = 0;
        for (String name : registers("one")) {
            store.restartEmpty();
            store.plant(name, genuine, NOW.plusSeconds(3_600));
            Replica late = replica().start();
            opened += late.refuses("alice") ? 1 : 0;
            late.dispose();
        }

        assertThat(opened).as("registers it counts in").isEqualTo(1);
    }

    /** What opens and is no revocation: of a later build with a mistake, say. */
    @Test
    void aSealedRecordThatSaysNothingKnownIsRefused() {
        Seals seals = FleetExample.seals("one");
        byte[] context = "revocations 3".getBytes(UTF_8);
        store.plant(
                registers("one").get(3),
                seals.sealRecord(Purpose.REVOCATION, context, "nonsense".getBytes(UTF_8)),
                NOW.plusSeconds(3_600));

        Replica one = replica().start();

        assertThat(one.revocations.all()).isEmpty();
        assertThat(one.alarms(Alarm.SHARED_RECORD_REFUSED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0, 1L << 53, (1L << 40) + 1, 1L << 40})
    void aNumberThatSomebodyHasMadeUpStopsNothing(long number) {
        Replica one = replica().start();
        Replica other = replica().start();
        one.revoke(subject("alice"));
        tick();
        store.lieAbout(numbers("one").get(0), number);
        tick();

        one.revoke(subject("bob"));
        tick();
        tick();
        other.revoke(subject("carol"));
        pass(Duration.ofSeconds(30));

        // A number that never changes lets them wait for the next time that they compare everything.
        pass(FleetRevocations.ALL_AGAIN);
        assertThat(other.refuses("bob")).isTrue();
        assertThat(one.refuses("carol")).isTrue();
        assertThat(one.revocations.generation()).isBetween(0L, FleetRevocations.MAX_NUMBER + 10);
    }

    @Test
    void anAbsurdNumberStillLetsRevocationsThroughWithinATick() {
        Replica one = replica().start();
        Replica other = replica().start();
        store.lieAbout(numbers("one").get(0), Long.MAX_VALUE);
        tick();

        assertThat(one.revoke(subject("alice"))).isEqualTo(Told.FLEET);
        tick();

        assertThat(other.refuses("alice")).isTrue();
        assertThat(other.alarms(Alarm.SHARED_RECORD_REFUSED)).isPositive();
    }

    @Test
    void aNumberBeyondBeliefIsNotTakenOver() {
        Replica one = replica().start();
        store.lieAbout(numbers("one").get(0), FleetRevocations.MAX_NUMBER + 1);

        pass(Duration.ofSeconds(5));

        assertThat(one.revocations.generation()).isLessThan(10);
    }

    /** One write of somebody else's would otherwise cut all replicas off from each other. */
    @Test
    void onePartThatTheStoreRefusesLeavesTheOthers() {
        Replica one = replica().start();
        Replica other = replica().start();
        String broken = registers("one").get(3);
        one.line.refusedNames.add(broken);
        other.line.refusedNames.add(broken);

        List<Told> told = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            told.add(one.revoke(subject("user-" + i)));
        }
        pass(Duration.ofSeconds(60));

        assertThat(told).contains(Told.FLEET, Told.THIS_REPLICA);
        long known = other.revocations.all().size();
        assertThat(known).isEqualTo(told.stream().filter(Told.FLEET::equals).count());
        assertThat(other.fleet.cutOffSince()).isEmpty();
        assertThat(one.fleet.cutOffSince()).isEmpty();
        assertThat(other.alarms(Alarm.SHARED_RECORD_REFUSED)).isPositive();
        assertThat(one.alarms(Alarm.SHARED_RECORD_REFUSED)).isPositive();

        one.line.refusedNames.clear();
        other.line.refusedNames.clear();
        pass(FleetRevocations.ALL_AGAIN.plusSeconds(5));
        assertThat(other.revocations.all()).hasSize(200);
    }

    @Test
    void aNumberThatTheStoreRefusesDelaysNothing() {
        Replica one = replica().start();
        Replica other = replica().start();
        one.line.refusedNames.addAll(numbers("one"));
        other.line.refusedNames.addAll(numbers("one"));

        one.revoke(subject("alice"));
        tick();
        tick();

        assertThat(other.refuses("alice")).isTrue();
        assertThat(other.fleet.cutOffSince()).isEmpty();
        assertThat(other.alarms(Alarm.SHARED_RECORD_REFUSED)).isPositive();
    }

    /** The rights of its user are wrong, say: then it hears nothing, and must not say that it does. */
    @Test
    void aReplicaThatMayReadNoPartIsCutOff() {
        Replica one = replica().start();
        one.line.refusedNames.addAll(registers("one"));
        one.revoke(subject("alice"));

        pass(Duration.ofSeconds(20));

        assertThat(one.fleet.cutOffSince()).isPresent();
        assertThat(one.alarms(Alarm.FLEET_CUT_OFF)).isEqualTo(1);
    }

    /** Somebody lets old ones last longer than what is new. */
    @Test
    void oldRecordsThatArePutBeforeANewOneDelayItAndHideItNot() {
        Replica one = replica().start();
        for (int i = 0; i < 3_000; i++) {
            one.revoke(subject("user-" + i));
        }
        Replica other = replica().start();
        tick();
        registers("one")
                .forEach(name -> store.now()
                        .enlisted(name, clock.instant(), 10_000)
                        .toFuture()
                        .join()
                        .members()
                        .forEach(member -> store.plant(name, member, Instant.MAX)));

        one.revoke(subject("alice"));
        pass(FleetRevocations.DOUBTS.plusSeconds(2));

        assertThat(other.refuses("alice")).isTrue();
    }

    @Test
    void whatIsHeardFromOthersIsInTheLogAndNotWithoutBound(CapturedOutput output) {
        Replica one = replica().start();
        one.revoke(subject("alice"));
        Replica other = replica().start();
        for (int i = 0; i < 500; i++) {
            one.revoke(subject("user-" + i));
        }
        replica().start();

        assertThat(other.refuses("alice")).isTrue();
        assertThat(output.getOut()).containsPattern("INFO .*procura.revocation.* heard what=.*alice.* not-before=2");
        assertThat(output.getOut()).contains("heard 481 more");
    }

    @Test
    void anExceptionEndsNoTicking() {
        Replica one = replica().start();
        Replica other = replica().start();
        one.line.oddity = new IllegalStateException("a bug");
        pass(Duration.ofSeconds(5));
        assertThat(one.fleet.cutOffSince()).isPresent();

        one.line.oddity = null;
        other.revoke(subject("alice"));
        tick();

        assertThat(one.refuses("alice")).isTrue();
    }

    @Test
    void junkThatFillsThePageHidesNothing() {
        Replica one = replica().start();
        Replica other = replica().start();
        for (String register : registers("one")) {
            for (int i = 0; i < 2 * FleetRevocations.NEWEST; i++) {
                store.plant(register, ("junk " + i).getBytes(UTF_8), Instant.MAX);
            }
        }

        one.revoke(subject("alice"));
        tick();

        assertThat(other.refuses("alice")).isTrue();
    }

    @Test
    void replicasWithAnotherServerKeyHearNothingAndSayNothing() {
        Replica one = replica("one").start();
        Replica stranger = replica("two").start();

        one.revoke(subject("alice"));
        stranger.revoke(subject("bob"));
        pass(Duration.ofSeconds(5));

        assertThat(stranger.refuses("alice")).isFalse();
        assertThat(one.refuses("bob")).isFalse();
        assertThat(one.alarms(Alarm.SHARED_RECORD_REFUSED)).isZero();
    }

    /** One replica after the other is restarted, at each step. */
    @Test
    void serverKeysRotateAndNothingIsForgotten() {
        List<String[]> steps = List.of(
                new String[] {"old"}, new String[] {"old", "new"}, new String[] {"new", "old"}, new String[] {"new"});
        Replica first = replica(steps.get(0)).start();
        Replica second = replica(steps.get(0)).start();
        first.revoke(subject("alice"));
        int step = 0;
        for (String[] keys : steps.subList(1, steps.size())) {
            step++;
            second.dispose();
            second = replica(keys).start();
            first.revoke(subject("first-" + step));
            second.revoke(subject("second-" + step));
            tick();
            tick();
            assertThat(first.refuses("second-" + step)).as("step %s", step).isTrue();
            assertThat(second.refuses("first-" + step)).as("step %s", step).isTrue();
            first.dispose();
            first = replica(keys).start();
            tick();
        }

        Replica last = replica("new").start();

        assertThat(last.refuses("alice")).isTrue();
        assertThat(last.refuses("first-1")).isTrue();
        assertThat(last.refuses("second-3")).isTrue();
    }

    @Test
    void aReplicaWhoseClockIsAheadRevokesNoLessAndNoLonger() {
        Clock ahead = Clock.offset(clock, Duration.ofDays(2));
        Replica one = new Replica(ahead, "one").start();
        Replica other = replica().start();

        one.revoke(new Revocation(
                new What.Subject(ISSUER, "alice"),
                ahead.instant(),
                ahead.instant().plus(Duration.ofHours(24))));
        tick();

        assertThat(other.revocations.revokes(tokenOf("alice", NOW.plus(Duration.ofDays(1)))))
                .isTrue();
        assertThat(other.revocations.all())
                .singleElement()
                .satisfies(revocation -> assertThat(revocation.until()).isBefore(NOW.plus(Duration.ofHours(25))));
    }

    /** `revocation-life` was lowered, say: what stands there from before ends here sooner. */
    @Test
    void recordsOfALongerLifeAreNoNewsAgainAndAgain() {
        Replica one = replica().start();
        for (int i = 0; i < 1_500; i++) {
            one.revocations.add(
                    new Revocation(new What.Subject(ISSUER, "user-" + i), NOW, NOW.plus(Duration.ofHours(72))));
        }
        pass(Duration.ofSeconds(5));
        Replica other = replica().start();
        pass(Duration.ofSeconds(5));
        assertThat(other.revocations.all()).hasSize(1_500);
        List<Revocation> told = new ArrayList<>();
        other.revocations.listen(told::add);
        long generation = other.revocations.generation();

        one.revoke(subject("alice"));
        pass(Duration.ofSeconds(5));
        other.revoke(subject("bob"));
        pass(FleetRevocations.ALL_AGAIN.multipliedBy(3));

        assertThat(told).hasSize(2);
        assertThat(other.revocations.generation() - generation).isLessThan(10);
        int asked = other.line.asked;
        pass(Duration.ofSeconds(10));
        assertThat(other.line.asked - asked).isEqualTo(20);
    }

    @Test
    void whatHasEndedIsNotTakenOver() {
        Replica one = replica().start();
        one.revoke(subject("alice"));
        byte[] genuine = members("one").get(0);
        String register = registers("one").stream()
                .filter(name -> !store.now()
                        .enlisted(name, NOW, 10)
                        .toFuture()
                        .join()
                        .members()
                        .isEmpty())
                .findFirst()
                .orElseThrow();
        one.dispose();
        // Somebody lets it last for ever.
        store.plant(register, genuine, Instant.MAX);
        pass(Duration.ofHours(25));

        Replica late = replica().start();

        assertThat(late.revocations.all()).isEmpty();
        assertThat(late.alarms(Alarm.SHARED_RECORD_REFUSED)).isZero();
    }

    @Test
    void nothingInTheStoreSaysWhoWasRevoked() {
        replica().start().revoke(subject("alice@example.com"));

        for (byte[] bytes : store.now().everythingSeen()) {
            assertThat(new String(bytes, UTF_8)).doesNotContain("alice", "example.com", "corp");
        }
    }

    @Test
    void oneThatIsStoppedAsksNoMore() {
        Replica one = replica().start();
        one.dispose();
        int before = one.line.asked;

        pass(Duration.ofMinutes(10));

        assertThat(one.line.asked).isEqualTo(before);
    }
}
