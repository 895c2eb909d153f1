package dev.procura.gateway.route;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Refuses, before anything is routed, requests that could be read in two ways, and tokens that travel in the query. */
public final class RequestGuard implements WebFilter, Ordered {

    /**
     * Without TRACE, whose answer is the request as received (RFC 9110 section 9.3.8), with the tier's credential in it; and
     * without invented ones, each of which would live on as a metric.
     */
    private static final Set<HttpMethod> METHODS = Set.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS);

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!METHODS.contains(exchange.getRequest().getMethod())) {
            return Mono.error(ProblemException.of(
                    Problem.BAD_REQUEST, "the method is not passed on (TRACE: a tier would show the credential)"));
        }
        URI uri = exchange.getRequest().getURI();
        return RequestTarget.ambiguity(uri.getRawPath())
                .<Mono<Void>>map(reason -> Mono.error(ProblemException.of(Problem.INVALID_PATH, reason)))
                .orElseGet(() -> holdsToken(uri.getRawQuery())
                        ? Mono.error(ProblemException.of(Problem.TOKEN_IN_QUERY, "the query has access_token"))
                        : chain.filter(exchange));
    }

    /** RFC 6750 section 2.3, which RFC 9700 section 4.3.2 forbids: it would end up in every log on the way. */
    static boolean holdsToken(@Nullable String query) {
        if (query == null || (query.indexOf('%') < 0 && !query.contains("access_token"))) {
            return false;
        }
        for (String parameter : query.split("&", -1)) {
            if (isToken(parameter.split("=", 2)[0])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isToken(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8).equals("access_token");
        } catch (IllegalArgumentException e) {
            // A broken percent-encoding spells no name that a tier would take for this one.
            return false;
        }
    }
}
