package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.HeldTokenSource;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class BreakingTokenSourceTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String OTHER_TENANT = "8f5c2d3e-0000-4000-8000-000000000002";
    private static final AccessToken TOKEN = FakeTokenSource.token("issued", NOW.plusSeconds(300));
    private static final GrantExample ALICE = GrantExample.ofAlice();

    private final MutableClock clock = MutableClock.at(NOW);
    private final FakeTokenSource server = FakeTokenSource.failing(unavailable());
    private final TokenSource source = breaking(server);

    private TokenSource breaking(TokenSource delegate) {
        return new BreakingTokenSource(delegate, clock, () -> 1);
    }

    private static ProblemException unavailable() {
        return ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down");
    }

    private static GrantExample user(int number) {
        return ALICE.subject(CallerExample.user("user-" + number));
    }

    private static Throwable failure(Mono<AccessToken> answer) {
        return answer.<Throwable>map(token -> new AssertionError("gave a token"))
                .onErrorResume(Mono::just)
                .blockOptional(SOON)
                .orElseThrow();
    }

    private void assertGives(Grant grant) {
        StepVerifier.create(source.token(grant))
                .expectNext(TOKEN)
                .expectComplete()
                .verify(SOON);
    }

    /** Nobody is asked, and the answer says so. */
    private void assertOpen(Grant grant, Duration wait) {
        int asked = server.calls();
        assertThat(failure(source.token(grant))).isInstanceOfSatisfying(ProblemException.class, problem -> {
            assertThat(problem.problem()).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
            assertThat(problem.retryAfter()).contains(wait);
            assertThat(problem.reason()).contains("client=gateway").contains("not asked");
        });
        assertThat(server.calls()).isEqualTo(asked);
    }

    private void assertAsked(Grant grant) {
        int asked = server.calls();
        failure(source.token(grant));
        assertThat(server.calls()).isEqualTo(asked + 1);
    }

    private void open() {
        for (int i = 0; i < Circuit.FAULTS; i++) {
            assertAsked(user(i).onBehalfOf());
        }
    }

    @Test
    void afterFiveFaultsOfFiveCallersNobodyIsAskedForASecond() {
        open();

        assertOpen(ALICE.onBehalfOf(), Circuit.FIRST_WAIT);
        clock.advance(Circuit.FIRST_WAIT);
        server.nowGives(TOKEN);
        assertGives(ALICE.onBehalfOf());
        assertGives(user(1).onBehalfOf());
    }

    @Test
    void oneCallerWhoMakesTheServerHangUpStopsNobodyElse() {
        server.nowFails(unavailable().causedBy(new IOException("closed")));
        for (int i = 0; i < 100; i++) {
            assertAsked(ALICE.audience("api-" + i)
                    .subject(CallerExample.user("mallory").token("token-" + i))
                    .onBehalfOf());
        }
        assertAsked(ALICE.onBehalfOf());
    }

    /** No caller has a say in what is asked in the gateway's own name. */
    @Test
    void theGatewaysOwnRequestsCountOneByOne() {
        for (int i = 0; i < Circuit.FAULTS; i++) {
            assertAsked(ALICE.audience("api-" + i).clientCredentials());
        }
        assertOpen(ALICE.audience("one-more").clientCredentials(), Circuit.FIRST_WAIT);
    }

    @Test
    void theSecondStepOfAChainCountsAsItsCallers() {
        for (int i = 0; i < 100; i++) {
            assertAsked(ALICE.assertion("a.b." + i));
        }
        for (int i = 1; i < Circuit.FAULTS; i++) {
            assertAsked(user(i).assertion("a.b.c"));
        }
        assertOpen(ALICE.onBehalfOf(), Circuit.FIRST_WAIT);
    }

    static Stream<Arguments> unreachable() {
        return Stream.of(
                argumentSet("refused", new ConnectException("refused")),
                argumentSet("unknown", new UnknownHostException("id.example.com")),
                argumentSet("no route", new NoRouteToHostException("no route")),
                argumentSet("no TLS", new SSLHandshakeException("certificate")));
    }

    /** Nothing that is sent makes a server unreachable: so the first caller's fifth fault is enough. */
    @ParameterizedTest
    @MethodSource("unreachable")
    void aServerThatCannotBeReachedIsLeftAloneWhoeverTried(Exception cause) {
        server.nowFails(unavailable().causedBy(cause));
        for (int i = 0; i < Circuit.FAULTS; i++) {
            assertAsked(ALICE.onBehalfOf());
        }
        assertOpen(ALICE.onBehalfOf(), Circuit.FIRST_WAIT);
    }

    static Stream<Arguments> whatACallerMayHaveBroughtAbout() {
        return Stream.of(
                argumentSet("a status", unavailable()),
                argumentSet("no answer in time", unavailable().causedBy(new TimeoutException())),
                argumentSet("a connection that was closed", unavailable().causedBy(new IOException("closed"))));
    }

    @ParameterizedTest
    @MethodSource("whatACallerMayHaveBroughtAbout")
    void whatACallerMayHaveBroughtAboutCountsOnceForHim(ProblemException fault) {
        server.nowFails(fault);
        for (int i = 0; i < 2 * Circuit.FAULTS; i++) {
            assertAsked(ALICE.onBehalfOf());
        }
        for (int i = 1; i < Circuit.FAULTS; i++) {
            assertAsked(user(i).onBehalfOf());
        }
        assertOpen(ALICE.onBehalfOf(), Circuit.FIRST_WAIT);
    }

    @ParameterizedTest
    @EnumSource(
            value = Problem.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"AUTHORIZATION_SERVER_UNAVAILABLE"})
    void noRefusalOpensIt(Problem problem) {
        server.nowFails(ProblemException.of(problem, "no"));
        for (int i = 0; i < 50; i++) {
            assertAsked(user(i).onBehalfOf());
        }
    }

    @Test
    void aRefusalIsAnAnswerAndEndsTheRow() {
        for (int i = 1; i < Circuit.FAULTS; i++) {
            assertAsked(user(i).onBehalfOf());
        }
        server.nowFails(ProblemException.of(Problem.SUBJECT_REJECTED, "no"));
        assertAsked(ALICE.onBehalfOf());

        server.nowFails(unavailable());
        assertAsked(user(5).onBehalfOf());
        assertAsked(user(6).onBehalfOf());
    }

    @Test
    void aPauseThatTheServerHasNamedIsLeftToThePausing() {
        server.nowFails(unavailable().retryAfter(Duration.ofSeconds(45)));
        for (int i = 0; i < 50; i++) {
            assertAsked(user(i).onBehalfOf());
        }
    }

    @Test
    void whatWasNotAskedSaysNothingOfTheServer() {
        for (int i = 1; i < Circuit.FAULTS; i++) {
            assertAsked(user(i).onBehalfOf());
        }
        server.nowFails(ProblemException.of(Problem.CALLER_CANNOT_BE_ACTED_FOR, "futile"));
        assertAsked(ALICE.onBehalfOf());
        server.nowFails(new IllegalStateException("bug"));
        assertAsked(ALICE.onBehalfOf());

        server.nowFails(unavailable());
        assertAsked(user(5).onBehalfOf());
        assertOpen(ALICE.onBehalfOf(), Circuit.FIRST_WAIT);
    }

    /** The real thing, since nobody else can make one: more calls than the pool lets wait. */
    @Test
    void aFullQueueOfOurOwnIsNoFault() {
        try (LoopbackServer slow =
                LoopbackServer.handling(request -> Thread.currentThread().join(3000))) {
            AuthorizationServerHttp http = AuthorizationServerHttp.create("narrow", 1, Duration.ofSeconds(2));
            List<Throwable> failures = Flux.range(0, 12)
                    .flatMap(
                            i -> http.get(URI.create(slow.address()))
                                    .<Throwable>map(answer -> new AssertionError("answered"))
                                    .onErrorResume(Mono::just),
                            12)
                    .collectList()
                    .blockOptional(Duration.ofSeconds(10))
                    .orElseThrow();
            Throwable busy = failures.stream()
                    .filter(AuthorizationServerHttp.Busy.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            server.nowFails(unavailable().causedBy(busy));
        }
        for (int i = 0; i < 50; i++) {
            assertAsked(user(i).onBehalfOf());
        }
    }

    @Test
    void otherClientsAreAskedAllTheSame() {
        open();

        assertAsked(ALICE.client(GrantExample.named("other")).onBehalfOf());
        assertOpen(ALICE.onBehalfOf(), Circuit.FIRST_WAIT);
    }

    @Test
    void otherTenantsOfTheSameClientAreAskedAllTheSame() {
        for (int i = 0; i < Circuit.FAULTS; i++) {
            assertAsked(user(i).tenant(TENANT).onBehalfOf());
        }

        assertOpen(ALICE.tenant(TENANT).onBehalfOf(), Circuit.FIRST_WAIT);
        assertAsked(ALICE.tenant(OTHER_TENANT).onBehalfOf());
        assertAsked(ALICE.onBehalfOf());
    }

    @Test
    void whatIsThrownAtOnceIsToldToo() {
        TokenSource throwing = breaking(grant -> {
            throw unavailable();
        });
        for (int i = 0; i < Circuit.FAULTS; i++) {
            failure(throwing.token(user(i).onBehalfOf()));
        }
        for (int i = 0; i < 10; i++) {
            clock.advance(Circuit.LONGEST_WAIT);
            assertThat(failure(throwing.token(user(i).onBehalfOf())))
                    .as("somebody may always ask first")
                    .hasMessage("down");
        }
    }

    /** While one asks first, the others don't, and what comes of it counts for all. */
    private final class WhileOneAsksFirst {

        private final HeldTokenSource held = new HeldTokenSource();
        private final TokenSource source = breaking(held);

        private WhileOneAsksFirst() {
            for (int i = 0; i < Circuit.FAULTS; i++) {
                var asked = source.token(user(i).onBehalfOf()).toFuture();
                held.call(i).fail(unavailable());
                assertThat(asked).isCompletedExceptionally();
            }
            clock.advance(Circuit.FIRST_WAIT);
        }

        private HeldTokenSource.Call last() {
            return held.call(held.calls().size() - 1);
        }
    }

    @Test
    void whoeverComesWhileOneAsksFirstIsNotAskedFor() {
        WhileOneAsksFirst play = new WhileOneAsksFirst();
        var first = play.source.token(ALICE.onBehalfOf()).toFuture();
        List<Throwable> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            others.add(failure(play.source.token(user(i).onBehalfOf())));
        }

        assertThat(others).allSatisfy(other -> assertThat(other).hasMessageContaining("not asked"));
        assertThat(play.held.calls()).hasSize(Circuit.FAULTS + 1);
        play.last().give(TOKEN);
        assertThat(first).isCompletedWithValue(TOKEN);
        play.source.token(user(1).onBehalfOf()).toFuture();
        play.source.token(user(2).onBehalfOf()).toFuture();
        assertThat(play.held.calls()).hasSize(Circuit.FAULTS + 3);
    }

    @Test
    void whoAsksFirstAndFailsMakesTheWaitLonger() {
        WhileOneAsksFirst play = new WhileOneAsksFirst();
        var first = play.source.token(ALICE.onBehalfOf()).toFuture();
        play.last().fail(unavailable());

        assertThat(first).isCompletedExceptionally();
        assertThat(failure(play.source.token(user(1).onBehalfOf())))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.retryAfter()).contains(Duration.ofSeconds(2)));
    }

    @Test
    void whoAsksFirstAndGoesAwayLetsTheNextOneAsk() {
        WhileOneAsksFirst play = new WhileOneAsksFirst();
        Disposable first = play.source.token(ALICE.onBehalfOf()).subscribe();
        first.dispose();
        assertThat(play.last().isCancelled()).isTrue();

        play.source.token(user(1).onBehalfOf()).toFuture();
        assertThat(play.held.calls()).hasSize(Circuit.FAULTS + 2);
    }

    @Test
    void whoAsksFirstAndIsRefusedHasHadAnAnswer() {
        WhileOneAsksFirst play = new WhileOneAsksFirst();
        var first = play.source.token(ALICE.onBehalfOf()).toFuture();
        play.last().fail(ProblemException.of(Problem.SUBJECT_REJECTED, "logged out"));

        assertThat(first).isCompletedExceptionally();
        play.source.token(user(1).onBehalfOf()).toFuture();
        play.source.token(user(2).onBehalfOf()).toFuture();
        assertThat(play.held.calls()).hasSize(Circuit.FAULTS + 3);
    }

    @Test
    void nothingIsCountedBeforeSubscription() {
        for (int i = 0; i < 50; i++) {
            source.token(user(i).onBehalfOf());
        }
        assertThat(server.calls()).isZero();
        assertAsked(ALICE.onBehalfOf());
    }
}
