package dev.procura.gateway.route;

import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.policy.Permit;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;

/** What the stages of a request hand on to each other, and the only place that knows under which names. */
public final class RequestState {

    private static final String PERMIT = Permit.class.getName();
    private static final String CREDENTIAL = OutboundCredential.class.getName();

    private static final String VIA = Via.class.getName();
    private static final String LIVE = LiveRequest.class.getName();

    private static final String HANDOVER = Handover.class.getName();

    private RequestState() {}

    static void handedOver(ServerWebExchange exchange, Handover handover) {
        exchange.getAttributes().put(HANDOVER, handover);
    }

    static @Nullable Handover handover(ServerWebExchange exchange) {
        return exchange.getAttribute(HANDOVER);
    }

    static void permitted(ServerWebExchange exchange, Permit permit) {
        exchange.getAttributes().put(PERMIT, permit);
    }

    static @Nullable Permit permit(ServerWebExchange exchange) {
        return exchange.getAttribute(PERMIT);
    }

    static void provided(ServerWebExchange exchange, OutboundCredential credential) {
        exchange.getAttributes().put(CREDENTIAL, credential);
    }

    static @Nullable OutboundCredential credential(ServerWebExchange exchange) {
        return exchange.getAttribute(CREDENTIAL);
    }

    /** @param via what the request leaves with */
    static void passing(ServerWebExchange exchange, String via) {
        exchange.getAttributes().put(VIA, via);
    }

    static @Nullable String via(ServerWebExchange exchange) {
        return exchange.getAttribute(VIA);
    }

    static void live(ServerWebExchange exchange, LiveRequest request) {
        exchange.getAttributes().put(LIVE, request);
    }

    static @Nullable LiveRequest live(ServerWebExchange exchange) {
        return exchange.getAttribute(LIVE);
    }

    /** Nothing may be sent to a tier any more. */
    static boolean isRefused(ServerWebExchange exchange) {
        LiveRequest live = live(exchange);
        return live != null && live.isRefused();
    }

    static @Nullable ProcuraRoute route(ServerWebExchange exchange) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        return route != null && route.getMetadata().get(ProcuraRoute.METADATA) instanceof ProcuraRoute procura
                ? procura
                : null;
    }

    /** For logs: the id of the route that a request is on, or a dash. */
    public static String routeId(ServerWebExchange exchange) {
        ProcuraRoute route = route(exchange);
        Handover handover = handover(exchange);
        if (route == null && handover != null) {
            route = handover.route();
        }
        return route == null ? "-" : route.id();
    }
}
