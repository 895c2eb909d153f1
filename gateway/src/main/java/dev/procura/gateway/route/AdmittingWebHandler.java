package dev.procura.gateway.route;

import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Stands before every Spring Cloud Gateway filter: admits the request, or ends it. A route that did not come from {@code
 * procura.routes} has no rule and no credential, so it is refused.
 */
public final class AdmittingWebHandler extends FilteringWebHandler {

    private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

    private final Admission admission;
    private final LiveRequests live;
    private final Via via;
    private final Function<ServerHttpRequest, String> protocolVersion;

    /**
     * @param live follows what has been admitted, to its end or that of its token
     * @param publicUrl what names this gateway on the way of a request
     * @param maxHops how often a request may have passed this gateway already
     */
    public AdmittingWebHandler(
            Admission admission,
            LiveRequests live,
            Optional<String> publicUrl,
            int maxHops,
            List<GlobalFilter> globalFilters,
            boolean routeFilterCacheEnabled) {
        this(
                admission,
                live,
                Via.of(publicUrl, maxHops),
                AdmittingWebHandler::versionOf,
                globalFilters,
                routeFilterCacheEnabled);
    }

    /** @param protocolVersion the version of HTTP that a request came by */
    AdmittingWebHandler(
            Admission admission,
            LiveRequests live,
            Via via,
            Function<ServerHttpRequest, String> protocolVersion,
            List<GlobalFilter> globalFilters,
            boolean routeFilterCacheEnabled) {
        super(globalFilters, routeFilterCacheEnabled);
        this.admission = admission;
        this.live = live;
        this.via = via;
        this.protocolVersion = protocolVersion;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (!(route.getMetadata().get(ProcuraRoute.METADATA) instanceof ProcuraRoute procura)) {
            return Mono.error(ProblemException.of(
                    Problem.NO_ROUTE, "route " + route.getId() + " is not one of procura.routes, so it has no rule"));
        }
        ServerHttpRequest request = exchange.getRequest();
        try {
            // From what arrived, before any filter; and before anything is spent on a request that goes in circles.
            RequestState.passing(
                    exchange,
                    via.passOn(request.getHeaders().getOrEmpty(HttpHeaders.VIA), protocolVersion.apply(request)));
        } catch (ProblemException loop) {
            return Mono.error(loop);
        }
        Handover handover = RequestState.handover(exchange);
        if (handover != null && handover.outcome() instanceof Handover.Outcome.Answered answered) {
            return resume(exchange, procura, answered.begun());
        }
        long mark = live.mark();
        return admission
                .admit(procura.rule(), request.getHeaders())
                .flatMap(permit -> pass(exchange, route, procura, permit, mark));
    }

    /** What was admitted before it was begun, and has its place. */
    private Mono<Void> resume(ServerWebExchange exchange, ProcuraRoute procura, Handover.Begun begun) {
        if (!procura.equals(begun.route())) {
            return Mono.error(ProblemException.of(
                    Problem.INTERNAL_ERROR,
                    "a request was begun on route " + begun.route().id()));
        }
        RequestState.permitted(exchange, begun.permit());
        return live.resume(exchange, begun.entered(), Mono.defer(() -> super.handle(exchange)));
    }

    private static String versionOf(ServerHttpRequest request) {
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        return received.version().majorVersion() + "." + received.version().minorVersion();
    }

    private Mono<Void> pass(ServerWebExchange exchange, Route route, ProcuraRoute procura, Permit permit, long mark) {
        if (!procura.tryEnter()) {
            return Mono.error(ProblemException.of(Problem.ROUTE_BUSY, "limits.max-in-flight is reached")
                    .retryAfter(BUSY_RETRY));
        }
        RequestState.permitted(exchange, permit);
        ServerWebExchange passed = route.getFilters().isEmpty() ? exchange : withoutCredentials(exchange, procura);
        // Eager: whoever is refused with an answer has left his place before he can ask again.
        return Mono.using(
                () -> procura,
                entered -> live.follow(exchange, permit, mark, Mono.defer(() -> super.handle(passed))),
                ProcuraRoute::leave,
                true);
    }

    /** A route's own filters may copy headers about: what they cannot see, they cannot copy. */
    private static ServerWebExchange withoutCredentials(ServerWebExchange exchange, ProcuraRoute procura) {
        Set<String> cookies = procura.cookies();
        HttpHeaders clean = HeaderHygiene.stripped(exchange.getRequest().getHeaders(), cookies);
        ServerHttpRequest request = exchange.getRequest()
                .mutate()
                .headers(headers -> {
                    headers.clear();
                    headers.addAll(clean);
                })
                .build();
        return exchange.mutate().request(request).build();
    }
}
