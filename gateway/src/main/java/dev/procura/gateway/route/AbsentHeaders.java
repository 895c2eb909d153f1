package dev.procura.gateway.route;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.http.HttpHeaders;
import reactor.netty.http.client.HttpClient;

/**
 * Keeps absent what the caller did not send. Reactor Netty's client adds an {@code Accept} and a {@code User-Agent} of its
 * own where there is none, and a tier would take them for the caller's.
 */
public final class AbsentHeaders implements HttpClientCustomizer {

    private static final List<CharSequence> ADDED = List.of(HttpHeaderNames.ACCEPT, HttpHeaderNames.USER_AGENT);

    /** No caller's header is empty: this value says that there is none. */
    private static final String ABSENT = "";

    static void mark(HttpHeaders headers) {
        for (CharSequence name : ADDED) {
            if (!headers.containsHeader(name.toString())) {
                headers.set(name.toString(), ABSENT);
            }
        }
    }

    static void mark(io.netty.handler.codec.http.HttpHeaders headers) {
        for (CharSequence name : ADDED) {
            if (!headers.contains(name)) {
                headers.set(name, ABSENT);
            }
        }
    }

    @Override
    public HttpClient customize(HttpClient httpClient) {
        return httpClient.doOnRequest((request, connection) -> {
            for (CharSequence name : ADDED) {
                if (ABSENT.equals(request.requestHeaders().get(name))) {
                    request.requestHeaders().remove(name);
                }
            }
        });
    }
}
