package dev.procura.gateway.route;

import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.policy.Permit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientResponse;

/**
 * A request that the {@link HitPath} has begun and leaves to the full path, because it has come to something that only that
 * one knows how to answer: a failure, or an answer of the tier that the gateway has to look at. Its body, if it had one, has
 * been sent.
 *
 * <p>It is not admitted a second time: what the tier has done is done, and the caller is told of it, unless he was revoked
 * meanwhile.
 */
final class Handover extends ServerHttpRequestDecorator {

    /**
     * What was decided when it began.
     *
     * @param entered under way since then
     * @param credential what the tier was sent
     */
    record Begun(ProcuraRoute route, Permit permit, LiveRequest entered, OutboundCredential credential) {}

    /** What it has come to. */
    sealed interface Outcome {

        record Failed(Throwable failure) implements Outcome {}

        /** Nothing of the body has been read. */
        record Answered(HttpClientResponse head, ToTier asked, Begun begun, TierHeaders headers) implements Outcome {}
    }

    private final ProcuraRoute route;
    private final Outcome outcome;
    private final Runnable whenOver;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();

    /** @param whenOver gives back what the request holds; runs once */
    Handover(ServerHttpRequest request, ProcuraRoute route, Outcome outcome, Runnable whenOver) {
        super(request);
        this.route = route;
        this.outcome = outcome;
        this.whenOver = whenOver;
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
    GatewayFilterChain answered(Outcome.Answered answered, GatewayFilterChain chain) {
        return exchange -> {
            if (taken.compareAndSet(false, true)) {
                TierAnswer.put(exchange, answered.head(), answered.asked().exchange(), answered.headers());
                return Mono.empty();
            }
            return chain.filter(exchange);
        };
    }

    /** The full path has ended, however: an answer that it has not come to is dropped with its connection. */
    void release() {
        if (outcome instanceof Outcome.Answered answered && taken.compareAndSet(false, true)) {
            answered.asked().drop();
        }
        if (over.compareAndSet(false, true)) {
            whenOver.run();
        }
    }
}
