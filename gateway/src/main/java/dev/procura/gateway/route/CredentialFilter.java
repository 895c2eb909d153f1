package dev.procura.gateway.route;

import dev.procura.gateway.credential.Credentials;
import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.net.URI;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Obtains the credential when every other filter has done its work and only the routing is left. Without a permit, or
 * without a credential, nothing is routed; nor for a caller who was revoked meanwhile.
 */
public final class CredentialFilter implements GlobalFilter, Ordered {

    /** Before Spring Cloud Gateway's routing filters (the last two orders there are). */
    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 10;

    private final Credentials credentials;
    private final TierRefusals refusals;

    /** @param refusals routes what has an obtained credential, and sees to it when the tier does not take it */
    public CredentialFilter(Credentials credentials, TierRefusals refusals) {
        this.credentials = credentials;
        this.refusals = refusals;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        ProcuraRoute route = RequestState.route(exchange);
        Permit permit = RequestState.permit(exchange);
        if (route == null || permit == null) {
            return Mono.error(
                    ProblemException.of(Problem.INTERNAL_ERROR, "a request came to the tier without a permit"));
        }
        aim(exchange, route.uri());
        Handover handover = RequestState.handover(exchange);
        if (handover != null && handover.outcome() instanceof Handover.Outcome.Answered answered) {
            return send(exchange, route, permit, answered.begun().credential(), handover.answered(answered, chain));
        }
        return credentials
                .provide(route.plan(), permit)
                .flatMap(credential -> send(exchange, route, permit, credential, chain));
    }

    private Mono<Void> send(
            ServerWebExchange exchange,
            ProcuraRoute route,
            Permit permit,
            OutboundCredential credential,
            GatewayFilterChain chain) {
        if (RequestState.isRefused(exchange)) {
            return Mono.error(LiveRequest.refusal());
        }
        RequestState.provided(exchange, credential);
        return credential instanceof OutboundCredential.Bearer bearer
                ? refusals.route(exchange, new TierRefusals.Attempt(route, permit, bearer, chain))
                : chain.filter(exchange);
    }

    private static void aim(ServerWebExchange exchange, URI tier) {
        exchange.getAttributes()
                .put(
                        ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                        URI.create(target(tier, exchange.getRequest().getURI())));
    }

    /**
     * The tier's address with the path and the query to the letter. Spring Cloud Gateway's own merging encodes a query
     * again when it holds both encoded and bare reserved characters.
     */
    static String target(URI tier, URI requested) {
        String query = requested.getRawQuery();
        return tier.getScheme() + "://" + tier.getRawAuthority() + requested.getRawPath()
                + (query == null ? "" : "?" + query);
    }
}
