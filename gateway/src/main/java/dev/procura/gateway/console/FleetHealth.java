package dev.procura.gateway.console;

import dev.procura.gateway.fleet.BreakingStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether this replica shares what it knows: {@code alone}, {@code shared} or {@code cut-off}. Always up: a replica that is
 * cut off serves from its own memory, and to take it out of service would help nobody.
 */
public final class FleetHealth implements HealthIndicator {

    private final Optional<BreakingStore> store;
    private final Clock clock;

    /** @param store absent: the configuration says that the replica is alone */
    public FleetHealth(Optional<BreakingStore> store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    public Health health() {
        if (store.isEmpty()) {
            return Health.up().withDetail("mode", "alone").build();
        }
        BreakingStore.Standing standing = store.get().standing();
        // There may be no caller who would make the gateway ask again.
        store.get().look().toFuture();
        Health.Builder health = Health.up()
                .withDetail("mode", standing.reachable() ? "shared" : "cut-off")
                .withDetail("since", standing.since().toString())
                .withDetail(
                        "seconds",
                        Duration.between(standing.since(), clock.instant()).toSeconds());
        standing.lastFault().ifPresent(fault -> health.withDetail("lastError", fault));
        standing.lastAway().ifPresent(away -> health.withDetail("lastCutOffSeconds", away.toSeconds()));
        return health.build();
    }
}
