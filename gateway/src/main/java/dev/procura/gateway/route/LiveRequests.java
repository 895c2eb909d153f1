package dev.procura.gateway.route;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.policy.Permit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The requests under way that were admitted with a token. They end when they are revoked: when {@link Revocations#add}
 * returns, no answer to a revoked caller begins here any more, and those that have begun are cut in a moment. WebSockets and
 * streams end within a second of their token too, the caller's or the acting API's; any other answer that has begun is let to
 * finish.
 *
 * <p>An ordinary request costs a place in a set: no timer, no look at its claims.
 *
 * <p>Not followed: requests of routes that are open to anyone, which have no token.
 */
public final class LiveRequests implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LiveRequests.class);

    private static final Duration SWEEP = Duration.ofSeconds(1);

    private static final CloseStatus REVOKED = CloseStatus.POLICY_VIOLATION.withReason("The access token was revoked");
    private static final CloseStatus TOKEN_ENDED =
            CloseStatus.POLICY_VIOLATION.withReason("The access token has expired");

    private final Set<LiveRequest> underWay = ConcurrentHashMap.newKeySet();
    private final Revocations revocations;
    private final Function<ServerHttpRequest, CallerConnection> connections;
    private final Counter revoked;
    private final Counter outlived;
    private final Clock clock;
    private final Disposable sweeping;

    LiveRequests(
            Revocations revocations,
            Function<ServerHttpRequest, CallerConnection> connections,
            MeterRegistry meters,
            Scheduler scheduler,
            Clock clock) {
        this.revocations = revocations;
        this.connections = connections;
        this.revoked = counter(meters, "revoked");
        this.outlived = counter(meters, "token_ended");
        this.clock = clock;
        Gauge.builder("procura.requests.live", underWay, Set::size).register(meters);
        revocations.listen(this::end);
        this.sweeping =
                scheduler.schedulePeriodically(this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Counter counter(MeterRegistry meters, String reason) {
        return Counter.builder("procura.requests.ended").tag("reason", reason).register(meters);
    }

    /** @param scheduler looks for what has outlived its token, until this is closed */
    public static LiveRequests over(Revocations revocations, MeterRegistry meters, Scheduler scheduler, Clock clock) {
        return new LiveRequests(revocations, NettyCallerConnection::of, meters, scheduler, clock);
    }

    /** To be asked before a token is looked at, and shown when the request is followed. */
    long mark() {
        return revocations.generation();
    }

    /**
     * Handles an admitted request, as long as it may be under way.
     *
     * @param mark from before its tokens were looked at: whatever has been revoked since might have been missed by both sides
     */
    Mono<Void> follow(ServerWebExchange exchange, Permit permit, long mark, Mono<Void> handling) {
        if (!(permit.caller() instanceof Caller.Known caller)) {
            return handling;
        }
        return Mono.using(
                () -> enter(permit, caller, AnswerHead.of(exchange), exchange.getRequest(), mark),
                // An answer without a body begins only after that.
                request -> goOn(exchange, request, handling),
                this::leave,
                true);
    }

    /**
     * For one who handles the request himself, and asks {@link LiveRequest#mayBegin} before he answers.
     *
     * @return to be given back with {@link #leave}
     * @throws dev.procura.gateway.problem.ProblemException when it has been revoked since the mark
     */
    LiveRequest enter(Permit permit, Caller.Known caller, AnswerHead answer, ServerHttpRequest received, long mark) {
        LiveRequest request = new LiveRequest(permit, caller, answer, connections.apply(received));
        underWay.add(request);
        if (revocations.generation() != mark && request.isRevokedBy(revocations)) {
            leave(request);
            throw LiveRequest.refusal();
        }
        return request;
    }

    /** Handles a request that entered before, and leaves when that is done; to leave again does no harm. */
    Mono<Void> resume(ServerWebExchange exchange, LiveRequest entered, Mono<Void> handling) {
        return Mono.using(() -> entered, request -> goOn(exchange, request, handling), this::leave, true);
    }

    private static Mono<Void> goOn(ServerWebExchange exchange, LiveRequest request, Mono<Void> handling) {
        exchange.getResponse().beforeCommit(request::begin);
        RequestState.live(exchange, request);
        return handling.then(Mono.defer(request::finish)).onErrorMap(request::reasonOf);
    }

    /** Nothing of it is answered any more. */
    void leave(LiveRequest request) {
        if (request.handled()) {
            underWay.remove(request);
        }
    }

    /** Proxies a WebSocket, as long as it may be open. */
    Mono<Void> followSocket(LiveRequest request, WebSocketSession session, Mono<Void> proxied) {
        return Mono.using(
                () -> request,
                open -> open.socket(session, proxied),
                open -> {
                    open.closed();
                    underWay.remove(open);
                },
                true);
    }

    private void end(Revocation revocation) {
        int ended = 0;
        for (LiveRequest request : underWay) {
            if (request.isOf(revocation)) {
                ended++;
                if (request.refuse()) {
                    revoked.increment();
                } else {
                    request.end(REVOKED, revoked::increment);
                }
            }
        }
        if (ended > 0) {
            log.info("a revocation ends requests under way: {}", ended);
        }
    }

    private void sweep() {
        Instant now = clock.instant();
        for (LiveRequest request : underWay) {
            if (request.hasOutlivedItsToken(now) && request.isStream()) {
                request.end(TOKEN_ENDED, outlived::increment);
            } else if (request.isRefusedInVain()) {
                request.end(REVOKED, () -> {});
            }
        }
    }

    /** Nothing is looked for any more. */
    @Override
    public void close() {
        sweeping.dispose();
    }
}
