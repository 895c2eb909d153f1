package dev.procura.gateway.idp;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether one token endpoint is asked. It opens after a row of faults that several callers have met, or that no caller can
 * bring about; then nobody asks for a while, which doubles from fault to fault, and one asks first. Nobody opens it alone,
 * and nobody keeps it open alone: whose question fails in a way that he may be the reason for has to let others go first.
 */
final class Circuit {

    /** Faults in a row, of as many callers. */
    static final int FAULTS = 5;

    static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private static final int MAX_DOUBLINGS = 5;

    /** One question from its beginning to its end: while the circuit is open, only the first one's end counts. */
    static final class Question {

        private final Object caller;
        private final boolean countsEachTime;

        private Question(Object caller, boolean countsEachTime) {
            this.caller = caller;
            this.countsEachTime = countsEachTime;
        }

        /** @param caller in whose name it is asked; equal ones are one caller */
        static Question of(Object caller) {
            return new Question(caller, false);
        }

        /**
         * One in the gateway's own name. Nobody has a say in what is asked, so each counts; a target that the server fails
         * for has to let others go first all the same.
         */
        static Question ofTheGateway(Object target) {
            return new Question(target, true);
        }
    }

    private final DoubleSupplier random;
    private final Set<Object> faults = new HashSet<>();
    private int openings;
    private @Nullable Question first;
    private Instant openUntil = Instant.MIN;
    private @Nullable Object suspect;
    private Instant openUntilForSuspect = Instant.MIN;

    Circuit(DoubleSupplier random) {
        this.random = random;
    }

    /** Empty when it may be asked, and then has to be told what came of it; otherwise how long to wait. */
    synchronized Optional<Duration> enter(Question question, Instant now) {
        if (openings == 0) {
            return Optional.empty();
        }
        Instant end = question.caller.equals(suspect) ? openUntilForSuspect : openUntil;
        if (now.isBefore(end)) {
            return Optional.of(Duration.between(now, end));
        }
        if (first != null) {
            return Optional.of(FIRST_WAIT);
        }
        first = question;
        return Optional.empty();
    }

    /** The server has answered, whatever it said. @return whether the circuit was open */
    synchronized boolean answered() {
        boolean wasOpen = openings > 0;
        faults.clear();
        openings = 0;
        first = null;
        suspect = null;
        return wasOpen;
    }

    /** Nobody was asked after all. */
    synchronized void leave(Question question) {
        if (first == question) {
            first = null;
        }
    }

    /**
     * The server has not answered, or not as a server.
     *
     * @param mayBeTheQuestions whether what was sent may be the reason; of one caller, such faults count once
     * @return whether this opens the circuit for the first time
     */
    synchronized boolean failed(Question question, boolean mayBeTheQuestions, Instant now) {
        if (openings == 0) {
            faults.add(mayBeTheQuestions && !question.countsEachTime ? question.caller : new Object());
            if (faults.size() < FAULTS) {
                return false;
            }
            faults.clear();
        } else if (first != question) {
            // It was on its way when the circuit opened: no news.
            return false;
        }
        suspect = mayBeTheQuestions && openings > 0 ? question.caller : null;
        Duration wait = nextWait();
        openUntil = now.plus(wait);
        openUntilForSuspect = openUntil.plus(wait);
        first = null;
        openings++;
        return openings == 1;
    }

    private Duration nextWait() {
        Duration doubled = FIRST_WAIT.multipliedBy(1L << Math.min(openings, MAX_DOUBLINGS));
        long millis = Math.min(doubled.toMillis(), LONGEST_WAIT.toMillis());
        return Duration.ofMillis((long) (millis * (0.5 + random.getAsDouble() / 2)));
    }
}
