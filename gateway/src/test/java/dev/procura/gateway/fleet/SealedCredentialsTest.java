package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static dev.procura.gateway.fleet.Replica.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.cache.Entry;
import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.InMemoryStore;
import dev.procura.gateway.fixture.SchedulerClock;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** One exchange for the whole fleet, and what it costs when a part of it is lost. */
final class SealedCredentialsTest {

    private static final Grant ALICE = GrantExample.of(
                    CallerExample.user("alice").claim("iat", NOW.getEpochSecond()))
            .onBehalfOf();
    private static final String LEASES = "procura:1l:";
    private static final String CREDENTIALS = "procura:1c:";

    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final Clock clock = new SchedulerClock(scheduler, NOW);
    private final InMemoryStore store = new InMemoryStore(clock);
    private final Replica one = replica("key");
    private final Replica other = replica("key");

    private Replica replica(String... keyNames) {
        return new Replica(store, scheduler, clock, keyNames);
    }

    /** What came of something that may take its time. */
    private static final class Outcome {

        private final List<Object> signals = new ArrayList<>();
        private final Disposable subscription;

        private Outcome(Mono<Entry> mono) {
            subscription = mono.subscribe(signals::add, signals::add, () -> signals.add("complete"));
        }

        static Outcome of(Mono<Entry> mono) {
            return new Outcome(mono);
        }

        boolean isOpen() {
            return signals.isEmpty();
        }

        Entry entry() {
            assertThat(signals).hasSize(2).last().isEqualTo("complete");
            return (Entry) signals.get(0);
        }

        Throwable failure() {
            assertThat(signals).hasSize(1);
            return (Throwable) signals.get(0);
        }

        boolean isEmpty() {
            return signals.equals(List.of("complete"));
        }

        void cancel() {
            subscription.dispose();
        }
    }

    private static Entry now(Mono<Entry> mono) {
        return Outcome.of(mono).entry();
    }

    @Test
    void whatOneReplicaHasObtainedTheOthersFind() {
        Entry obtained = now(one.obtain(ALICE));

        Entry found = now(other.obtain(ALICE));

        assertThat(found).isEqualTo(obtained);
        assertThat(found.token().value().reveal())
                .isEqualTo(obtained.token().value().reveal());
        assertThat(found.usableUntil()).isEqualTo(in(3_570));
        assertThat(found.origins()).isEqualTo(Entry.origins(ALICE));
        assertThat(other.calls).hasValue(0);
        assertThat(store.names(LEASES)).isEmpty();
        assertThat(store.lifeLeft(store.names(CREDENTIALS).get(0))).isEqualTo(Duration.ofHours(1));
    }

    static Stream<Arguments> grants() {
        GrantExample alice = GrantExample.ofAlice();
        GrantExample partner = alice.client(GrantExample.named("partner"));
        Grant.ClientCredentials own = alice.clientCredentials();
        return Stream.of(
                argumentSet("in the gateway's name", own),
                argumentSet(
                        "with a calling API",
                        alice.actor(CallerExample.app("orders-api")).onBehalfOf()),
                argumentSet(
                        "with the gateway as the actor",
                        alice.actor(new Actor.Gateway(own)).onBehalfOf()),
                argumentSet("of a chain", partner.after(alice)));
    }

    @ParameterizedTest
    @MethodSource("grants")
    void everyKindOfGrantIsShared(Grant grant) {
        Entry obtained = now(one.obtain(grant));

        assertThat(now(other.obtain(grant))).isEqualTo(obtained);
        assertThat(other.calls).hasValue(0);
    }

    @Test
    void anotherCallersQuestionIsAnotherCall() {
        now(one.obtain(ALICE));

        now(other.obtain(GrantExample.of(CallerExample.user("bob")).onBehalfOf()));

        assertThat(other.calls).hasValue(1);
        assertThat(other.alarms()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 40})
    void replicasThatMissTogetherMakeOneCall(int replicas) {
        Sinks.One<Entry> answer = Sinks.one();
        Outcome holder = Outcome.of(one.credentials.obtain(one.question(ALICE), answer.asMono()));
        List<Replica> fleet =
                Stream.generate(() -> replica("key")).limit(replicas - 1).toList();
        List<Outcome> waiting =
                fleet.stream().map(replica -> Outcome.of(replica.obtain(ALICE))).toList();

        scheduler.advanceTimeBy(Duration.ofMillis(1_500));
        assertThat(waiting).allMatch(Outcome::isOpen);
        Entry entry = one.entry(ALICE, Replica.freshToken(in(300)));
        answer.tryEmitValue(entry).orThrow();
        scheduler.advanceTimeBy(SealedCredentials.LONGEST_PAUSE);

        assertThat(holder.entry()).isEqualTo(entry);
        assertThat(waiting).allSatisfy(outcome -> assertThat(outcome.entry()).isEqualTo(entry));
        assertThat(fleet).allSatisfy(replica -> assertThat(replica.calls).hasValue(0));
        assertThat(store.names(LEASES)).isEmpty();
    }

