package dev.procura.gateway.inbound;

import com.nimbusds.jose.JWSHeader;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The signing keys of one issuer, and of that one only.
 *
 * <p>Guarantees: one fetch at a time, which everyone who waits shares; keys older than {@link Timing#refresh} are renewed
 * behind the callers' backs; an unknown {@code kid} costs one fetch per {@link Timing#coolDown}, however many ask; a
 * failed fetch keeps the last known keys until {@link Timing#maxAge} and is tried again after 1 to 10 seconds; a key that
 * the server has withdrawn stops working with the next renewal, also for tokens that were verified before.
 */
public final class SigningKeys {

    private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);

    /** Which settings decide where keys come from, for reasons. */
    private static final String PLACE = "(found by procura.issuers.*.issuer, metadata-uri or jwks-uri)";

    /** Longer than any fetch may take: ends only the wait for one that got lost. */
    private static final Duration LOST = Duration.ofSeconds(30);

    record Timing(Duration refresh, Duration maxAge, Duration coolDown) {}

    /**
     * How one key store stands, for the operator.
     *
     * @param name of the issuer's block, and of the tenant or policy inside it
     * @param keys how many there are
     * @param fetchedAt when they were last fetched; absent: never
     * @param lost whether the last fetch failed
     */
    public record State(String name, int keys, Optional<Instant> fetchedAt, boolean lost) {

        /** Whether tokens can be judged, or could be before the server was lost. */
        public boolean isReady() {
            return fetchedAt.isPresent();
        }
    }

    private final String issuerName;
    private final Mono<List<KeySet.VerificationKey>> source;
    private final Timing timing;
    private final Clock clock;

    private volatile @Nullable KeySet current;
    private volatile Instant failedAt = Instant.EPOCH;

    // Guarded by this: when the server may be asked, and the question that is under way.
    private @Nullable CompletableFuture<KeySet> inFlight;
    private Instant notBefore = Instant.MIN;
    private Instant unknownKeyNotBefore = Instant.MIN;
    private Duration nextRetry = FIRST_RETRY;

    SigningKeys(String issuerName, Mono<List<KeySet.VerificationKey>> source, Timing timing, Clock clock) {
        this.issuerName = issuerName;
        this.source = source.single();
        this.timing = timing;
        this.clock = clock;
    }

    /**
     * A key set with at least one candidate for the signature. Fails with {@code key_unknown}, or with {@code
     * keys_unavailable} when there are no keys to judge by.
     */
    Mono<KeySet> forSignature(JWSHeader header) {
        KeySet known = usable();
        if (known == null) {
            return fetch().onErrorResume(failure -> lastKnown(failure)).flatMap(keys -> require(keys, header));
        }
        if (!known.candidates(header).isEmpty()) {
            return Mono.just(known);
        }
        CompletableFuture<KeySet> fetch = startFetchForUnknownKey();
        if (fetch != null) {
            return await(fetch).flatMap(fetched -> require(fetched, header));
        }
        // A server that is lost may have the key by now: nobody can say that there is none.
        boolean lost = failedAt.isAfter(known.fetchedAt()) || known.keys().isEmpty();
        return Mono.error(lost ? unavailable() : unknown(header));
    }

    /**
     * Whether a token that was verified when the count of withdrawals stood there still stands: no key has gone since, and
     * the keys are not too old to judge by. Starts a renewal when one is due.
     */
    boolean stillVouchFor(long withdrawals) {
        KeySet known = usable();
        return known != null && known.withdrawals() == withdrawals;
    }

    /** Whether the keys that are known have a candidate for the signature; asks nobody. */
    boolean know(JWSHeader header) {
        KeySet known = current;
        return known != null && !known.candidates(header).isEmpty();
    }

    State state() {
        KeySet known = current;
        return known == null
                ? new State(issuerName, 0, Optional.empty(), !failedAt.equals(Instant.EPOCH))
                : new State(
                        issuerName,
                        known.keys().size(),
                        Optional.of(known.fetchedAt()),
                        failedAt.isAfter(known.fetchedAt()));
    }

    /** Asks for the keys if there are none, or if the server was lost when it was last asked; nobody waits for it. */
    void warmUp() {
        KeySet known = current;
        if (known == null || failedAt.isAfter(known.fetchedAt())) {
            renew();
        }
    }

    /** Nobody waits for it. */
    private void renew() {
        CompletableFuture<KeySet> unused = startFetch();
    }

    /**
     * The keys to judge by without waiting. Those that nobody has renewed for a while (there was no traffic) are asked for
     * first: one of them may have been withdrawn since. While the server cannot be reached they have to do.
     */
    private @Nullable KeySet usable() {
        KeySet known = current;
        if (known == null) {
            return null;
        }
        Instant now = clock.instant();
        if (now.isBefore(known.fetchedAt().plus(timing.refresh()))) {
            return known;
        }
        renew();
        boolean recent = now.isBefore(known.fetchedAt().plus(timing.refresh().multipliedBy(2)));
        boolean unreachable = now.isBefore(failedAt.plus(LAST_RETRY.multipliedBy(2)));
        return recent || (unreachable && !isTooOld(known, now)) ? known : null;
    }

    private boolean isTooOld(KeySet known, Instant now) {
        return !now.isBefore(known.fetchedAt().plus(timing.maxAge()));
    }

    /** What was known before the server was lost, within its limit. */
    private Mono<KeySet> lastKnown(Throwable failure) {
        KeySet known = current;
        return known != null && !isTooOld(known, clock.instant()) ? Mono.just(known) : Mono.error(failure);
    }

    private Mono<KeySet> fetch() {
        CompletableFuture<KeySet> fetch = startFetch();
        return fetch == null ? Mono.error(unavailable()) : await(fetch);
    }

    /** One caller that gives up does not end the fetch for the others. */
    private Mono<KeySet> await(CompletableFuture<KeySet> fetch) {
        return Mono.fromFuture(fetch, true).onErrorMap(thrown -> unavailable());
    }

    /** The fetch under way, or a new one that the unknown key pays for; null while the cool-down lasts. */
    private synchronized @Nullable CompletableFuture<KeySet> startFetchForUnknownKey() {
        if (inFlight != null) {
            return inFlight;
        }
        Instant now = clock.instant();
        if (now.isBefore(unknownKeyNotBefore)) {
            return null;
        }
        unknownKeyNotBefore = now.plus(timing.coolDown());
        return startFetch();
    }

    /** The fetch under way, or a new one; null while a failed one is too recent. */
    private synchronized @Nullable CompletableFuture<KeySet> startFetch() {
        if (inFlight != null) {
            return inFlight;
        }
        if (clock.instant().isBefore(notBefore)) {
            return null;
        }
        CompletableFuture<KeySet> fetch = new CompletableFuture<>();
        inFlight = fetch;
        CompletableFuture<@Nullable KeySet> unused = source.map(this::accept)
                .doOnError(this::reject)
                .toFuture()
                .orTimeout(LOST.toSeconds(), TimeUnit.SECONDS)
                .whenComplete((keys, failure) -> settle(fetch, keys, failure));
        return fetch;
    }

    private synchronized void settle(
            CompletableFuture<KeySet> fetch, @Nullable KeySet keys, @Nullable Throwable failure) {
        // Nobody starts another one while it is under way.
        inFlight = null;
        if (keys != null) {
            fetch.complete(keys);
        } else {
            fetch.completeExceptionally(failure == null ? new IllegalStateException("no keys") : failure);
        }
    }

    private synchronized KeySet accept(List<KeySet.VerificationKey> keys) {
        KeySet before = current;
        long withdrawals = before == null ? 0 : before.withdrawals() + (before.isKeptBy(keys) ? 0 : 1);
        KeySet now = new KeySet(keys, clock.instant(), withdrawals);
        current = now;
        notBefore = Instant.MIN;
        nextRetry = FIRST_RETRY;
        if (before == null || withdrawals != before.withdrawals()) {
            log.info("issuer={} keys={} withdrawals={}", issuerName, keys.size(), withdrawals);
        }
        return now;
    }

    private synchronized void reject(Throwable failure) {
        failedAt = clock.instant();
        notBefore = failedAt.plus(nextRetry);
        log.warn(
                "issuer={} keys cannot be fetched, next try in {} s: {}",
                issuerName,
                nextRetry.toSeconds(),
                failure.toString());
        nextRetry = nextRetry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? nextRetry.multipliedBy(2) : LAST_RETRY;
    }

    private Mono<KeySet> require(KeySet keys, JWSHeader header) {
        if (!keys.candidates(header).isEmpty()) {
            return Mono.just(keys);
        }
        // A server that publishes no key at all cannot have signed; it is not complete yet.
        return Mono.error(keys.keys().isEmpty() ? unavailable() : unknown(header));
    }

    private ProblemException unavailable() {
        return ProblemException.of(
                Problem.KEYS_UNAVAILABLE, "issuer=" + issuerName + " keys cannot be fetched " + PLACE);
    }

    private ProblemException unknown(JWSHeader header) {
        return ProblemException.of(
                Problem.KEY_UNKNOWN,
                "issuer=" + issuerName + " has no " + header.getAlgorithm() + " key for the token's kid " + PLACE);
    }
}
