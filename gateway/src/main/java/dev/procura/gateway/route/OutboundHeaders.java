package dev.procura.gateway.route;

import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * The last hand on a request before it leaves: strips, then sets. Runs inside the routing filter, after every filter and
 * every other header filter, so nothing that those did survives it.
 */
public final class OutboundHeaders implements HttpHeadersFilter, Ordered {

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        ProcuraRoute route = RequestState.route(exchange);
        OutboundCredential credential = RequestState.credential(exchange);
        String via = RequestState.via(exchange);
        if (route == null || credential == null || via == null) {
            throw ProblemException.of(Problem.INTERNAL_ERROR, "a request came to the tier without a credential");
        }
        HttpHeaders headers = HeaderHygiene.stripped(input, route.cookies());
        HeaderHygiene.set(headers, credential);
        headers.set(HttpHeaders.VIA, via);
        AbsentHeaders.mark(headers);
        return headers;
    }
}