    @Test
    void aShortCallIsSeenSoon() {
        Sinks.One<Entry> answer = Sinks.one();
        Outcome.of(one.credentials.obtain(one.question(ALICE), answer.asMono()));
        Outcome waiting = Outcome.of(other.obtain(ALICE));
        answer.tryEmitValue(one.entry(ALICE, Replica.freshToken(in(300)))).orThrow();

        scheduler.advanceTimeBy(SealedCredentials.FIRST_PAUSE);

        assertThat(waiting.isOpen()).isFalse();
    }

    @Test
    void aHolderThatDiedCostsABoundedWait() {
        Outcome.of(one.credentials.obtain(one.question(ALICE), Mono.never()));
        Outcome waiting = Outcome.of(other.obtain(ALICE));

        scheduler.advanceTimeBy(SealedCredentials.PATIENCE.minusMillis(1));
        assertThat(waiting.isOpen()).isTrue();
        scheduler.advanceTimeBy(Duration.ofMillis(1));

        assertThat(waiting.entry()).isNotNull();
        assertThat(other.calls).hasValue(1);
        // The dead one's lease is not taken away, and not needed.
        assertThat(now(replica("key").obtain(ALICE))).isEqualTo(waiting.entry());
    }

    @Test
    void aSlowStoreDoesNotStretchTheWait() {
        Outcome.of(one.credentials.obtain(one.question(ALICE), Mono.never()));
        store.takes(Duration.ofMillis(150), scheduler);
        Outcome waiting = Outcome.of(other.obtain(ALICE));

        // The last look and the last try for the lease are under way when the patience ends.
        scheduler.advanceTimeBy(SealedCredentials.PATIENCE.plusMillis(3 * 150));
        assertThat(other.calls).hasValue(1);
        scheduler.advanceTimeBy(Duration.ofMillis(150));
        assertThat(waiting.isOpen()).isFalse();
    }

    @Test
    void theLeaseOfADeadHolderEndsAndOneOfTheOthersTakesIt() {
        Outcome.of(one.credentials.obtain(one.question(ALICE), Mono.never()));
        scheduler.advanceTimeBy(Duration.ofSeconds(4));
        List<Replica> fleet = Stream.generate(() -> replica("key")).limit(10).toList();
        List<Outcome> waiting =
                fleet.stream().map(replica -> Outcome.of(replica.obtain(ALICE))).toList();

        scheduler.advanceTimeBy(Duration.ofSeconds(2));

        assertThat(waiting).allSatisfy(outcome -> assertThat(outcome.isOpen()).isFalse());
        assertThat(fleet.stream().mapToInt(replica -> replica.calls.get()).sum())
                .isEqualTo(1);
    }

    @Test
    void aFailureIsTheHoldersOwnAndTheNextOneTriesAtOnce() {
        Sinks.One<Entry> answer = Sinks.one();
        Outcome holder = Outcome.of(one.credentials.obtain(one.question(ALICE), answer.asMono()));
        Outcome waiting = Outcome.of(other.obtain(ALICE));
        ProblemException failure = ProblemException.of(Problem.TARGET_DENIED, "no");

        answer.tryEmitError(failure).orThrow();

        assertThat(holder.failure()).isSameAs(failure);
        assertThat(store.names()).isEmpty();
        scheduler.advanceTimeBy(SealedCredentials.FIRST_PAUSE);
        assertThat(waiting.entry()).isNotNull();
        assertThat(other.calls).hasValue(1);
    }

    @Test
    void whoGivesUpLeavesNoLease() {
        Outcome holder = Outcome.of(one.credentials.obtain(one.question(ALICE), Mono.never()));
        assertThat(store.names(LEASES)).hasSize(1);

        holder.cancel();

        assertThat(store.names(LEASES)).isEmpty();
    }

    @Test
    void whoGivesUpBeforeTheStoreHasAnsweredLeavesNoLeaseEither() {
        store.takes(Duration.ofMillis(10), scheduler);
        Outcome holder = Outcome.of(one.obtain(ALICE));
        scheduler.advanceTimeBy(Duration.ofMillis(15));
        holder.cancel();
        scheduler.advanceTimeBy(Duration.ofMillis(100));

        assertThat(store.asked("release")).isEqualTo(1);
        assertThat(store.names()).isEmpty();
    }

