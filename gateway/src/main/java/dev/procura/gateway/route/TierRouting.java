package dev.procura.gateway.route;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** Spring Cloud Gateway's routing over HTTP, with the client that the route wants; once more where the API has not looked at the request. */
public final class TierRouting extends NettyRoutingFilter {

    private final TierClients clients;

    public TierRouting(
            TierClients clients,
            HttpClient http1,
            ObjectProvider<List<HttpHeadersFilter>> headers,
            HttpClientProperties properties) {
        super(http1, headers, properties);
        this.clients = clients;
    }

    /** The same filters; whoever names no order, as custom code may, comes before the request is sent. */
    public static List<GlobalFilter> last(List<GlobalFilter> filters) {
        return Stream.concat(
                        filters.stream().filter(filter -> !(filter instanceof TierRouting)),
                        filters.stream().filter(TierRouting.class::isInstance))
                .toList();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        long began = System.nanoTime();
        Mono<Void> sent = super.filter(exchange, chain);
        return Replay.hasNoBody(exchange)
                ? sent.onErrorResume(UnprocessedRequest::is, unprocessed -> again(exchange, chain, began))
                : sent;
    }

    /** In what is left of the route's time. */
    private Mono<Void> again(ServerWebExchange exchange, GatewayFilterChain chain, long began) {
        if (RequestState.isRefused(exchange)) {
            return Mono.error(LiveRequest.refusal());
        }
        exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_ALREADY_ROUTED_ATTR);
        Duration left =
                Objects.requireNonNull(RequestState.route(exchange)).timeout().minusNanos(System.nanoTime() - began);
        return super.filter(Replay.of(exchange), chain)
                .timeout(left, Mono.error(() -> new TimeoutException("the tier did not answer in time")));
    }

    @Override
    protected HttpClient getHttpClient(Route route, ServerWebExchange exchange) {
        return clients.of(Objects.requireNonNull(RequestState.route(exchange)));
    }
}
