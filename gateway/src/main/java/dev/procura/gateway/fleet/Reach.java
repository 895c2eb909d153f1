package dev.procura.gateway.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store is believed to answer. One command without an answer is enough to stop asking, for every caller would
 * wait as long; then one at a time tries, after a pause that doubles. Knows no clock and sends nothing.
 */
final class Reach {

    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** So many tries in a row without a word: then the connection itself may be the reason. */
    static final int SILENT_TRIES = 2;

    /** What came of a report. */
    enum News {
        NONE,
        LOST,
        REACHED,
        SILENT
    }

    /** One command from its beginning to its end. */
    static final class Pass {}

    /**
     * @param reachable whether commands are sent
     * @param asked whether the first has ended
     * @param since when that began
     * @param fault the reason of the last command without an answer
     * @param lastAway how long the store was out of reach the last time
     */
    record State(
            boolean reachable, boolean asked, Instant since, Optional<String> fault, Optional<Duration> lastAway) {}

    private boolean asked;
    private boolean lost;
    private Instant since;
    private @Nullable String fault;
    private @Nullable Duration lastAway;
    private Instant nextTry = Instant.MIN;
    private Duration pause = FIRST_PAUSE;
    private @Nullable Pass trying;
    private int silentTries;

    Reach(Instant now) {
        this.since = now;
    }

    /** Empty: not now. Otherwise it may be sent, and has to be told what came of it. */
    synchronized Optional<Pass> enter(Instant now) {
        if (!lost) {
            return Optional.of(new Pass());
        }
        if (trying != null || now.isBefore(nextTry)) {
            return Optional.empty();
        }
        trying = new Pass();
        return Optional.of(trying);
    }

    synchronized News answered(Pass pass, Instant now) {
        if (lost && pass != trying) {
            // It was on its way: no news of now.
            return News.NONE;
        }
        if (asked && !lost) {
            return News.NONE;
        }
        lastAway = lost ? Duration.between(since, now) : lastAway;
        asked = true;
        lost = false;
        since = now;
        trying = null;
        silentTries = 0;
        return News.REACHED;
    }

    /** @param silent whether nothing was heard, rather than something bad */
    synchronized News failed(Pass pass, String reason, boolean silent, Instant now) {
        if (!lost) {
            asked = true;
            lost = true;
            since = now;
            fault = reason;
            pause = FIRST_PAUSE;
            nextTry = now.plus(pause);
            return News.LOST;
        }
        if (pass != trying) {
            return News.NONE;
        }
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        nextTry = now.plus(pause);
        fault = reason;
        trying = null;
        silentTries = silent ? silentTries + 1 : 0;
        if (silentTries < SILENT_TRIES) {
            return News.NONE;
        }
        silentTries = 0;
        return News.SILENT;
    }

    /** Its caller did not wait for the end. */
    synchronized void left(Pass pass) {
        if (pass == trying) {
            trying = null;
        }
    }

    synchronized State state() {
        return new State(!lost, asked, since, Optional.ofNullable(fault), Optional.ofNullable(lastAway));
    }
}
