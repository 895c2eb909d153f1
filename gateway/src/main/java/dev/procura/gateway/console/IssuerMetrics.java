package dev.procura.gateway.console;

import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.SigningKeys;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/**
 * {@code procura.issuer.keys.age}: seconds since an issuer's keys were fetched, not a number before the first time. {@code
 * procura.issuer.keys.lost}: 1 while its server cannot be reached.
 */
public final class IssuerMetrics implements MeterBinder {

    private final Issuers issuers;
    private final Clock clock;

    public IssuerMetrics(Issuers issuers, Clock clock) {
        this.issuers = issuers;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (SigningKeys.State state : issuers.keyStates()) {
            gauge(registry, "procura.issuer.keys.age", state.name(), this::age);
            gauge(registry, "procura.issuer.keys.lost", state.name(), now -> now.lost() ? 1 : 0);
        }
    }

    private void gauge(MeterRegistry registry, String meter, String issuer, ToDoubleFunction<SigningKeys.State> value) {
        Gauge.builder(
                        meter,
                        issuers,
                        all -> all.keyStates().stream()
                                .filter(state -> state.name().equals(issuer))
                                .mapToDouble(value)
                                .findFirst()
                                .orElse(Double.NaN))
                .tag("issuer", issuer)
                .register(registry);
    }

    private double age(SigningKeys.State state) {
        return state.fetchedAt()
                .map(at -> (double) Duration.between(at, clock.instant()).toSeconds())
                .orElse(Double.NaN);
    }
}