    @Test
    void aWaitingReplicaThatGivesUpFreesNobodysLease() {
        Outcome.of(one.credentials.obtain(one.question(ALICE), Mono.never()));
        Outcome waiting = Outcome.of(other.obtain(ALICE));
        scheduler.advanceTimeBy(Duration.ofMillis(500));

        waiting.cancel();
        scheduler.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(store.names(LEASES)).hasSize(1);
        assertThat(store.asked("release")).isZero();
    }

    @Test
    void whatWasBroughtBetweenTheLookAndTheLeaseIsUsed() {
        store.beforeNextLease(() -> now(one.obtain(ALICE)));

        Entry found = now(other.obtain(ALICE));

        assertThat(one.calls).hasValue(1);
        assertThat(other.calls).hasValue(0);
        assertThat(now(one.obtain(ALICE))).isEqualTo(found);
    }

    /** Look, lease, look, write, give back: lost before each of them. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void aStoreThatIsLostMidwayCostsNobodyARequest(int answers) {
        store.isLostAfter(answers);

        Entry entry = now(one.obtain(ALICE));

        assertThat(entry).isNotNull();
        assertThat(one.calls).hasValue(1);
        store.isLostAfter(answers);
        // Empty while the lease of the first is still there.
        assertThat(Outcome.of(other.renew(ALICE)).signals).last().isEqualTo("complete");
        assertThat(one.alarms() + other.alarms()).isZero();
        store.isBack();
        Outcome waiting = Outcome.of(replica("key").obtain(ALICE));
        scheduler.advanceTimeBy(SealedCredentials.PATIENCE);
        assertThat(waiting.entry()).isNotNull();
    }

    @Test
    void aStoreThatIsLostIsAskedForALookAndToKeepTheOutcome() {
        store.isLost();

        now(one.obtain(ALICE));

        assertThat(store.asked()).isEqualTo(2);
    }

    @Test
    void aStoreThatIsLostWhileOthersWaitCostsThemACall() {
        Outcome.of(one.credentials.obtain(one.question(ALICE), Mono.never()));
        Outcome waiting = Outcome.of(other.obtain(ALICE));
        store.isLost();

        scheduler.advanceTimeBy(SealedCredentials.FIRST_PAUSE);

        assertThat(waiting.entry()).isNotNull();
        assertThat(other.calls).hasValue(1);
    }

    @Test
    void aFailureOfTheCallIsNotTakenForOneOfTheStore() {
        SharedStore.OutOfReach failure = new SharedStore.OutOfReach("another store");
        List<Integer> calls = new ArrayList<>();

        Outcome outcome = Outcome.of(one.credentials.obtain(
                one.question(ALICE), Mono.<Entry>error(failure).doOnSubscribe(s -> calls.add(1))));

        assertThat(outcome.failure()).isSameAs(failure);
        assertThat(calls).hasSize(1);
    }

    @Test
    void aRenewalIsOnePerFleetAndNobodyWaitsForIt() {
        Sinks.One<Entry> answer = Sinks.one();
        Outcome holder = Outcome.of(one.credentials.renew(one.question(ALICE), answer.asMono()));

        assertThat(Outcome.of(other.renew(ALICE)).isEmpty()).isTrue();

        Entry entry = one.entry(ALICE, Replica.freshToken(in(300)));
        answer.tryEmitValue(entry).orThrow();
        assertThat(holder.entry()).isEqualTo(entry);
        assertThat(now(other.renew(ALICE))).isEqualTo(entry);
        assertThat(other.calls).hasValue(0);
    }

    @Test
    void aRenewalReplacesWhatIsNotGoodEnough() {
        Entry old = now(one.obtain(ALICE));

        Entry renewed = now(one.credentials.renew(
                one.question(ALICE, entry -> !entry.token().equals(old.token())), one.call(ALICE)));

        assertThat(renewed.token()).isNotEqualTo(old.token());
        assertThat(now(other.obtain(ALICE))).isEqualTo(renewed);
    }

    @Test
    void aRenewalThatFailsLeavesWhatIsThere() {
        Entry old = now(one.obtain(ALICE));
        ProblemException failure = ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "away");

        Outcome outcome = Outcome.of(one.credentials.renew(one.question(ALICE, entry -> false), Mono.error(failure)));

        assertThat(outcome.failure()).isSameAs(failure);
        assertThat(store.names(LEASES)).isEmpty();
        assertThat(now(other.obtain(ALICE))).isEqualTo(old);
    }

    /** Old and new configuration side by side, as a rolling restart has them: what one wrote the other finds. */
    @Test
    void serverKeysRotateWithoutAMiss() {
        List<Replica> steps = List.of(replica("old"), replica("old", "new"), replica("new", "old"), replica("new"));
        for (int i = 0; i < steps.size() - 1; i++) {
            for (List<Replica> pair : List.of(steps.subList(i, i + 2), List.of(steps.get(i + 1), steps.get(i)))) {
                store.names().forEach(store::remove);

                Entry entry = now(pair.get(0).obtain(ALICE));
                int before = pair.get(1).calls.get();
                boolean found = now(pair.get(1).obtain(ALICE)).equals(entry);

                assertThat(found).as("step %s", i).isTrue();
                assertThat(pair.get(1).calls).hasValue(before);
            }
        }
        assertThat(steps).allSatisfy(replica -> assertThat(replica.alarms()).isZero());
    }

