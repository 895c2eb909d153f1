package dev.procura.gateway.console;

import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.SigningKeys;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether tokens can be judged: down until the first issuer has keys, and up for good from then on. A server that is lost
 * later is a detail here: taking every replica out would make its outage ours.
 */
public final class IssuerHealth implements HealthIndicator {

    private final Issuers issuers;
    private final Clock clock;

    public IssuerHealth(Issuers issuers, Clock clock) {
        this.issuers = issuers;
        this.clock = clock;
    }

    @Override
    public Health health() {
        List<SigningKeys.State> states = issuers.keyStates();
        boolean ready = states.isEmpty() || states.stream().anyMatch(SigningKeys.State::isReady);
        // There may be no caller who would make the gateway ask, now or again.
        issuers.warmUp();
        Health.Builder health = ready ? Health.up() : Health.down();
        states.forEach(state -> health.withDetail(state.name(), detail(state)));
        return health.build();
    }

    private Map<String, Object> detail(SigningKeys.State state) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("server", state.lost() ? "lost" : state.isReady() ? "reached" : "not asked yet");
        detail.put("keys", state.keys());
        state.fetchedAt()
                .ifPresent(at -> detail.put(
                        "ageSeconds", Duration.between(at, clock.instant()).toSeconds()));
        return detail;
    }
}
