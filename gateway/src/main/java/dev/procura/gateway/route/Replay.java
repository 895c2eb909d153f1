package dev.procura.gateway.route;

import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import reactor.core.publisher.Flux;

/** Sending the same request a second time, where that does no harm. */
final class Replay {

    /** Those that mean the same when they come twice (RFC 9110 section 9.2.2). */
    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

    private Replay() {}

    /**
     * Whether both the request as it came and what the filters have made of it can be sent again: idempotent, no body
     * (which has streamed by), and no other protocol asked for.
     */
    static boolean isPossible(ServerWebExchange exchange) {
        return isPossible(exchange.getRequest()) && isPossible(asItCame(exchange));
    }

    static boolean isPossible(ServerHttpRequest request) {
        return IDEMPOTENT.contains(request.getMethod())
                && hasNoBody(request)
                && !request.getHeaders().containsHeader(HttpHeaders.UPGRADE);
    }

    /** Whether neither the request as it came nor what the filters have made of it has a body, which has streamed by. */
    static boolean hasNoBody(ServerWebExchange exchange) {
        return hasNoBody(exchange.getRequest()) && hasNoBody(asItCame(exchange));
    }

    static boolean hasNoBody(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        return !headers.containsHeader(HttpHeaders.TRANSFER_ENCODING) && headers.getContentLength() <= 0;
    }

    private static ServerHttpRequest asItCame(ServerWebExchange exchange) {
        ServerWebExchange asItCame = exchange;
        while (asItCame instanceof ServerWebExchangeDecorator decorator) {
            asItCame = decorator.getDelegate();
        }
        return asItCame.getRequest();
    }

    /** The same request; its body, which was empty, is not read a second time. */
    static ServerWebExchange of(ServerWebExchange exchange) {
        ServerHttpRequest request = new ServerHttpRequestDecorator(exchange.getRequest()) {
            @Override
            public Flux<DataBuffer> getBody() {
                return Flux.empty();
            }
        };
        return exchange.mutate().request(request).build();
    }
}
