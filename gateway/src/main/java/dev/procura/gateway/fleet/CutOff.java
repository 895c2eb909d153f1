package dev.procura.gateway.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Since when this replica has not heard what the others know, and whether that is worth a word. Knows no clock. */
final class CutOff {

    /** So long it is no more than a restart of the store. */
    static final Duration ALARMING = Duration.ofSeconds(10);

    private Instant lastInSync;
    private @Nullable Instant since;
    private boolean alarmed;

    /** Until it has been in sync once, it is cut off from its start. */
    CutOff(Instant start) {
        this.lastInSync = start;
        this.since = start;
    }

    synchronized Optional<Instant> since() {
        return Optional.ofNullable(since);
    }

    /** @return how long an operator has been worrying for nothing any more */
    synchronized Optional<Duration> inSync(Instant now) {
        Optional<Duration> over =
                alarmed && since != null ? Optional.of(Duration.between(since, now)) : Optional.empty();
        lastInSync = now;
        since = null;
        alarmed = false;
        return over;
    }

    /** @return how long, when it is time to wake somebody */
    synchronized Optional<Duration> failed(Instant now) {
        if (since == null) {
            // Since then something may have been said that was not heard.
            since = lastInSync;
        }
        return Duration.between(since, now).compareTo(ALARMING) < 0 ? Optional.empty() : alarm(now);
    }

    /** At the start nobody waits so long to know. */
    synchronized Optional<Duration> alarm(Instant now) {
        if (alarmed || since == null) {
            return Optional.empty();
        }
        alarmed = true;
        return Optional.of(Duration.between(since, now));
    }
}
