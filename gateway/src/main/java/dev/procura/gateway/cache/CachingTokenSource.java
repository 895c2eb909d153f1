package dev.procura.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.RefusedTokens;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.inbound.Provenance;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.inbound.SharedCalls;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Fingerprint;
import dev.procura.gateway.token.TokenValue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Remembers tokens, bounded in number, bytes and time, and makes one call for all who ask for the same at once.
 *
 * <p>The call belongs to nobody: a caller that gives up does not end it for the others. What came of it is told to everyone
 * who waited; only a token that may be used again is remembered, and for a short time what the server refused.
 *
 * <p>A token that is in use is renewed before it ends, and nobody waits for that. A token that a tier refuses is forgotten, at
 * most one for each key in {@link #FORGET_PAUSE}: so a tier that takes nothing costs one call in that time, however often it
 * is asked. Not checked: whether the tier was right.
 */
public final class CachingTokenSource implements TokenSource, RefusedTokens {

    /** How long after a refused token the next one of the same key is believed to be no better. */
    static final Duration FORGET_PAUSE = Duration.ofSeconds(10);

    private final TokenSource delegate;
    private final SubjectChoice subjects;
    private final SharedCredentials shared;
    private final Revocations revocations;
    private final Clock clock;
    private final EntryLife life;
    private final RefreshAhead refreshAhead;
    private final CredentialMemory memory;
    private final Refusals refusals;
    private final Cache<CacheKey, Replacement> replacements;
    private final CacheMeters meters;

    private final SharedCalls<CacheKey, Outcome> calls = new SharedCalls<>(() -> ProblemException.of(
            Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "a call to the authorization server got lost"));

    /**
     * What the cache stands among.
     *
     * @param subjects what stands for a caller in the key
     * @param shared what the other replicas know
     * @param random between 0 and 1: spreads what would happen everywhere at once
     */
    public record Surroundings(
            SubjectChoice subjects,
            SharedCredentials shared,
            Revocations revocations,
            MeterRegistry meters,
            DoubleSupplier random,
            Clock clock) {}

    /**
     * A token was forgotten because a tier refused it.
     *
     * @param until until then no other of this key is forgotten
     * @param outcome what came of asking for another one; asks once, when the first of those who were refused wants it
     */
    private record Replacement(TokenValue refused, Instant until, Mono<Entry> outcome) {

        /** Both tokens, and about what the key, the grant and the bookkeeping take. */
        long bytes() {
            return 2_000L + 2L * refused.length();
        }
    }

    /** What came of a call that several may have waited for. */
    private sealed interface Outcome {

        record Obtained(Entry entry) implements Outcome {}

        /** @param tokens that the server was shown, and refused */
        record Refused(ProblemException refusal, List<Fingerprint> tokens) implements Outcome {}

        /** A renewal that another replica is making, or that brought nothing better. */
        enum Nothing implements Outcome {
            NOTHING
        }
    }

    public CachingTokenSource(TokenSource delegate, CacheProperties properties, Surroundings surroundings) {
        this.delegate = delegate;
        this.subjects = surroundings.subjects();
        this.shared = surroundings.shared();
        this.revocations = surroundings.revocations();
        this.clock = surroundings.clock();
        this.life = new EntryLife(properties.maxLife(), properties.safetyMargin());
        this.refreshAhead = new RefreshAhead(properties.refreshAhead(), surroundings.random());
        CacheBounds bounds = properties.bounds();
        this.memory = new CredentialMemory(bounds, revocations, clock);
        this.refusals = new Refusals(properties.negativeTtl(), bounds, clock);
        this.replacements = Caffeine.newBuilder()
                .maximumWeight(bounds.maxBytes())
                .weigher((CacheKey key, Replacement replacement) -> bounds.weigh(replacement.bytes()))
                .expireAfterWrite(FORGET_PAUSE)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
        this.meters = new CacheMeters(surroundings.meters());
        revocations.listen(memory::forget);
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        CacheKey key = CacheKey.of(grant, subjects);
        AccessToken known = inMemory(key, grant);
        if (known != null) {
            return Mono.just(known);
        }
        ProblemException refusal = refusals.get(key, grant);
        if (refusal != null) {
            meters.refused.increment();
            return Mono.error(refusal);
        }
        return Mono.defer(() -> together(key, grant, () -> usable(key), () -> obtain(key, grant, any -> true)))
                .onErrorResume(ProblemException.class, failure -> stillValid(key, failure))
                .map(Entry::token);
    }

    @Override
    public @Nullable AccessToken atHand(Grant grant) {
        return inMemory(CacheKey.of(grant, subjects), grant);
    }

    private @Nullable AccessToken inMemory(CacheKey key, Grant grant) {
        Instant now = clock.instant();
        Kept kept = memory.get(key);
        if (kept == null || !kept.isUsable(now)) {
            return null;
        }
        meters.hit.increment();
        renewWhenDue(key, grant, kept, now);
        return kept.entry().token();
    }

    @Override
    public Optional<Mono<AccessToken>> forget(Grant grant, TokenValue refused) {
        CacheKey key = CacheKey.of(grant, subjects);
        Instant now = clock.instant();
        Replacement mine = new Replacement(refused, now.plus(FORGET_PAUSE), replace(key, grant, refused));
        Replacement current = replacements
                .asMap()
                .compute(key, (any, last) -> last != null && now.isBefore(last.until()) ? last : mine);
        if (current.equals(mine)) {
            // Only now: a server that gives the same token again would else be asked without end.
            memory.remove(key, refused);
        }
        Entry other = usableOther(key, refused);
        if (other != null) {
            return Optional.of(Mono.just(other.token()));
        }
        return current.refused().equals(refused)
                ? Optional.of(current.outcome()
                        .filter(entry -> !isRevoked(entry.origins()))
                        .map(Entry::token)
                        .filter(token -> !token.isExpired(clock.instant())))
                : Optional.empty();
    }

    /** One call at most, and its outcome for everybody who was refused with the same token. */
    private Mono<Entry> replace(CacheKey key, Grant grant, TokenValue refused) {
        Predicate<Entry> other = entry -> !entry.token().value().equals(refused);
        return Mono.defer(() -> together(key, grant, () -> usableOther(key, refused), () -> obtain(key, grant, other)))
                .onErrorResume(ProblemException.class, failure -> stillValid(key, failure))
                .filter(other)
                .cache();
    }

    /**
     * One call for all who ask at once. Where several tokens stand for one subject, it may have been another one's: what was
     * obtained with one that has been revoked since, and what was refused to one, is no answer to another. Nor is the end of a
     * renewal without a token. Then the asker asks himself.
     */
    private Mono<Entry> together(CacheKey key, Grant grant, Known known, Call call) {
        return calls.get(key, () -> known(known), () -> outcome(grant, call)).flatMap(outcome -> {
            if (outcome instanceof Outcome.Obtained obtained
                    && !isRevoked(obtained.entry().origins())) {
                return Mono.just(obtained.entry());
            }
            if (outcome instanceof Outcome.Refused refused && refused.tokens().equals(Refusals.tokens(grant))) {
                return Mono.error(refused.refusal());
            }
            return isRevoked(Entry.origins(grant))
                    ? Mono.error(ProblemException.of(
                            Problem.TOKEN_REVOKED, "the token was revoked while a credential was asked for"))
                    : together(key, grant, known, call);
        });
    }

    private static @Nullable Outcome known(Known known) {
        Entry entry = known.entry();
        return entry == null ? null : new Outcome.Obtained(entry);
    }

    private static Mono<Outcome> outcome(Grant grant, Call call) {
        return call.start()
                .<Outcome>map(Outcome.Obtained::new)
                .onErrorResume(
                        failure -> failure instanceof ProblemException problem && Refusals.isAboutTheSubject(problem),
                        failure -> Mono.just(new Outcome.Refused((ProblemException) failure, Refusals.tokens(grant))));
    }

    private boolean isRevoked(List<Provenance> origins) {
        return origins.stream().anyMatch(revocations::revokes);
    }

    /** What another call may have left behind since the caller looked. */
    @FunctionalInterface
    private interface Known {
        @Nullable
        Entry entry();
    }

    @FunctionalInterface
    private interface Call {
        Mono<Entry> start();
    }

    private @Nullable Entry usable(CacheKey key) {
        Kept kept = memory.get(key);
        return kept != null && kept.isUsable(clock.instant()) ? kept.entry() : null;
    }

    private @Nullable Entry usableOther(CacheKey key, TokenValue refused) {
        Entry known = usable(key);
        return known != null && !known.token().value().equals(refused) ? known : null;
    }

    /** While the server cannot answer, what is still valid is served. */
    private Mono<Entry> stillValid(CacheKey key, ProblemException failure) {
        Kept kept = memory.get(key);
        if (kept != null
                && failure.problem() == Problem.AUTHORIZATION_SERVER_UNAVAILABLE
                && clock.instant().isBefore(kept.entry().validUntil())) {
            meters.stillValid.increment();
            return Mono.just(kept.entry());
        }
        return Mono.error(failure);
    }

    private Mono<Entry> obtain(CacheKey key, Grant grant, Predicate<Entry> good) {
        Asking asking = new Asking(grant);
        SharedCredentials.Question question = new SharedCredentials.Question(key, grant, good);
        return shared.obtain(question, asking.call())
                .doOnNext(entry -> {
                    (asking.asked ? meters.asked : meters.shared).increment();
                    keep(key, entry);
                })
                .doOnError(failure -> meters.failed.increment())
                .onErrorResume(ProblemException.class, failure -> refused(question, failure));
    }

    /** When the server has spoken, what it gave before does not count any more. */
    private Mono<Entry> refused(SharedCredentials.Question question, ProblemException failure) {
        if (failure.problem() == Problem.AUTHORIZATION_SERVER_UNAVAILABLE) {
            return Mono.error(failure);
        }
        memory.remove(question.key(), Entry.origins(question.grant()));
        if (!Refusals.isAboutTheSubject(failure)) {
            return Mono.error(failure);
        }
        refusals.remember(question.key(), question.grant(), failure);
        return shared.forget(question).then(Mono.error(failure));
    }

    /** One question to the authorization server, and whether it came to that. */
    private final class Asking {

        private final Grant grant;
        private volatile boolean asked;

        Asking(Grant grant) {
            this.grant = grant;
        }

        Mono<Entry> call() {
            return Mono.defer(() -> {
                asked = true;
                Instant began = clock.instant();
                long generation = revocations.generation();
                return delegate.token(grant).map(token -> {
                    Instant now = clock.instant();
                    return new Entry(
                            token,
                            began,
                            life.end(grant, token, now),
                            life.latest(grant, token, now),
                            Entry.origins(grant),
                            generation);
                });
            });
        }
    }

    private void keep(CacheKey key, Entry entry) {
        if (clock.instant().isBefore(entry.usableUntil())) {
            memory.put(key, new Kept(entry, refreshAhead.first(entry)));
        }
    }

    private void renewWhenDue(CacheKey key, Grant grant, Kept kept, Instant now) {
        if (!kept.isDue(now) || !RefreshAhead.isWorthwhile(kept.entry(), grant) || !refreshAhead.enter()) {
            return;
        }
        if (!kept.beginRenewal(now)) {
            refreshAhead.leave();
            return;
        }
        CompletableFuture<@Nullable Outcome> unused = calls.get(
                        key,
                        () -> null,
                        () -> renewed(key, grant, kept.entry())
                                .<Outcome>map(Outcome.Obtained::new)
                                .defaultIfEmpty(Outcome.Nothing.NOTHING))
                .doOnNext(outcome -> {
                    (outcome instanceof Outcome.Obtained ? meters.renewed : meters.renewalFailed).increment();
                    // Another replica is at it, or there was nothing better.
                    kept.renewAgainFrom(refreshAhead.next(kept.entry(), clock.instant()));
                })
                .doOnError(failure -> {
                    meters.renewalFailed.increment();
                    kept.renewAgainFrom(refreshAhead.next(kept.entry(), failure, clock.instant()));
                })
                .doFinally(signal -> refreshAhead.leave())
                .toFuture();
    }

    /** A failure changes nothing: the old token is valid, and whoever asks when it has ended hears it himself. */
    private Mono<Entry> renewed(CacheKey key, Grant grant, Entry old) {
        Predicate<Entry> better = entry -> entry.validUntil().isAfter(old.validUntil());
        return shared.renew(new SharedCredentials.Question(key, grant, better), new Asking(grant).call())
                .filter(better)
                .doOnNext(entry -> keep(key, entry));
    }

    /** About how many credentials are kept. */
    public long size() {
        return memory.size();
    }

    /** The same after those that have ended are gone. */
    long entries() {
        memory.cleanUp();
        return memory.size();
    }

    @Override
    public String toString() {
        return "caching(" + delegate + ")";
    }
}
