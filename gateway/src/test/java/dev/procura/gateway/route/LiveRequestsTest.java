package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.fixture.RuleExample;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocation.What;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.policy.AccessPolicy;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Scopes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

final class LiveRequestsTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LIFE = Duration.ofHours(1);

    private final MutableClock clock = MutableClock.at(CallerExample.NOW);
    private final Revocations revocations = new Revocations(clock);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private Line next = new Line();
    private final LiveRequests requests = new LiveRequests(revocations, request -> next, meters, time, clock);

    @AfterEach
    void stop() {
        requests.close();
        time.dispose();
    }

    @Test
    void noAnswerBeginsAfterTheRevocation() {
        MockServerWebExchange exchange = exchange();
        Mono<Void> answering = Mono.fromRunnable(() -> revoke("alice")).then(answer(exchange));

        isRefused(requests.follow(exchange, permit("alice"), requests.mark(), answering));

        assertThat(exchange.getResponse().isCommitted()).isFalse();
        assertThat(next.cuts).isZero();
        assertThat(counted("revoked")).isEqualTo(1);
        assertThat(live()).isZero();
    }

    @Test
    void neitherDoesAnEmptyOneThatTheFrameworkWouldWrite() {
        isRefused(requests.follow(
                exchange(), permit("alice"), requests.mark(), Mono.fromRunnable(() -> revoke("alice"))));
    }

    @Test
    void whateverElseGoesWrongTheReasonIsTheRevocation() {
        isRefused(requests.follow(
                exchange(),
                permit("alice"),
                requests.mark(),
                Mono.fromRunnable(() -> revoke("alice")).then(Mono.error(new IllegalStateException("tier")))));
    }

    @Test
    void theRefusalItselfMayBeWritten() {
        MockServerWebExchange exchange = exchange();
        isRefused(
                requests.follow(exchange, permit("alice"), requests.mark(), Mono.fromRunnable(() -> revoke("alice"))));

        StepVerifier.create(exchange.getResponse().setComplete())
                .expectComplete()
                .verify(SOON);
    }

    /** It was looked at before the revocation, and is not in the list when the list is gone through. */
    @Test
    void aRevocationBetweenTheLookAtTheTokenAndTheRequestIsNotMissed() {
        long mark = requests.mark();
        revoke("alice");

        isRefused(requests.follow(exchange(), permit("alice"), mark, Mono.error(new AssertionError("handled"))));
        StepVerifier.create(requests.follow(exchange(), permit("bob"), mark, Mono.empty()))
                .expectComplete()
                .verify(SOON);
        assertThat(live()).isZero();
    }

    @Test
    void anAnswerThatHasBegunIsCutOnceAndSomebodyElsesIsNot() {
        Line alices = begun("alice", "application/json");
        Line bobs = begun("bob", "application/json");

        revoke("alice");
        clock.advance(Duration.ofSeconds(1));
        revoke("alice");

        assertThat(alices.cuts).isEqualTo(1);
        assertThat(bobs.cuts).isZero();
        assertThat(counted("revoked")).isEqualTo(1);
    }

    @Test
    void aTokenThatWasIssuedLaterGoesOn() {
        Line later = begun(
                CallerExample.user("alice")
                        .claim("iat", clock.instant().plusSeconds(1).getEpochSecond()),
                "text/event-stream");

        revoke("alice");

        assertThat(later.cuts).isZero();
    }

    @Test
    void onlyStreamsEndWithTheTokenAndOnlyWithTheirs() {
        Line stream = begun("alice", "text/event-stream");
        Line download = begun("alice", "application/octet-stream");
        Line longer = begun(
                CallerExample.user("alice")
                        .expiresAt(CallerExample.NOW.plus(LIFE).plusSeconds(1)),
                "text/event-stream");

        clock.advance(LIFE.minusMillis(1));
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(stream.cuts).isZero();

        clock.advance(Duration.ofMillis(1));
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(List.of(stream.cuts, download.cuts, longer.cuts)).containsExactly(1, 0, 0);
        assertThat(counted("token_ended")).isEqualTo(1);
        assertThat(counted("revoked")).isZero();
    }

    @Test
    void aSocketIsClosedWithTheReasonAndWhatProxiesItIsCancelled() {
        List<Object> closed = new ArrayList<>();
        Sinks.Empty<Void> cancelled = Sinks.empty();
        MockServerWebExchange exchange = exchange();
        Mono<Void> proxied = Mono.<Void>never().doOnCancel(cancelled::tryEmitEmpty);
        Mono<Void> opening = Mono.fromRunnable(() -> {
            LiveRequest request = RequestState.live(exchange);
            exchange.getResponse().setComplete().subscribe();
            requests.followSocket(request, session(closed), proxied).subscribe();
        });

        StepVerifier.create(requests.follow(exchange, permit("alice"), requests.mark(), opening))
                .expectComplete()
                .verify(SOON);
        assertThat(live()).as("an open socket outlives its request").isEqualTo(1);

        revoke("alice");

        StepVerifier.create(cancelled.asMono()).expectComplete().verify(SOON);
        assertThat(closed).hasSize(1).asString().contains("1008");
        assertThat(next.late).as("what does not close by itself is cut").isEqualTo(1);
        assertThat(live()).isZero();
    }

    /** Every order of beginning, ending, revoking and running out, by chance. */
    @Test
    void howeverRequestsEndNothingIsLeftAndNothingIsCutAfterItsEnd() {
        Randomly.check(random -> {
            for (int i = 0; i < 2_000; i++) {
                Line line = new Line();
                next = line;
                String who = "user-" + i;
                MockServerWebExchange exchange = exchange();
                exchange.getResponse().getHeaders().setContentType(MediaType.TEXT_EVENT_STREAM);
                Sinks.Empty<Void> rest = Sinks.empty();
                Mono<Void> handling = rest.asMono();
                if (random.nextBoolean()) {
                    handling = answer(exchange).then(handling);
                }
                var running = requests.follow(exchange, permit(who), requests.mark(), handling)
                        .onErrorComplete()
                        .subscribe();
                boolean before = random.nextBoolean();
                int cutsBefore = 0;
                if (before) {
                    end(random.nextInt(3), who);
                    cutsBefore = line.cuts;
                }
                switch (random.nextInt(3)) {
                    case 0 -> rest.tryEmitEmpty();
                    case 1 -> rest.tryEmitError(new IllegalStateException("tier gone"));
                    default -> running.dispose();
                }
                end(random.nextInt(3), who);
                assertThat(line.cuts).as("cuts of request %d", i).isEqualTo(cutsBefore);
                assertThat(live()).as("after request %d", i).isZero();
                clock.set(CallerExample.NOW);
            }
        });
    }

    private void end(int how, String who) {
        switch (how) {
            case 0 -> revoke(who);
            case 1 -> {
                clock.advance(LIFE);
                time.advanceTimeBy(Duration.ofSeconds(1));
            }
            default -> time.advanceTimeBy(Duration.ofSeconds(1));
        }
    }

    private Line begun(String who, String type) {
        return begun(CallerExample.user(who), type);
    }

    private Line begun(CallerExample caller, String type) {
        Line line = new Line();
        next = line;
        MockServerWebExchange exchange = exchange();
        exchange.getResponse().getHeaders().set("Content-Type", type);
        requests.follow(
                        exchange,
                        permit(caller),
                        requests.mark(),
                        answer(exchange).then(Mono.never()))
                .subscribe();
        return line;
    }

    private void revoke(String subject) {
        revocations.add(new Revocation(
                new What.Subject(CallerExample.ISSUER, subject),
                clock.instant(),
                clock.instant().plus(Duration.ofDays(1))));
    }

    private static void isRefused(Mono<Void> followed) {
        StepVerifier.create(followed)
                .expectErrorSatisfies(failure ->
                        assertThat(((ProblemException) failure).problem()).isEqualTo(Problem.TOKEN_REVOKED))
                .verify(SOON);
    }

    private double live() {
        return meters.get("procura.requests.live").gauge().value();
    }

    private double counted(String reason) {
        return meters.get("procura.requests.ended")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static Mono<Void> answer(MockServerWebExchange exchange) {
        return Mono.defer(() -> exchange.getResponse().setComplete());
    }

    private static MockServerWebExchange exchange() {
        return MockServerWebExchange.from(MockServerHttpRequest.get("/live"));
    }

    private static Permit permit(String user) {
        return permit(CallerExample.user(user));
    }

    private static Permit permit(CallerExample caller) {
        AccessRule.Restricted rule = RuleExample.restricted(
                Set.of(caller.issuerName()),
                Set.of("gateway"),
                EnumSet.allOf(Caller.Kind.class),
                Scopes.none(),
                Scopes.none(),
                Set.of(),
                Set.of(),
                Optional.empty());
        return (Permit) AccessPolicy.decide(rule, caller.known(), Optional.empty(), CallerExample.NOW);
    }

    /** Remembers with what it was closed. */
    private static WebSocketSession session(List<Object> closed) {
        return (WebSocketSession) Proxy.newProxyInstance(
                WebSocketSession.class.getClassLoader(),
                new Class<?>[] {WebSocketSession.class},
                (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("close");
                    return Mono.fromRunnable(() -> closed.add(arguments[0]));
                });
    }

    /** A connection whose thread is whoever comes by. */
    private static final class Line implements CallerConnection {

        private int cuts;
        private int late;

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void cut() {
            cuts++;
        }

        @Override
        public void cutSoon() {
            late++;
        }
    }
}
