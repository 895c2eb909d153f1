package dev.procura.gateway.idp;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;

/**
 * Whether one token endpoint is asked. It opens after a row of faults that several callers have met, or that no caller can
 * bring about; then nobody asks for a while, which doubles from fault to fault, and one asks first.
 */
final class Circuit {

    /** Faults in a row, of as many callers. */
    static final int FAULTS = 5;

    static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private static final int MAX_DOUBLINGS = 5;

    private final DoubleSupplier random;
    private final Set<Object> faults = new HashSet<>();
    private int openings;
    private boolean probing;
    private Instant openUntil = Instant.MIN;

    Circuit(DoubleSupplier random) {
        this.random = random;
    }

    /** Empty when the caller may ask, and then has to tell what came of it; otherwise how long to wait. */
    synchronized Optional<Duration> enter(Instant now) {
        if (openings == 0) {
            return Optional.empty();
        }
        if (now.isBefore(openUntil)) {
            return Optional.of(Duration.between(now, openUntil));
        }
        if (probing) {
            return Optional.of(FIRST_WAIT);
        }
        probing = true;
        return Optional.empty();
    }

    /** The server has answered, whatever it said. @return whether the circuit was open */
    synchronized boolean answered() {
        boolean wasOpen = openings > 0;
        faults.clear();
        openings = 0;
        probing = false;
        return wasOpen;
    }

    /** Nobody was asked after all. */
    synchronized void leave() {
        probing = false;
    }

    /**
     * The server has not answered, or not as a server.
     *
     * @param whose caller met the fault; equal ones count once, so that nobody opens it alone
     * @return whether this opens the circuit for the first time
     */
    synchronized boolean failed(Object whose, Instant now) {
        faults.add(whose);
        boolean opens = probing || (openings == 0 && faults.size() >= FAULTS);
        if (!opens) {
            return false;
        }
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(openings, MAX_DOUBLINGS));
        long millis = Math.min(wait.toMillis(), LONGEST_WAIT.toMillis());
        openUntil = now.plusMillis((long) (millis * (0.5 + random.getAsDouble() / 2)));
        probing = false;
        openings++;
        return openings == 1;
    }
}
