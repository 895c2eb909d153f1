package dev.procura.gateway.route;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Provenance;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A request under way that was admitted with a token. Once it has been revoked, no answer to it begins; one that had begun is
 * cut so that nobody can take it for complete.
 *
 * <p>Everything that ends a connection happens on the connection's own thread, and only after the request has been taken out
 * of the hands of whoever else could end it: a connection that has gone on to somebody else's request is never cut.
 */
final class LiveRequest {

    /** Who may do what next. A request goes down this list and never back. */
    private enum Phase {
        /** Nothing of an answer has been written. */
        WAITING,
        /** Revoked before that: all that it gets is a refusal. */
        REFUSED,
        ANSWERING,
        /** The answer was an open WebSocket. */
        SOCKET,
        /** Its connection has been given up. */
        CUT,
        OVER
    }

    private final Permit permit;
    private final Caller.Known caller;
    private final AnswerHead answer;
    private final CallerConnection connection;
    private final Instant end;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);

    private record Socket(WebSocketSession session, Sinks.Empty<Void> ended) {}

    private volatile List<Provenance> origins = List.of();
    private volatile Optional<Socket> socket = Optional.empty();

    LiveRequest(Permit permit, Caller.Known caller, AnswerHead answer, CallerConnection connection) {
        this.permit = permit;
        this.caller = caller;
        this.answer = answer;
        this.connection = connection;
        this.end = permit.actor()
                .map(Caller.Known::expiresAt)
                .filter(caller.expiresAt()::isAfter)
                .orElse(caller.expiresAt());
    }

    /** Whether one of its tokens has ended, the caller's or the acting API's. */
    boolean hasOutlivedItsToken(Instant now) {
        return !now.isBefore(end);
    }

    boolean isOf(Revocation revocation) {
        return origins().stream().anyMatch(revocation::fits);
    }

    boolean isRevokedBy(Revocations revocations) {
        return origins().stream().anyMatch(revocations::revokes);
    }

    /** Where its tokens come from. Most requests are never asked; to find it twice does no harm. */
    private List<Provenance> origins() {
        List<Provenance> known = origins;
        if (known.isEmpty()) {
            known = Stream.concat(Stream.of(caller), permit.actor().stream())
                    .map(Provenance::of)
                    .toList();
            origins = known;
        }
        return known;
    }

    /** Whether this is an answer without an end of its own, as far as its head can tell. */
    boolean isStream() {
        return switch (phase.get()) {
            case SOCKET -> true;
            case ANSWERING ->
                Streams.isStream(answer.contentTypeOfTier()) || Streams.isStream(answer.contentTypeToCaller());
            // Its head has come from the tier, and waits for the first piece of the body before it is passed on.
            case WAITING -> Streams.isStream(answer.contentTypeOfTier());
            case REFUSED, CUT, OVER -> false;
        };
    }

    /** Whether it was refused, and a tier that is in no hurry to answer would keep it open. */
    boolean isRefusedInVain() {
        return phase.get() == Phase.REFUSED && answer.hasCome();
    }

    /** The last word before an answer begins, or a request goes to its tier. */
    boolean isRefused() {
        return phase.get() == Phase.REFUSED;
    }

    /** The answer is about to begin; an error when it must not. What the gateway itself says afterwards may always be said. */
    Mono<Void> begin() {
        return mayBegin() ? Mono.empty() : Mono.error(refusal());
    }

    /** The same, told at once: false when nothing of an answer may be written. */
    boolean mayBegin() {
        if (phase.compareAndSet(Phase.WAITING, Phase.ANSWERING)) {
            return true;
        }
        Phase now = phase.get();
        return now != Phase.REFUSED && now != Phase.CUT;
    }

    /** All has been done that was to be done; an error when nothing of it may become an answer. */
    Mono<Void> finish() {
        return phase.compareAndSet(Phase.WAITING, Phase.ANSWERING) || !isRefused()
                ? Mono.empty()
                : Mono.error(refusal());
    }

    /** However the request of a revoked caller fails, this is the reason. */
    Throwable reasonOf(Throwable failure) {
        return isRefused() ? refusal() : failure;
    }

    static ProblemException refusal() {
        return ProblemException.of(Problem.TOKEN_REVOKED, "the token was revoked while the request was under way");
    }

    /**
     * The request has been handled. No answer of it is cut from now on.
     *
     * @return whether it is over: an open WebSocket goes on after the request that opened it
     */
    boolean handled() {
        return phase.updateAndGet(now -> now == Phase.SOCKET ? now : Phase.OVER) == Phase.OVER;
    }

    /** Nothing has been answered yet, and nothing will be. */
    boolean refuse() {
        return phase.compareAndSet(Phase.WAITING, Phase.REFUSED);
    }

    /** Ends whatever of it is under way, now or in a moment. {@code ended} runs when that was needed. */
    void end(CloseStatus reason, Runnable ended) {
        connection.execute(() -> {
            Phase before = phase.getAndUpdate(now -> now == Phase.OVER ? now : Phase.CUT);
            if (before == Phase.OVER || before == Phase.CUT) {
                return;
            }
            ended.run();
            if (before == Phase.SOCKET) {
                socket.ifPresent(open -> close(open, reason));
            } else {
                connection.cut();
            }
        });
    }

    /** The caller's end first, so that it still hears why; then the tier's, and what is left of the caller's if need be. */
    private void close(Socket open, CloseStatus reason) {
        CompletableFuture<@Nullable Void> unused = open.session().close(reason).toFuture();
        open.ended().tryEmitEmpty();
        connection.cutSoon();
    }

    /** An open WebSocket for as long as it may be open; it ends with {@code proxied}, or when this request is ended. */
    Mono<Void> socket(WebSocketSession session, Mono<Void> proxied) {
        return Mono.defer(() -> {
            Socket open = new Socket(session, Sinks.empty());
            socket = Optional.of(open);
            return phase.compareAndSet(Phase.ANSWERING, Phase.SOCKET)
                    ? proxied.takeUntilOther(open.ended().asMono())
                    : Mono.error(refusal());
        });
    }

    /** The WebSocket has ended. */
    void closed() {
        phase.set(Phase.OVER);
    }
}
