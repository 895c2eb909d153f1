package dev.procura.gateway.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/** An API whose answers go on until somebody ends them. */
public final class StreamingTier implements AutoCloseable {

    private final AtomicInteger open = new AtomicInteger();
    private final List<String> targets = new CopyOnWriteArrayList<>();
    private final List<Integer> closeCodes = new CopyOnWriteArrayList<>();
    private final Sinks.Many<String> broadcast = Sinks.many().multicast().directBestEffort();
    private volatile Sinks.Empty<Void> finish = Sinks.empty();
    private final DisposableServer server;

    private StreamingTier() {
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(this::answer)
                .bindNow();
    }

    public static StreamingTier start() {
        return new StreamingTier();
    }

    public String uri() {
        return "http://127.0.0.1:" + server.port();
    }

    /** How many answers and WebSockets are under way. */
    public int open() {
        return open.get();
    }

    /** How many requests have come. */
    public int asked() {
        return targets.size();
    }

    /** How many of them for this. */
    public int asked(String target) {
        return Collections.frequency(targets, target);
    }

    /** With which codes WebSockets were closed from the other side. */
    public List<Integer> closeCodes() {
        return List.copyOf(closeCodes);
    }

    /** Says it on every open answer and WebSocket; answers that wait for a first word begin with it. */
    public synchronized void say(String text) {
        broadcast.tryEmitNext(text).orThrow();
    }

    /** The same, unless somebody has not taken what was said before. */
    public synchronized boolean trySay(String text) {
        return broadcast.tryEmitNext(text) == Sinks.EmitResult.OK;
    }

    /** Ends what is open, and lets the slow answers begin. */
    public void finish() {
        finish.tryEmitEmpty();
    }

    /** Finishes, and forgets. */
    public void reset() {
        finish();
        finish = Sinks.empty();
        targets.clear();
        closeCodes.clear();
    }

    /**
     * {@code …/ws} is a WebSocket that answers what it is told in capitals, {@code …/silent} a stream that waits for its first
     * word, {@code …/slow} an answer that begins when the tier finishes, {@code …/short} one
     * that is over at once. {@code …/type/a/b} answers with that type, says
     * {@code open}, and goes on until the tier finishes.
     */
    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        return Mono.from(answered(request.uri(), response))
                .doOnSubscribe(begun -> {
                    targets.add(request.uri());
                    open.incrementAndGet();
                })
                .doFinally(over -> open.decrementAndGet());
    }

    private Publisher<Void> answered(String target, HttpServerResponse response) {
        if (target.endsWith("/ws")) {
            return response.sendWebsocket(this::talk);
        }
        if (target.endsWith("/silent")) {
            return response.header("Content-Type", "text/event-stream")
                    .sendHeaders()
                    .then(response.send(pieces(said()), piece -> true).then());
        }
        if (target.endsWith("/slow")) {
            return finish.asMono().then(Mono.defer(() -> Mono.from(response.sendString(Mono.just("late")))));
        }
        if (target.endsWith("/short")) {
            return response.sendString(Mono.just("short"));
        }
        String type = target.substring(target.indexOf("/type/") + "/type/".length());
        return response.header("Content-Type", type)
                .send(pieces(Flux.concat(Mono.just("open\n"), said()).concatWith(Mono.just("end\n"))), piece -> true);
    }

    private Flux<String> said() {
        return broadcast.asFlux().takeUntilOther(finish.asMono());
    }

    private static Flux<ByteBuf> pieces(Flux<String> texts) {
        return texts.map(text -> Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private Publisher<Void> talk(WebsocketInbound in, WebsocketOutbound out) {
        open.incrementAndGet();
        in.receiveCloseStatus().subscribe(status -> closeCodes.add(status.code()));
        Flux<String> answers = in.receive().asString().map(text -> text.toUpperCase(Locale.ROOT));
        return out.sendObject(Flux.merge(answers, said())
                        .takeUntilOther(finish.asMono())
                        .map(TextWebSocketFrame::new))
                .then()
                .doFinally(over -> open.decrementAndGet());
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(2));
    }
}
