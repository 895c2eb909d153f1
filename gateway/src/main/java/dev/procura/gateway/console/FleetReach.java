package dev.procura.gateway.console;

import dev.procura.gateway.fleet.BreakingStore;
import dev.procura.gateway.fleet.FleetRevocations;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Whether this replica and the others reach one another: it gets at their credentials, and hears what they revoke. The second
 * is tried twice a second; the first when somebody needs it, or looks here.
 */
public final class FleetReach {

    private final BreakingStore credentials;
    private final FleetRevocations revocations;

    public FleetReach(BreakingStore credentials, FleetRevocations revocations) {
        this.credentials = credentials;
        this.revocations = revocations;
    }

    /**
     * @param reachable for both
     * @param since when that began
     * @param store as credentials find it
     */
    record State(boolean reachable, Instant since, BreakingStore.Standing store) {}

    /** What is known, and has a store that is out of reach tried again: there may be no caller who would. */
    State look() {
        BreakingStore.Standing standing = credentials.standing();
        Optional<Instant> cutOff = revocations.cutOffSince();
        if (!standing.reachable() || cutOff.isPresent()) {
            CompletableFuture<@Nullable Void> unused = credentials.look().toFuture();
        }
        if (!standing.reachable()) {
            Instant since = cutOff.filter(at -> at.isBefore(standing.since())).orElse(standing.since());
            return new State(false, since, standing);
        }
        return new State(cutOff.isEmpty(), cutOff.orElse(standing.since()), standing);
    }
}
