package dev.procura.gateway.route;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Bounds the bodies of methods that seldom have one. Reactor Netty's client collects those in memory before it sends them,
 * however long they are, while all others stream.
 */
public final class BufferedBodyLimit implements GlobalFilter, Ordered {

    static final long MAX_BYTES = 64 * 1024;

    private static final Set<HttpMethod> BUFFERED = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);

    /** Just before the credential is obtained. */
    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 20;

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (!BUFFERED.contains(request.getMethod())) {
            return chain.filter(exchange);
        }
        if (request.getHeaders().getContentLength() > MAX_BYTES) {
            return Mono.error(tooLarge());
        }
        // Without a length and a transfer coding there is no body (RFC 9112 section 6.3).
        return request.getHeaders().getFirst("Transfer-Encoding") == null
                ? chain.filter(exchange)
                : chain.filter(exchange.mutate().request(new Bounded(request)).build());
    }

    private static ProblemException tooLarge() {
        return ProblemException.of(
                Problem.BODY_TOO_LARGE, "a GET, HEAD or DELETE with a body of more than " + MAX_BYTES + " bytes");
    }

    /** Counts while it passes on. */
    private static final class Bounded extends ServerHttpRequestDecorator {

        private final AtomicLong bytes = new AtomicLong();

        Bounded(ServerHttpRequest delegate) {
            super(delegate);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return super.getBody().map(buffer -> {
                if (bytes.addAndGet(buffer.readableByteCount()) > MAX_BYTES) {
                    DataBufferUtils.release(buffer);
                    throw tooLarge();
                }
                return buffer;
            });
        }
    }
}
