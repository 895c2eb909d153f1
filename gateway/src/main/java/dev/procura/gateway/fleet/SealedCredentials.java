package dev.procura.gateway.fleet;

import dev.procura.gateway.cache.CacheProperties;
import dev.procura.gateway.cache.Entry;
import dev.procura.gateway.cache.SharedCredentials;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.IssuedTokens;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Alarm;
import dev.procura.gateway.problem.AlarmPace;
import dev.procura.gateway.problem.Alarms;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Credentials in a store that nobody trusts: sealed there, and held against the question when they come back (see {@link
 * SealedEntries}). What is not right is not there, and an alarm.
 *
 * <p>Of replicas that miss together, one takes a lease and makes the call, and the others look again until its outcome is
 * there. A lease ends by itself, and nobody waits longer than {@link #PATIENCE}: a holder that died costs that much, and then
 * a call for each replica. What the store refuses, or does not answer, costs no request: the replica makes its own call.
 *
 * <p>Not guaranteed: that there is only one call. A holder that takes longer than {@link #PATIENCE}, a store that is lost,
 * and the middle of a rotation of keys each cost one more.
 */
public final class SealedCredentials implements SharedCredentials {

    static final Duration LEASE_LIFE = Duration.ofSeconds(5);
    static final Duration PATIENCE = Duration.ofSeconds(3);
    static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    private static final int HOLDER_LENGTH = 16;
    private static final byte[] NOTHING = {};
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final SharedStore store;
    private final SealedEntries entries;
    private final Runnable behind;
    private final Alarms alarms;
    private final AlarmPace pace;
    private final Scheduler scheduler;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * What it stands among.
     *
     * @param behind is run when another replica knew of a revocation that is not known here
     * @param scheduler on which a lease is waited for
     */
    public record Surroundings(
            IssuedTokens issuedTokens,
            Revocations revocations,
            Runnable behind,
            Alarms alarms,
            Scheduler scheduler,
            Clock clock) {}

    /** What a step came to. */
    private sealed interface Step {

        record Has(Entry entry) implements Step {}

        enum Nothing implements Step {
            /** The store answers, and has nothing that would do. */
            MISSING,
            /** Another replica has the lease. */
            TAKEN,
            /** The store does not answer. */
            UNREACHABLE
        }
    }

    /** The right to make one call, if it is ours: until the store has answered, it may be. */
    private static final class Lease {

        private final byte[] holder;
        private volatile boolean maybeOurs = true;

        private Lease(byte[] holder) {
            this.holder = holder;
        }
    }

    public SealedCredentials(SharedStore store, Seals seals, CacheProperties properties, Surroundings surroundings) {
        this.store = store;
        this.entries = new SealedEntries(seals, properties, surroundings.issuedTokens(), surroundings.revocations());
        this.behind = surroundings.behind();
        this.alarms = surroundings.alarms();
        this.pace = new AlarmPace(surroundings.clock());
        this.scheduler = surroundings.scheduler();
        this.clock = surroundings.clock();
    }

    @Override
    public Mono<Entry> obtain(Question question, Mono<Entry> call) {
        return Mono.defer(() -> {
            SealedEntries.Asked asked = entries.asked(question);
            long patientUntil = now() + PATIENCE.toNanos();
            return look(asked)
                    .flatMap(step -> go(step, asked, call, () -> race(asked, call, FIRST_PAUSE, patientUntil)));
        });
    }

    @Override
    public Mono<Entry> renew(Question question, Mono<Entry> call) {
        return Mono.defer(() -> {
            SealedEntries.Asked asked = entries.asked(question);
            return look(asked)
                    .flatMap(step -> step == Step.Nothing.MISSING ? callWithLease(asked, call) : Mono.just(step))
                    .flatMap(step -> go(step, asked, call, Mono::empty));
        });
    }

    /** A store forgets by time alone: what stands there lasts no longer than it takes to say so. */
    @Override
    public Mono<Void> forget(Question question) {
        return Mono.defer(() -> Flux.fromIterable(entries.asked(question).names())
                        .concatMap(name -> store.put(name, NOTHING, SHORTEST))
                        .then())
                .onErrorComplete(Exception.class);
    }

    /** With what a step came to: the entry, a call of our own when the store is away, or else what comes next. */
    private Mono<Entry> go(Step step, SealedEntries.Asked asked, Mono<Entry> call, Supplier<Mono<Entry>> next) {
        if (step instanceof Step.Has has) {
            return Mono.just(has.entry());
        }
        return step == Step.Nothing.UNREACHABLE ? callAndKeep(asked, call) : next.get();
    }

    /** Whoever gets the lease makes the call; whoever does not looks again, and tries again, as long as it is patient. */
    private Mono<Entry> race(SealedEntries.Asked asked, Mono<Entry> call, Duration pause, long patientUntil) {
        return callWithLease(asked, call)
                .flatMap(step -> go(step, asked, call, () -> {
                    long left = patientUntil - now();
                    if (left <= 0) {
                        return callAndKeep(asked, call);
                    }
                    Duration next = pause.multipliedBy(2);
                    return Mono.delay(Duration.ofNanos(Math.min(left, pause.toNanos())), scheduler)
                            .then(look(asked))
                            .flatMap(found -> go(
                                    found,
                                    asked,
                                    call,
                                    () -> race(
                                            asked,
                                            call,
                                            next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE,
                                            patientUntil)));
                }));
    }

    private long now() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    /** The lease is given back when the outcome is in the store, when there is none, and when nobody waits any more. */
    private Mono<Step> callWithLease(SealedEntries.Asked asked, Mono<Entry> call) {
        return Mono.usingWhen(
                Mono.fromSupplier(this::newLease),
                lease -> take(asked, lease)
                        .flatMap(step -> step == Step.Nothing.MISSING
                                // Somebody may have made the call between our look and our lease.
                                ? look(asked)
                                        .flatMap(found -> found instanceof Step.Has
                                                ? Mono.just(found)
                                                : callAndKeep(asked, call).map(Step.Has::new))
                                : Mono.just(step)),
                lease -> release(asked, lease),
                (lease, failure) -> release(asked, lease),
                lease -> release(asked, lease));
    }

    private Lease newLease() {
        byte[] holder = new byte[HOLDER_LENGTH];
        random.nextBytes(holder);
        return new Lease(holder);
    }

    private Mono<Step> take(SealedEntries.Asked asked, Lease lease) {
        return store.lease(asked.leaseName(), lease.holder, LEASE_LIFE)
                .<Step>map(ours -> {
                    lease.maybeOurs = ours;
                    return ours ? Step.Nothing.MISSING : Step.Nothing.TAKEN;
                })
                .onErrorReturn(Exception.class, Step.Nothing.UNREACHABLE)
                .defaultIfEmpty(Step.Nothing.UNREACHABLE);
    }

    private Mono<Void> release(SealedEntries.Asked asked, Lease lease) {
        // A lease that cannot be given back ends by itself.
        return lease.maybeOurs
                ? store.release(asked.leaseName(), lease.holder).onErrorComplete(Exception.class)
                : Mono.empty();
    }

    private Mono<Entry> callAndKeep(SealedEntries.Asked asked, Mono<Entry> call) {
        return call.flatMap(entry -> keep(asked, entry).thenReturn(entry));
    }

    private Mono<Void> keep(SealedEntries.Asked asked, Entry entry) {
        Optional<Duration> worth = entries.worth(entry, clock.instant());
        Optional<byte[]> value = worth.flatMap(left -> entries.seal(asked, entry));
        // A store that does not take it costs the others a call, and nobody a request.
        return value.isPresent()
                ? store.put(asked.names().get(0), value.get(), worth.orElseThrow())
                        .onErrorComplete(Exception.class)
                : Mono.empty();
    }

    private Mono<Step> look(SealedEntries.Asked asked) {
        return look(asked, asked.names());
    }

    private Mono<Step> look(SealedEntries.Asked asked, List<String> names) {
        return Flux.fromIterable(names)
                .concatMap(name -> store.get(name)
                        .onErrorMap(Exception.class, failure -> new SharedStore.OutOfReach("get"))
                        .flatMap(value -> Mono.justOrEmpty(usable(asked, value))))
                .next()
                .<Step>map(Step.Has::new)
                .defaultIfEmpty(Step.Nothing.MISSING)
                .onErrorReturn(SharedStore.OutOfReach.class, Step.Nothing.UNREACHABLE);
    }

    private Optional<Entry> usable(SealedEntries.Asked asked, byte[] value) {
        if (value.length == 0) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        SealedEntries.Finding finding = entries.judge(asked, value, now);
        if (finding instanceof SealedEntries.Finding.Refused refused) {
            raise(asked.question().grant(), refused);
        }
        if (finding == SealedEntries.Finding.Ahead.AHEAD) {
            behind.run();
        }
        return finding instanceof SealedEntries.Finding.Usable found ? Optional.of(found.entry()) : Optional.empty();
    }

    private void raise(Grant grant, SealedEntries.Finding.Refused refused) {
        String audience = grant.target().expectedAudience();
        if (pace.mayRing(Alarm.SHARED_ENTRY_REFUSED, grant.client(), audience, refused.what())) {
            alarms.raise(
                    Alarm.SHARED_ENTRY_REFUSED,
                    "client=" + grant.client().name() + " audience=" + audience
                            + " a credential in the shared store was refused: " + refused.reason());
        }
    }

    @Override
    public String toString() {
        return "sealed(" + store + ")";
    }
}