    @Test
    void replicasWithOtherServerKeysHaveNothingInCommonAndDoNotDisturbEachOther() {
        Replica stranger = replica("another");
        Entry entry = now(one.obtain(ALICE));

        assertThat(now(stranger.obtain(ALICE)).token()).isNotEqualTo(entry.token());
        assertThat(now(one.obtain(ALICE))).isEqualTo(entry);
        assertThat(stranger.alarms() + one.alarms()).isZero();
    }

    private static Revocation revocation(Revocation.What what, long seconds) {
        return new Revocation(what, in(seconds), in(seconds + 86_400));
    }

    private static final Revocation.What ALICES = new Revocation.What.Subject(CallerExample.ISSUER, "alice");

    @Test
    void whatWasForgottenWhileTheServerWasAskedIsNotPutBack() {
        Sinks.One<Entry> answer = Sinks.one();
        Outcome holder = Outcome.of(one.credentials.obtain(one.question(ALICE), answer.asMono()));
        Entry entry = one.entry(ALICE, Replica.freshToken(in(300)));

        one.revocations.add(revocation(ALICES, 0));
        answer.tryEmitValue(entry).orThrow();

        // Whether the caller may have it is asked above.
        assertThat(holder.entry()).isEqualTo(entry);
        assertThat(store.names()).isEmpty();
    }

    @Test
    void whatIsNotWorthTheWritingIsNotWritten() {
        for (long life : List.of(-5L, 0L)) {
            one.credentials
                    .obtain(one.question(ALICE), Mono.just(one.entry(ALICE, Replica.freshToken(in(life)))))
                    .subscribe();
        }
        Entry brief = one.entry(ALICE, Replica.freshToken(NOW.plusMillis(999)));
        assertThat(now(one.credentials.obtain(one.question(ALICE), Mono.just(brief))))
                .isEqualTo(brief);

        assertThat(store.asked("put")).isZero();
        assertThat(store.names()).isEmpty();
    }

    @Test
    void anEntryWithoutAFormOutsideIsNotWritten() {
        Entry entry = one.entry(ALICE, Replica.freshToken(in(300)));
        Entry odd = new Entry(
                entry.token().endingAt(Instant.MAX),
                entry.obtainedAt(),
                entry.usableUntil(),
                entry.validUntil(),
                entry.origins(),
                0);

        assertThat(now(one.credentials.obtain(one.question(ALICE), Mono.just(odd))))
                .isEqualTo(odd);
        assertThat(store.asked("put")).isZero();
    }

    @Test
    void manyReplicasAndManyPeopleMakeOneCallForEach() {
        List<Replica> fleet = Stream.generate(() -> replica("key")).limit(10).toList();
        List<Grant> grants = IntStream.range(0, 50)
                .<Grant>mapToObj(
                        i -> GrantExample.of(CallerExample.user("person-" + i)).onBehalfOf())
                .toList();
        store.takes(Duration.ofMillis(3), scheduler);
        List<Outcome> outcomes = new ArrayList<>();
        for (Grant grant : grants) {
            fleet.forEach(replica -> outcomes.add(Outcome.of(replica.credentials.obtain(
                    replica.question(grant),
                    Mono.delay(Duration.ofMillis(100), scheduler).then(replica.call(grant))))));
        }

        scheduler.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(outcomes).noneMatch(Outcome::isOpen);
        assertThat(outcomes.stream().map(Outcome::entry).distinct()).hasSize(50);
        assertThat(fleet.stream().mapToInt(replica -> replica.calls.get()).sum())
                .isEqualTo(50);
        assertThat(store.names(LEASES)).isEmpty();
    }
}
