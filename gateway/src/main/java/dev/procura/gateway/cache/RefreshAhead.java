package dev.procura.gateway.cache;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.function.DoubleSupplier;

/**
 * When an entry that is in use is renewed before it ends, so that nobody waits for it. Pure but for the count of renewals
 * under way.
 *
 * <p>A renewal has no caller: it is made with the token of the request that found it due, and that token is kept nowhere.
 */
final class RefreshAhead {

    /** More would take the places of callers, who wait. */
    static final int MAX_UNDER_WAY = 16;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LAST_PAUSE = Duration.ofMinutes(1);

    private final double fraction;
    private final DoubleSupplier random;
    private final Semaphore places = new Semaphore(MAX_UNDER_WAY);

    /** @param fraction of an entry's life after which it is renewed; 1: never */
    RefreshAhead(double fraction, DoubleSupplier random) {
        this.fraction = fraction;
        this.random = random;
    }

    /** Somewhere in the first half of the time that is left: replicas and entries of the same age do not ask together. */
    Instant first(Entry entry) {
        return fraction >= 1 ? Instant.MAX : due(entry, random.getAsDouble());
    }

    /** Whether a new token could last longer: not when the old one ends because the caller's does. */
    static boolean isWorthwhile(Entry entry, Grant grant) {
        return EntryLife.lastMoment(grant).isAfter(entry.validUntil());
    }

    boolean enter() {
        return places.tryAcquire();
    }

    void leave() {
        places.release();
    }

    /**
     * When to try again after one that brought nothing: as long as it has been due already, within limits, or as long as the
     * server asks for. What a server has refused for this entry, it is not asked again.
     */
    Instant next(Entry entry, Throwable failure, Instant now) {
        if (!(failure instanceof ProblemException problem)
                || problem.problem() != Problem.AUTHORIZATION_SERVER_UNAVAILABLE) {
            return Instant.MAX;
        }
        Duration asked = problem.retryAfter().orElse(Duration.ZERO);
        return later(now.plus(asked), next(entry, now));
    }

    Instant next(Entry entry, Instant now) {
        Duration due = Duration.between(due(entry, 0), now);
        Duration pause = due.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : due;
        return now.plus(pause.compareTo(LAST_PAUSE) < 0 ? pause : LAST_PAUSE);
    }

    private Instant due(Entry entry, double jitter) {
        long millis = Duration.between(entry.obtainedAt(), entry.usableUntil()).toMillis();
        return entry.obtainedAt().plusMillis(Math.round(millis * (fraction + (1 - fraction) / 2 * jitter)));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
