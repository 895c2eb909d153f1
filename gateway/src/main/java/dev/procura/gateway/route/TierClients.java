package dev.procura.gateway.route;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import reactor.netty.http.client.HttpClient;

/** What the gateway speaks to the tiers with: HTTP/1.1 in one pool, and HTTP/2 in a pool of its own for each route that wants it. */
public final class TierClients {

    private final HttpClient http1;
    private final Map<String, HttpClient> http2;

    private TierClients(HttpClient http1, Map<String, HttpClient> http2) {
        this.http1 = http1;
        this.http2 = http2;
    }

    /** @param http2 makes the client of a route that wants one */
    public static TierClients of(
            List<ProcuraRoute> routes, HttpClient http1, Function<ProcuraRoute, HttpClient> http2) {
        return new TierClients(
                http1,
                routes.stream()
                        .filter(ProcuraRoute::http2)
                        .collect(Collectors.toUnmodifiableMap(ProcuraRoute::id, http2)));
    }

    HttpClient of(ProcuraRoute route) {
        return route.http2() ? Objects.requireNonNull(http2.get(route.id())) : http1;
    }
}
