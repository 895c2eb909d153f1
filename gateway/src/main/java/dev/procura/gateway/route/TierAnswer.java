package dev.procura.gateway.route;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.URI;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/** The tier's answer between the routing filter, which has put its head on the exchange, and the filter that writes it. */
final class TierAnswer {

    private static final int UNAUTHORIZED = 401;

    private TierAnswer() {}

    /** The answer when its status is 401, whatever a filter has made of it; null when it is another, or there is none. */
    static @Nullable HttpClientResponse refused(ServerWebExchange exchange) {
        HttpClientResponse answer = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR);
        return answer != null && answer.status().code() == UNAUTHORIZED ? answer : null;
    }

    /** Puts an answer where the routing filter would have put it; of its body, nothing has been read. */
    static void put(ServerWebExchange exchange, HttpClientResponse answer, Connection connection, TierHeaders headers) {
        exchange.getAttributes().put(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR, answer);
        exchange.getAttributes().put(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR, connection);
        String contentType = answer.responseHeaders().get(HttpHeaders.CONTENT_TYPE);
        if (contentType != null && !contentType.isEmpty()) {
            exchange.getAttributes().put(ServerWebExchangeUtils.ORIGINAL_RESPONSE_CONTENT_TYPE_ATTR, contentType);
        }
        exchange.getResponse()
                .setStatusCode(HttpStatusCode.valueOf(answer.status().code()));
        DefaultHttpHeaders passing = new DefaultHttpHeaders();
        headers.answer(answer.responseHeaders(), passing);
        exchange.getAttributes().put(ServerWebExchangeUtils.CLIENT_RESPONSE_HEADER_NAMES, Set.copyOf(passing.names()));
        passing.forEach(header -> exchange.getResponse().getHeaders().add(header.getKey(), header.getValue()));
    }

    /**
     * Drops the answer with its connection, so that another one can take its place. What stood on the response before it,
     * the CORS headers of the gateway for one, stays: Spring Cloud Gateway's own reset would take it along.
     */
    static void discard(ServerWebExchange exchange, HttpClientResponse answer) {
        Set<String> names =
                exchange.getAttributeOrDefault(ServerWebExchangeUtils.CLIENT_RESPONSE_HEADER_NAMES, Set.of());
        List.copyOf(names).forEach(name -> takeBack(exchange, answer, name));
        exchange.getAttributes().remove(ServerWebExchangeUtils.CLIENT_RESPONSE_HEADER_NAMES);
        exchange.getAttributes().remove(ServerWebExchangeUtils.ORIGINAL_RESPONSE_CONTENT_TYPE_ATTR);
        ServerWebExchangeUtils.reset(exchange);
    }

    /** Takes the answer's values of a header off the response; it was added behind those that were there. */
    static void takeBack(ServerWebExchange exchange, HttpClientResponse answer, String name) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        List<String> values = List.copyOf(headers.getOrEmpty(name));
        int before = values.size() - answer.responseHeaders().getAll(name).size();
        headers.remove(name);
        if (before > 0) {
            headers.addAll(name, values.subList(0, before));
        }
    }

    /** The path as the caller wrote it, before any filter changed it. */
    static String requestedPath(ServerWebExchange exchange) {
        LinkedHashSet<URI> addresses = exchange.getAttributeOrDefault(
                ServerWebExchangeUtils.GATEWAY_ORIGINAL_REQUEST_URL_ATTR, new LinkedHashSet<>());
        Iterator<URI> oldest = addresses.iterator();
        URI address = oldest.hasNext() ? oldest.next() : exchange.getRequest().getURI();
        return address.getRawPath();
    }
}
