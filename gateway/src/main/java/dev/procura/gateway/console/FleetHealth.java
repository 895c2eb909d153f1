package dev.procura.gateway.console;

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

    private final Optional<FleetReach> fleet;
    private final Clock clock;

    /** @param fleet absent: the configuration says that the replica is alone */
    public FleetHealth(Optional<FleetReach> fleet, Clock clock) {
        this.fleet = fleet;
        this.clock = clock;
    }

    @Override
    public Health health() {
        if (fleet.isEmpty()) {
            return Health.up().withDetail("mode", "alone").build();
        }
        FleetReach.State state = fleet.get().look();
        Health.Builder health = Health.up()
                .withDetail("mode", state.reachable() ? "shared" : "cut-off")
                .withDetail("since", state.since().toString())
                .withDetail(
                        "seconds",
                        Duration.between(state.since(), clock.instant()).toSeconds());
        Optional<String> fault = state.store().lastFault();
        if (fault.isPresent() || !state.reachable()) {
            health.withDetail("lastError", fault.orElse("what others revoke is not heard"));
        }
        state.store().lastAway().ifPresent(away -> health.withDetail("lastCutOffSeconds", away.toSeconds()));
        return health.build();
    }
}
