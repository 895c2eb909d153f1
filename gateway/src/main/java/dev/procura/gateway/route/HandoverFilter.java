package dev.procura.gateway.route;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Where the full path takes over what the {@link HitPath} has begun; a failure is answered like any other. */
public final class HandoverFilter implements WebFilter, Ordered {

    @Override
    public int getOrder() {
        // Behind what says of every answer that it varies by the origin.
        return Ordered.HIGHEST_PRECEDENCE + 2;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!(exchange.getRequest() instanceof Handover handover)) {
            return chain.filter(exchange);
        }
        RequestState.handedOver(exchange, handover);
        return handover.outcome() instanceof Handover.Outcome.Failed failed
                ? Mono.error(failed.failure())
                : chain.filter(exchange);
    }
}
