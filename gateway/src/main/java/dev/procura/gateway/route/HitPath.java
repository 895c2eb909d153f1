package dev.procura.gateway.route;

import dev.procura.gateway.credential.Credentials;
import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.inbound.BackChannelLogout;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.policy.Permit;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.StringUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Serves the requests about which everything is known already: a caller whose token was verified a moment ago, a route that
 * takes the request by path and method and has no filters, a credential that is in memory. It asks the same stages as the
 * full path does, in the same order, and stands before the web framework, whose work for each request costs more than
 * theirs.
 *
 * <p>It never refuses anybody and never asks anybody: whatever it does not know, or would not let through, goes the full
 * path, which decides afresh. What it has begun and cannot answer by itself it {@linkplain Handover hands over}: a failure, a
 * tier's 401 about a credential that was obtained, an answer with trailers.
 *
 * <p>Not here: methods, headers and bodies that the full path treats in a way of its own (see {@link #isPlain}).
 */
public final class HitPath implements HttpHandler {

    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private final HttpHandler full;
    private final HitRoutes routes;
    private final Via via;
    private final Admission admission;
    private final Credentials credentials;
    private final Hit.Parts parts;

    /**
     * What serves a request.
     *
     * @param publicUrl what names this gateway on the way of a request
     * @param maxHops how often a request may have passed this gateway already
     * @param hopByHop names of headers, in lower case, that end here
     * @param clients to the tiers, with all of their settings
     * @param crossOrigin the paths whose answers depend on who asks, also where nobody has asked from another origin
     */
    public record Stages(
            Routes routes,
            Optional<String> publicUrl,
            int maxHops,
            Admission admission,
            LiveRequests live,
            Credentials credentials,
            Set<String> hopByHop,
            GlobalCorsProperties crossOrigin,
            TierClients clients,
            MeterRegistry meters) {}

    /** @param full for everything that is not served here */
    public HitPath(Stages stages, HttpHandler full) {
        this.full = full;
        this.routes = new HitRoutes(stages.routes().all());
        this.via = Via.of(stages.publicUrl(), stages.maxHops());
        this.admission = stages.admission();
        this.credentials = stages.credentials();
        List<PathPattern> crossOrigin = stages.crossOrigin().getCorsConfigurations().keySet().stream()
                .map(PathPatternParser.defaultInstance::parse)
                .toList();
        this.parts = new Hit.Parts(
                stages.clients(),
                new TierHeaders(stages.hopByHop()),
                crossOrigin,
                stages.live(),
                new RequestMeters(stages.meters()));
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        return Mono.defer(() -> {
            Hit hit = find(request, response);
            return hit == null
                    ? full.handle(request, response)
                    : Mono.create(hit::begin)
                            .flatMap(handover -> full.handle(handover, response).doFinally(end -> handover.release()));
        });
    }

    /** Null: the full path has to look at it. Whoever is found has a place on the route and among the live requests. */
    private @Nullable Hit find(ServerHttpRequest request, ServerHttpResponse response) {
        long began = System.nanoTime();
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        try {
            URI target = request.getURI();
            if (!isPlain(request.getMethod(), received.requestHeaders()) || !isClean(target)) {
                return null;
            }
            ProcuraRoute route = routes.find(target, request.getMethod());
            if (route == null) {
                return null;
            }
            long mark = parts.live().mark();
            Permit permit = admission.atHand(route.rule(), request.getHeaders());
            if (permit == null || !(permit.caller() instanceof Caller.Known caller) || !route.tryEnter()) {
                return null;
            }
            return entered(request, response, received, route, permit, caller, mark, began);
        } catch (RuntimeException failure) {
            // The full path comes to it as well, and says it.
            return null;
        }
    }

    /** There is a place on the route for it, which is given back when it goes no further. */
    private @Nullable Hit entered(
            ServerHttpRequest request,
            ServerHttpResponse response,
            HttpServerRequest received,
            ProcuraRoute route,
            Permit permit,
            Caller.Known caller,
            long mark,
            long began) {
        Hit.TierHead head = new Hit.TierHead();
        LiveRequest entered = null;
        try {
            entered = parts.live().enter(permit, caller, head, request, mark);
            OutboundCredential credential = credentials.atHand(route.plan(), permit);
            if (credential != null && !entered.isRefused()) {
                String passed = via.passOn(
                        received.requestHeaders().getAll(HttpHeaderNames.VIA),
                        received.version().majorVersion() + "."
                                + received.version().minorVersion());
                return new Hit(
                        parts,
                        request,
                        received,
                        response,
                        head,
                        new Handover.Begun(route, permit, entered, credential),
                        passed,
                        began);
            }
        } catch (RuntimeException failure) {
            // As above.
        }
        parts.leave(route, entered);
        return null;
    }

    /** Nothing about it that the full path treats in a way of its own: no upgrade, no other origin, no body where few are. */
    private static boolean isPlain(HttpMethod method, HttpHeaders headers) {
        if (!METHODS.contains(method)
                || headers.contains(HttpHeaderNames.UPGRADE)
                || headers.contains(HttpHeaderNames.ORIGIN)
                || headers.contains(HttpHeaderNames.EXPECT)
                || headers.contains(HttpHeaderNames.TE)
                || headers.contains(HttpHeaderNames.TRAILER)
                || Hit.isGrpc(headers)) {
            return false;
        }
        if (Hit.SELDOM_WITH_BODY.contains(method)) {
            String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
            return !headers.contains(HttpHeaderNames.TRANSFER_ENCODING) && (length == null || length.equals("0"));
        }
        return !(headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                && headers.contains(HttpHeaderNames.CONTENT_LENGTH));
    }

    private static boolean isClean(URI target) {
        return RequestTarget.ambiguity(target.getRawPath()).isEmpty()
                && !RequestGuard.holdsToken(target.getRawQuery())
                && !isOwn(StringUtils.uriDecode(target.getRawPath(), StandardCharsets.UTF_8));
    }

    /** What the gateway itself may answer, whatever the routes say. */
    private static boolean isOwn(String path) {
        return path.startsWith("/.well-known/") || path.startsWith(BackChannelLogout.PATH);
    }
}
