package dev.procura.gateway.route;

import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.policy.AccessRule;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;

/**
 * A route with everything that has been decided about it. Travels as the metadata of its Spring Cloud Gateway route; a
 * route without one is refused.
 *
 * <p>The one mutable thing is the count of requests under way.
 */
public final class ProcuraRoute {

    /** The key of the metadata. Its value cannot be written in a configuration file. */
    static final String METADATA = ProcuraRoute.class.getName();

    /** Which requests the route takes. */
    public record Conditions(
            List<String> paths, String host, List<String> methods, List<PredicateDefinition> predicates) {

        public boolean isPathsOnly() {
            return host.isEmpty() && methods.isEmpty() && predicates.isEmpty();
        }
    }

    private final String id;
    private final int tier;
    private final Conditions conditions;
    private final URI uri;
    private final boolean http2;
    private final List<FilterDefinition> filters;
    private final AccessRule rule;
    private final boolean namesIssuers;
    private final CredentialPlan plan;
    private final Set<String> cookies;
    private final Duration timeout;
    private final int maxInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();

    ProcuraRoute(
            String id,
            int tier,
            Conditions conditions,
            URI uri,
            boolean http2,
            List<FilterDefinition> filters,
            AccessRule rule,
            boolean namesIssuers,
            CredentialPlan plan,
            Set<String> cookies,
            RouteProperties.Limits limits) {
        this.id = id;
        this.tier = tier;
        this.conditions = conditions;
        this.uri = uri;
        this.http2 = http2;
        this.filters = List.copyOf(filters);
        this.rule = rule;
        this.namesIssuers = namesIssuers;
        this.plan = plan;
        this.cookies = Set.copyOf(cookies);
        this.timeout = limits.timeout();
        this.maxInFlight = limits.maxInFlight();
    }

    public String id() {
        return id;
    }

    public int tier() {
        return tier;
    }

    public Conditions conditions() {
        return conditions;
    }

    public URI uri() {
        return uri;
    }

    /** Whether the tier is spoken to in HTTP/2, and in nothing else. */
    boolean http2() {
        return http2;
    }

    public List<FilterDefinition> filters() {
        return filters;
    }

    public AccessRule rule() {
        return rule;
    }

    public CredentialPlan plan() {
        return plan;
    }

    /** Whether the configuration names the issuers, or the default stands. */
    public boolean namesIssuers() {
        return namesIssuers;
    }

    /** Whether the tier is told, signed, for whom a call is made. */
    public boolean sendsUserContext() {
        return plan instanceof CredentialPlan.ClientCredentials own
                && own.userContext() == CredentialPlan.UserContext.SIGNED;
    }

    Set<String> cookies() {
        return cookies;
    }

    Duration timeout() {
        return timeout;
    }

    int maxInFlight() {
        return maxInFlight;
    }

    /** Takes one of the places; the taker gives it back with {@link #leave()}. */
    boolean tryEnter() {
        if (inFlight.incrementAndGet() <= maxInFlight) {
            return true;
        }
        inFlight.decrementAndGet();
        return false;
    }

    void leave() {
        inFlight.decrementAndGet();
    }

    @Override
    public String toString() {
        return "ProcuraRoute[" + id + "]";
    }
}
