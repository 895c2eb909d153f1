package dev.procura.gateway.inbound;

import com.nimbusds.jose.JWSHeader;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
final class SigningKeys {

    private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);

    record Timing(Duration refresh, Duration maxAge, Duration coolDown) {
        static final Timing DEFAULT = new Timing(Duration.ofMinutes(5), Duration.ofHours(24), Duration.ofSeconds(30));
    }

    private final String issuerName;
    private final Mono<List<KeySet.VerificationKey>> source;
    private final Timing timing;
    private final Clock clock;

    private volatile @Nullable KeySet current;

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
            return fetch().flatMap(fetched -> require(fetched, header));
        }
        if (!known.candidates(header).isEmpty()) {
            return Mono.just(known);
        }
        CompletableFuture<KeySet> fetch = startFetchForUnknownKey();
        return fetch == null ? Mono.error(unknown(header)) : await(fetch).flatMap(fetched -> require(fetched, header));
    }

    /**
     * Whether a token that was verified when the count of withdrawals stood there still stands: no key has gone since, and
     * the keys are not too old to judge by. Starts a renewal when one is due.
     */
    boolean stillVouchFor(long withdrawals) {
        KeySet known = usable();
        return known != null && known.withdrawals() == withdrawals;
    }

    /** Asks for the keys if there are none, so that the first caller need not wait. */
    void warmUp() {
        if (current == null) {
            renew();
        }
    }

    /** Nobody waits for it. */
    private void renew() {
        CompletableFuture<KeySet> unused = startFetch();
    }

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
        return now.isBefore(known.fetchedAt().plus(timing.maxAge())) ? known : null;
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
        CompletableFuture<@Nullable List<KeySet.VerificationKey>> unused = source.toFuture()
                .whenComplete((keys, failure) -> {
                    if (keys != null) {
                        fetch.complete(accept(keys));
                    } else {
                        reject(failure);
                        fetch.completeExceptionally(failure);
                    }
                });
        return fetch;
    }

    private synchronized KeySet accept(List<KeySet.VerificationKey> keys) {
        KeySet before = current;
        long withdrawals = before == null ? 0 : before.withdrawals() + (before.isKeptBy(keys) ? 0 : 1);
        KeySet now = new KeySet(keys, clock.instant(), withdrawals);
        current = now;
        inFlight = null;
        notBefore = Instant.MIN;
        nextRetry = FIRST_RETRY;
        if (before == null || withdrawals != before.withdrawals()) {
            log.info("issuer={} keys={} withdrawals={}", issuerName, keys.size(), withdrawals);
        }
        return now;
    }

    private synchronized void reject(Throwable failure) {
        inFlight = null;
        notBefore = clock.instant().plus(nextRetry);
        log.warn(
                "issuer={} keys cannot be fetched, next try in {} s: {}",
                issuerName,
                nextRetry.toSeconds(),
                failure.toString());
        nextRetry = nextRetry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? nextRetry.multipliedBy(2) : LAST_RETRY;
    }

    private Mono<KeySet> require(KeySet keys, JWSHeader header) {
        return keys.candidates(header).isEmpty() ? Mono.error(unknown(header)) : Mono.just(keys);
    }

    private ProblemException unavailable() {
        return ProblemException.of(Problem.KEYS_UNAVAILABLE, "issuer=" + issuerName + " keys cannot be fetched");
    }

    private ProblemException unknown(JWSHeader header) {
        return ProblemException.of(
                Problem.KEY_UNKNOWN,
                "issuer=" + issuerName + " has no " + header.getAlgorithm() + " key for the token's kid");
    }
}
