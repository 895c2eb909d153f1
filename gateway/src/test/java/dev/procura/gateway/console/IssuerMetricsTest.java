package dev.procura.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.inbound.Issuers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** One gauge for each key store, by the name of its block and part. */
final class IssuerMetricsTest {

    @Test
    void tellNothingOfKeysThatWereNeverFetched() {
        MutableClock clock = MutableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
        Issuers issuers = Issuers.of(
                new Binder(new MapConfigurationPropertySource(Map.of(
                                "issuers.corp.issuer", "https://id.example.com",
                                "issuers.corp.audiences", "gateway",
                                "issuers.b2c.profile", "b2c",
                                "issuers.b2c.issuer", "https://contoso.b2clogin.com/x/v2.0/",
                                "issuers.b2c.audiences", "gateway",
                                "issuers.b2c.policies", "B2C_1_a,B2C_1_b",
                                "issuers.b2c.jwks-uri", "https://contoso.b2clogin.com/{policy}/keys")))
                        .bind("issuers", Bindable.mapOf(String.class, IssuerProperties.class))
                        .get(),
                IssuerSurroundings.at(clock));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();

        new IssuerMetrics(issuers, clock).bindTo(registry);

        for (String name : new String[] {"corp", "b2c/B2C_1_a", "b2c/B2C_1_b"}) {
            assertThat(registry.get("procura.issuer.keys.age")
                            .tag("issuer", name)
                            .gauge()
                            .value())
                    .isNaN();
            assertThat(registry.get("procura.issuer.keys.lost")
                            .tag("issuer", name)
                            .gauge()
                            .value())
                    .isZero();
        }
        assertThat(registry.getMeters()).hasSize(6);
    }
}
