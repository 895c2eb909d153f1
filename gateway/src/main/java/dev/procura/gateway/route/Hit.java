package dev.procura.gateway.route;

import dev.procura.gateway.credential.Credentials;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** One request that the {@link HitPath} serves, from its admission to its end. */
final class Hit extends BaseSubscriber<Void> {

    private static final Logger log = LoggerFactory.getLogger(Hit.class);

    /** Reactor Netty's client keeps their bodies in memory before it sends them; the full path bounds them. */
    static final Set<HttpMethod> SELDOM_WITH_BODY = Set.of(HttpMethod.GET, HttpMethod.DELETE);

    /** Up to this size an answer is sent on as a whole, with its head in one piece. */
    private static final int SMALL = 16 * 1024;

    private static final int UNAUTHORIZED = 401;

    private static final String GRPC = "application/grpc";

    /**
     * What all of them share.
     *
     * @param crossOrigin the paths whose answers depend on who asks
     */
    record Parts(
            TierClients clients,
            TierHeaders headers,
            List<PathPattern> crossOrigin,
            LiveRequests live,
            RequestMeters meters) {

        /** Gives back the place on the route, and among the live requests where there is one. */
        void leave(ProcuraRoute route, @Nullable LiveRequest entered) {
            if (entered != null) {
                live.leave(entered);
            }
            route.leave();
        }
    }

    /** The head of an answer, once it has come. */
    static final class TierHead implements AnswerHead {

        private volatile @Nullable HttpClientResponse head;

        @Override
        public boolean hasCome() {
            return head != null;
        }

        @Override
        public @Nullable String contentTypeOfTier() {
            HttpClientResponse come = head;
            return come == null ? null : come.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE);
        }

