package dev.procura.gateway.console;

import dev.procura.gateway.fleet.BreakingStore;
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

    private final Optional<BreakingStore> store;
    private final Clock clock;

    /** @param store absent: the configuration says that the replica is alone */
    public FleetMetrics(Optional<BreakingStore> store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        store.ifPresent(shared -> {
            Gauge.builder(
                            "procura.fleet.reachable",
                            shared,
                            one -> one.standing().reachable() ? 1 : 0)
                    .register(registry);
            Gauge.builder("procura.fleet.cut.off.seconds", shared, one -> cutOff(one.standing()))
                    .register(registry);
        });
    }

    private double cutOff(BreakingStore.Standing standing) {
        return standing.reachable()
                ? 0
                : Duration.between(standing.since(), clock.instant()).toMillis() / 1000.0;
    }
}
