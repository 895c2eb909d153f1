package dev.procura.gateway.inbound;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What has been revoked, as far as this replica knows. Whoever uses a token, or what was obtained with one, asks here first;
 * whoever keeps some is told of each new revocation.
 */
public final class Revocations {

    private final Clock clock;
    private final Map<Revocation.What, Revocation> byWhat = new ConcurrentHashMap<>();
    private final List<Consumer<Revocation>> listeners = new CopyOnWriteArrayList<>();
    private volatile long generation;

    public Revocations(Clock clock) {
        this.clock = clock;
    }

    /** Is told of every revocation after it has begun to count. */
    public void listen(Consumer<Revocation> listener) {
        listeners.add(listener);
    }

    /** @return whether it says more than what was known */
    public boolean add(Revocation revocation) {
        synchronized (this) {
            Revocation known = byWhat.get(revocation.what());
            if (known != null && !revocation.notBefore().isAfter(known.notBefore())) {
                return false;
            }
            byWhat.put(revocation.what(), revocation);
            generation++;
        }
        listeners.forEach(listener -> listener.accept(revocation));
        return true;
    }

    /** Grows with everything that becomes known: while it is the same, an earlier answer stands. */
    public long generation() {
        return generation;
    }

    /** The number that the fleet has reached, now that its revocations are known here. */
    public synchronized void caughtUpWith(long fleetGeneration) {
        generation = Math.max(generation, fleetGeneration);
    }

    public boolean revokes(Provenance token) {
        return byWhat.values().stream().anyMatch(revocation -> revocation.fits(token));
    }

    /**
     * Whether a credential does not count any more.
     *
     * @param origins where the tokens come from that it was obtained with; empty for the gateway's own
     * @param obtainedAt when
     */
    public boolean revokes(Collection<Provenance> origins, Instant obtainedAt) {
        Revocation everything = byWhat.get(Revocation.What.Everything.EVERYTHING);
        return (everything != null && !obtainedAt.isAfter(everything.notBefore()))
                || origins.stream().anyMatch(this::revokes);
    }

    /** All that still count. */
    public List<Revocation> all() {
        Instant now = clock.instant();
        byWhat.values().removeIf(revocation -> !now.isBefore(revocation.until()));
        return new ArrayList<>(byWhat.values());
    }
}