        /** No filter changes it. */
        @Override
        public @Nullable String contentTypeToCaller() {
            return contentTypeOfTier();
        }
    }

    private final Parts parts;
    private final ServerHttpRequest request;
    private final HttpServerRequest received;
    private final HttpServerResponse answering;
    private final EventLoop callers;
    private final TierHead head;
    private final Handover.Begun begun;
    private final ProcuraRoute route;
    private final LiveRequest entered;
    private final String passedVia;
    private final long began;

    private final AtomicBoolean ended = new AtomicBoolean();
    /** Decides between the tier's answer and the end of the time for it. */
    private final AtomicBoolean settled = new AtomicBoolean();

    private volatile @Nullable MonoSink<Handover> outcome;
    private volatile @Nullable Future<?> timeout;
    private volatile boolean timedOut;
    private volatile @Nullable ToTier toTier;
    private volatile Handover.@Nullable Outcome forFullPath;
    private volatile @Nullable Handover handedOver;
    private volatile boolean abandoned;
    private volatile long untilHead;

    Hit(
            Parts parts,
            ServerHttpRequest request,
            HttpServerRequest received,
            ServerHttpResponse response,
            TierHead head,
            Handover.Begun begun,
            String passedVia,
            long began) {
        this.parts = parts;
        this.request = request;
        this.received = received;
        this.answering = ServerHttpResponseDecorator.getNativeResponse(response);
        this.callers = ((ChannelOperations<?, ?>) received).channel().eventLoop();
        this.head = head;
        this.begun = begun;
        this.route = begun.route();
        this.entered = begun.entered();
        this.passedVia = passedVia;
        this.began = began;
    }

    /** @param outcome ends when the answer has gone out, or with what the full path has to see to */
    void begin(MonoSink<Handover> outcome) {
        this.outcome = outcome;
        outcome.onCancel(this::abandon);
        timeout = callers.schedule(this::timeIsUp, route.timeout().toMillis(), TimeUnit.MILLISECONDS);
        if (ended.get()) {
            forgetTimeout();
        }
        try {
            asking().subscribe(this);
        } catch (RuntimeException failure) {
            end(failure);
        }
    }

    private Flux<Void> asking() {
        return route.http2() && Replay.hasNoBody(request)
                ? ask(true)
                        .onErrorResume(
                                failure -> !head.hasCome() && !entered.isRefused() && UnprocessedRequest.is(failure),
                                unprocessed -> ask(false))
                : ask(true);
    }

    private Flux<Void> ask(boolean withBody) {
        HttpHeaders outbound = parts.headers().request(received.requestHeaders(), route, begun.credential(), passedVia);
        HttpClient.RequestSender sender = parts.clients()
                .of(route)
                .headers(all -> all.add(outbound))
                .request(received.method())
                .uri(CredentialFilter.target(route.uri(), request.getURI()));
        return !withBody || SELDOM_WITH_BODY.contains(request.getMethod())
                ? sender.responseConnection(this::answer)
                : sender.send((toTier, body) -> body.send(received.receive().retain()))
                        .responseConnection(this::answer);
    }

    private void timeIsUp() {
        if (settled.compareAndSet(false, true)) {
            timedOut = true;
            cancel();
        }
    }

    private Publisher<Void> answer(HttpClientResponse tiers, Connection from) {
        if (!settled.compareAndSet(false, true)) {
            from.dispose();
            // The time is up, and whoever found that out is about to say so: an end here would be an answer without a
            // word.
            return Mono.never();
        }
        ToTier asked = new ToTier(from, from.channel());
        toTier = asked;
        if (ended.get()) {
            // The caller has gone in this very moment, and whoever told us so has seen nothing yet that it could drop.
            asked.drop();
            return Mono.empty();
        }
        untilHead = System.nanoTime() - began;
        head.head = tiers;
        forgetTimeout();
        if (isForFullPath(tiers)) {
            forFullPath = new Handover.Outcome.Answered(tiers, asked, begun, parts.headers());
            return Mono.empty();
        }
        return isSmall(tiers) ? inOnePiece(tiers, from) : inPieces(tiers, from);
    }

    /** What has no body of its own, what has something behind it, and what is the gateway's to answer. */
    private boolean isForFullPath(HttpClientResponse tiers) {
        int status = tiers.status().code();
        return (status == UNAUTHORIZED && Credentials.isObtained(route.plan()))
                || status < 200
                || status > 599
                || status == 204
                || status == 205
                || status == 304
                || tiers.responseHeaders().contains(HttpHeaderNames.TRAILER)
                || isGrpc(tiers.responseHeaders());
    }

    private boolean isSmall(HttpClientResponse tiers) {
        String length = tiers.responseHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
        return length != null && length.length() <= 5 && !length.equals("0") && Integer.parseInt(length) <= SMALL;
    }

    /**
     * Nothing is written before all of it is there: so what breaks off before is a failure that can be told. On the
     * caller's own thread, on which its connection cannot end meanwhile: nobody would take the bytes then.
     */
    private Publisher<Void> inOnePiece(HttpClientResponse tiers, Connection from) {
        Piece piece = new Piece();
        // Not aggregate(): it releases what it drops, and so does send, a second time.
        Mono<Piece> whole = from.inbound().receive().retain().collectList().handle((pieces, sink) -> {
            if (pieces.isEmpty()) {
                sink.error(new IOException("an answer without the body that it announces"));
            } else {
                piece.put(pieces.size() == 1 ? pieces.get(0) : Unpooled.wrappedBuffer(pieces.toArray(ByteBuf[]::new)));
                sink.next(piece);
            }
        });
        // Between the threads the bytes are nobody's but the piece's: publishOn forgets what it has when it is
        // cancelled.
        Mono<Piece> here = callers.inEventLoop() ? whole : whole.publishOn(Schedulers.fromExecutor(callers));
        return Mono.from(answering.send(here.map(come -> withHead(tiers, come.take()))))
                .doFinally(end -> piece.release());
    }

    private ByteBuf withHead(HttpClientResponse tiers, ByteBuf body) {
        try {
            writeHead(tiers);
            return body;
        } catch (RuntimeException refused) {
            body.release();
            throw refused;
        }
    }

    /** The head waits for the first piece, so that what breaks off before it is a failure that can be told. */
    private Publisher<Void> inPieces(HttpClientResponse tiers, Connection from) {
        boolean stream = Streams.isStream(tiers.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE));
        return from.inbound().receive().retain().switchOnFirst((first, all) -> {
            if (first.isOnError()) {
                return all.then().flux();
            }
            FirstPiece piece = new FirstPiece(first.get());
            try {
                writeHead(tiers);
                Flux<ByteBuf> pieces = Flux.defer(() -> piece.take() ? all : Flux.empty());
                Flux<Void> sent = Flux.from(stream ? answering.send(pieces, each -> true) : answering.send(pieces));
                return sent.thenMany(
                                tiers.trailerHeaders().doOnNext(this::trailers).then())
                        .doFinally(end -> piece.release());
            } catch (RuntimeException refused) {
                piece.release();
                return Flux.error(refused);
            }
        });
    }

    /**
     * A piece that nobody may have taken when the answer ends: the caller has gone before it was written. Who takes it
     * releases it. (A hook for what is dropped would release a second time what the sending side drops.)
     */
    private static final class FirstPiece {

        private final @Nullable ByteBuf piece;
        private final AtomicBoolean settled = new AtomicBoolean();

        /** @param piece null: the answer has none */
        FirstPiece(@Nullable ByteBuf piece) {
            this.piece = piece;
        }

        boolean take() {
            return settled.compareAndSet(false, true);
        }

        void release() {
            if (settled.compareAndSet(false, true)) {
                ReferenceCountUtil.safeRelease(piece);
            }
        }
    }

    private void trailers(HttpHeaders behind) {
        if (!behind.isEmpty()) {
            answering.trailerHeaders(all -> all.add(behind));
        }
    }

    /**
     * @throws dev.procura.gateway.problem.ProblemException when it has been revoked meanwhile
     * @throws RuntimeException when the caller has gone
     */
    private void writeHead(HttpClientResponse tiers) {
        if (!isCallerThere()) {
            throw AbortedException.beforeSend();
        }
        if (!entered.mayBegin()) {
            throw LiveRequest.refusal();
        }
        answering.status(tiers.status().code());
        if (isCrossOrigin()) {
            CorsSettings.vary(answering.responseHeaders());
        }
        parts.headers().answer(tiers.responseHeaders(), answering.responseHeaders());
    }

    private boolean isCrossOrigin() {
        return !parts.crossOrigin().isEmpty()
                && parts.crossOrigin().stream()
                        .anyMatch(path -> path.matches(
                                PathContainer.parsePath(request.getURI().getRawPath())));
    }

    @Override
    protected void hookOnComplete() {
        end(null);
    }

    @Override
    protected void hookOnError(Throwable failure) {
        end(failure);
    }

    @Override
    protected void hookOnCancel() {
        if (timedOut) {
            end(new TimeoutException("the tier did not answer in time"));
        } else if (ended.compareAndSet(false, true)) {
            endWithoutCaller();
        }
    }

    private void endWithoutCaller() {
        forgetTimeout();
        parts.leave(route, entered);
        drop();
        count(() -> parts.meters()
                .abandoned(route, request.getMethod().name(), sentStatus(), untilHead, System.nanoTime() - began));
    }

    private void end(@Nullable Throwable failure) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        MonoSink<Handover> told = Objects.requireNonNull(outcome);
        if (isConnectionFault(failure) && !isCallerThere()) {
            // What could not be written to him is no fault of the tier, and nobody reads what would be said of it.
            endWithoutCaller();
            told.success();
            return;
        }
        forgetTimeout();
        if (failure == null && forFullPath != null) {
            handOver(new Handover(request, route, forFullPath, () -> parts.leave(route, entered)), told);
            return;
        }
        // Before it is over: then nobody knows any more that it was revoked.
        Throwable reason = failure == null ? null : entered.reasonOf(failure);
        parts.leave(route, entered);
        if (reason == null) {
            told.success();
        } else {
            drop();
            if (!answering.hasSentHeaders()) {
                handOver(new Handover(request, route, new Handover.Outcome.Failed(reason), () -> {}), told);
                return;
            }
            told.error(reason);
        }
        count(() -> parts.meters()
                .answered(
                        route,
                        request.getMethod().name(),
                        sentStatus(),
                        untilHead,
                        System.nanoTime() - began,
                        Optional.ofNullable(reason)));
    }

    private static boolean isConnectionFault(@Nullable Throwable failure) {
        return failure instanceof IOException || failure instanceof AbortedException;
    }

    private boolean isCallerThere() {
        return ((ChannelOperations<?, ?>) received).channel().isActive();
    }

    private void handOver(Handover handover, MonoSink<Handover> told) {
        handedOver = handover;
        told.success(handover);
        if (abandoned) {
            handover.release();
        }
    }

    /** The caller has gone. What has just been handed over is not taken by anybody any more, or has been already. */
    private void abandon() {
        abandoned = true;
        Handover handover = handedOver;
        if (handover != null) {
            handover.release();
        }
        cancel();
    }

    private void forgetTimeout() {
        Future<?> running = timeout;
        if (running != null) {
            running.cancel(false);
        }
    }

    private void drop() {
        ToTier used = toTier;
        if (used != null) {
            used.drop();
        }
    }

    private int sentStatus() {
        HttpClientResponse come = head.head;
        return come != null && answering.hasSentHeaders() ? come.status().code() : 0;
    }

    /** Whatever counts may fail for reasons of its own; the request is over all the same. */
    private void count(Runnable counting) {
        try {
            counting.run();
        } catch (RuntimeException failure) {
            log.warn("a request could not be counted", failure);
        }
    }

    static boolean isGrpc(HttpHeaders headers) {
        String contentType = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return contentType != null && contentType.regionMatches(true, 0, GRPC, 0, GRPC.length());
    }
}
