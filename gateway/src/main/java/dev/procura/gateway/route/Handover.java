package dev.procura.gateway.route;

import dev.procura.gateway.credential.OutboundCredential;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/**
 * A request that the {@link HitPath} has begun and leaves to the full path, because it has come to something that only that
 * one knows how to answer: a failure, or an answer of the tier that the gateway has to look at. Its body, if it had one, has
 * been sent.
 */
final class Handover extends ServerHttpRequestDecorator {

    /** What it has come to. */
    sealed interface Outcome {

        record Failed(Throwable failure) implements Outcome {}

        /**
         * Nothing of the body has been read.
         *
         * @param credential what the tier was sent
         */
        record Answered(
                HttpClientResponse head, Connection connection, OutboundCredential credential, TierHeaders headers)
                implements Outcome {}
    }

    private final ProcuraRoute route;
    private final Outcome outcome;
    private final AtomicBoolean taken = new AtomicBoolean();

    Handover(ServerHttpRequest request, ProcuraRoute route, Outcome outcome) {
        super(request);
        this.route = route;
        this.outcome = outcome;
    }

    ProcuraRoute route() {
        return route;
    }

    Outcome outcome() {
        return outcome;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return Flux.empty();
    }

    /** In place of asking the tier, the first time: it has answered already. */
    static GatewayFilterChain answered(Handover handover, Outcome.Answered answered, GatewayFilterChain chain) {
        return exchange -> {
            if (handover.taken.compareAndSet(false, true)) {
                TierAnswer.put(exchange, answered.head(), answered.connection(), answered.headers());
                return Mono.empty();
            }
            return chain.filter(exchange);
        };
    }

    /** However the full path has ended: an answer that it has not come to is dropped with its connection. */
    void release() {
        if (outcome instanceof Outcome.Answered answered && taken.compareAndSet(false, true)) {
            answered.connection().dispose();
        }
    }
}
