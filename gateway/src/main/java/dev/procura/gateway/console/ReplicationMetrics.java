package dev.procura.gateway.console;

import dev.procura.gateway.fleet.FleetKeys;
import dev.procura.gateway.fleet.FleetRevocations;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code procura.fleet.revocations.cut.off.seconds}: for how long others may have revoked what is not known here, 0 while in
 * sync. {@code procura.fleet.public.keys}: how many keys of other replicas are published. Neither is there for a replica
 * alone.
 */
public final class ReplicationMetrics implements MeterBinder {

    private final Optional<FleetRevocations> revocations;
    private final Optional<FleetKeys> keys;
    private final Clock clock;

    /** Absent: the configuration says that the replica is alone. */
    public ReplicationMetrics(Optional<FleetRevocations> revocations, Optional<FleetKeys> keys, Clock clock) {
        this.revocations = revocations;
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        revocations.ifPresent(fleet -> Gauge.builder("procura.fleet.revocations.cut.off.seconds", fleet, this::cutOff)
                .register(registry));
        keys.ifPresent(fleet -> Gauge.builder("procura.fleet.public.keys", fleet, FleetKeys::othersKnown)
                .register(registry));
    }

    private double cutOff(FleetRevocations fleet) {
        return fleet.cutOffSince()
                .map(since -> Duration.between(since, clock.instant()).toMillis() / 1000.0)
                .orElse(0.0);
    }
}
