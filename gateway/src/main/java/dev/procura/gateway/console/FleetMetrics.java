package dev.procura.gateway.console;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code procura.fleet.reachable}: 1 while the shared store answers, else 0. {@code procura.fleet.cut.off.seconds}: for how
 * long it has not, 0 while it does. Neither is there for a replica alone.
 */
public final class FleetMetrics implements MeterBinder {

    private final Optional<FleetReach> fleet;
    private final Clock clock;

    /** @param fleet absent: the configuration says that the replica is alone */
    public FleetMetrics(Optional<FleetReach> fleet, Clock clock) {
        this.fleet = fleet;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        fleet.ifPresent(shared -> {
            Gauge.builder("procura.fleet.reachable", shared, one -> one.look().reachable() ? 1 : 0)
                    .register(registry);
            Gauge.builder("procura.fleet.cut.off.seconds", shared, one -> cutOff(one.look()))
                    .register(registry);
        });
    }

    private double cutOff(FleetReach.State state) {
        return state.reachable()
                ? 0
                : Duration.between(state.since(), clock.instant()).toMillis() / 1000.0;
    }
}
