package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.HeldTokenSource;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class PausingTokenSourceTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final GrantExample ALICE = GrantExample.ofAlice();
    private static final Grant GRANT = ALICE.onBehalfOf();
    private static final AccessToken TOKEN = FakeTokenSource.token("issued", NOW.plusSeconds(300));
    private final ProblemException refused = ProblemException.of(Problem.CLIENT_REFUSED, "wrong secret");
    private final ProblemException busy =
            ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "429").retryAfter(Duration.ofSeconds(45));

    private final MutableClock clock = MutableClock.at(NOW);
    private final FakeTokenSource server = FakeTokenSource.failing(refused);
    private final PausingTokenSource source = new PausingTokenSource(server, new Pauses(clock));

    private void assertGives(Grant grant) {
        StepVerifier.create(source.token(grant))
                .expectNext(TOKEN)
                .expectComplete()
                .verify(SOON);
    }

    private ProblemException failure(Grant grant) {
        return failure(source.token(grant));
    }

    private static ProblemException failure(Mono<AccessToken> answer) {
        return answer.<ProblemException>map(token -> {
                    throw new AssertionError("gave a token");
                })
                .onErrorResume(ProblemException.class, Mono::just)
                .blockOptional(SOON)
                .orElseThrow();
    }

    private void assertPausesFor(Duration pause, Problem problem) {
        int asked = server.calls();
        clock.advance(pause.minusMillis(1));
        ProblemException paused = failure(GRANT);
        assertThat(paused.problem()).isEqualTo(problem);
        assertThat(paused.retryAfter()).contains(Duration.ofMillis(1));
        assertThat(paused.reason()).startsWith("not asked");
        assertThat(paused.facts()).as("of an answer that there was none of").isEmpty();
        assertThat(server.calls()).as("nobody is asked during a pause").isEqualTo(asked);

        server.nowGives(TOKEN);
        clock.advance(Duration.ofMillis(1));
        assertGives(GRANT);
        assertThat(server.calls()).isEqualTo(asked + 1);
    }

    @Test
    void refusedCredentialsPauseTheClientForTenSeconds() {
        assertThat(failure(GRANT)).isSameAs(refused);

        assertThat(failure(GRANT).retryAfter()).contains(Duration.ofSeconds(10));
        assertPausesFor(Duration.ofSeconds(10), Problem.CLIENT_REFUSED);
    }

    @Test
    void aServerThatAsksForTimeGetsIt() {
        server.nowFails(busy);
        assertThat(failure(GRANT)).isSameAs(busy);

        assertThat(failure(GRANT).retryAfter()).contains(Duration.ofSeconds(45));
        assertPausesFor(Duration.ofSeconds(45), Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
    }

    @Test
    void aServerThatAsksForNoTimeIsAskedAgain() {
        server.nowFails(ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down"));
        failure(GRANT);

        server.nowGives(TOKEN);
        assertGives(GRANT);
    }

    /** Anything that a caller can bring about must not stop the others, not even when it comes with a delay. */
    @ParameterizedTest
    @EnumSource(
            value = Problem.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CLIENT_REFUSED", "AUTHORIZATION_SERVER_UNAVAILABLE"})
    void noOtherProblemPausesAClient(Problem problem) {
        server.nowFails(ProblemException.of(problem, "no").retryAfter(Duration.ofSeconds(60)));
        failure(GRANT);

        server.nowGives(TOKEN);
        assertGives(GRANT);
    }

    @Test
    void aFailureThatIsNoProblemPausesNobody() {
        server.nowFails(new IllegalStateException("bug"));
        StepVerifier.create(source.token(GRANT))
                .expectError(IllegalStateException.class)
                .verify(SOON);

        server.nowGives(TOKEN);
        assertGives(GRANT);
    }

    @Test
    void aPauseIsForEveryGrantOfTheClient() {
        failure(GRANT);

        assertThat(failure(ALICE.subject(CallerExample.user("bob")).onBehalfOf())
                        .problem())
                .isEqualTo(Problem.CLIENT_REFUSED);
        assertThat(failure(ALICE.audience("inventory-api").onBehalfOf()).problem())
                .isEqualTo(Problem.CLIENT_REFUSED);
        assertThat(failure(ALICE.clientCredentials()).problem()).isEqualTo(Problem.CLIENT_REFUSED);
        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void aPauseIsForNoOtherClient() {
        failure(GRANT);
        server.nowGives(TOKEN);

        assertGives(ALICE.client(GrantExample.named("orders-api")).onBehalfOf());
        assertThat(failure(GRANT).problem()).isEqualTo(Problem.CLIENT_REFUSED);
    }

    @Test
    void aClientThatIsRefusedAgainPausesAgain() {
        failure(GRANT);
        clock.advance(Duration.ofSeconds(10));
        failure(GRANT);
        assertThat(server.calls()).isEqualTo(2);

        assertPausesFor(Duration.ofSeconds(10), Problem.CLIENT_REFUSED);
    }

    @Test
    void theDelayThatIsToldIsWhatIsLeftOfThePause() {
        failure(GRANT);
        clock.advance(Duration.ofSeconds(7));

        assertThat(failure(GRANT).retryAfter()).contains(Duration.ofSeconds(3));
    }

    @Test
    void aPauseCountsFromTheAnswer() {
        HeldTokenSource slow = new HeldTokenSource();
        PausingTokenSource pausing = new PausingTokenSource(slow, new Pauses(clock));
        var first = pausing.token(GRANT).toFuture();
        clock.advance(Duration.ofSeconds(5));
        slow.call(0).fail(refused);

        assertThat(first).isCompletedExceptionally();
        assertThat(failure(pausing.token(GRANT)).retryAfter()).contains(Duration.ofSeconds(10));
    }

    @Test
    void aQuestionMadeBeforeAPauseAndAskedDuringItIsNotSent() {
        Mono<AccessToken> later = source.token(GRANT);
        failure(GRANT);

        assertThat(failure(later).problem()).isEqualTo(Problem.CLIENT_REFUSED);
        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void tokensPassUnchanged() {
        server.nowGives(TOKEN);

        assertGives(GRANT);
        assertGives(GRANT);
        assertThat(server.calls()).isEqualTo(2);
    }

    /** An answer that was on its way when the server asked for five minutes does not cut them short. */
    @Test
    void aShorterDelayDoesNotShortenALongerPause() {
        HeldTokenSource slow = new HeldTokenSource();
        PausingTokenSource pausing = new PausingTokenSource(slow, new Pauses(clock));
        var first = pausing.token(GRANT).toFuture();
        var second = pausing.token(GRANT).toFuture();
        slow.call(0).fail(busy.retryAfter(Duration.ofMinutes(5)));
        slow.call(1).fail(busy.retryAfter(Duration.ofSeconds(1)));
        assertThat(List.of(first, second)).allMatch(CompletableFuture::isCompletedExceptionally);

        assertThat(failure(pausing.token(GRANT)).retryAfter()).contains(Duration.ofMinutes(5));
    }

    /** Those who come when a pause is over would all come with the same refused secret. */
    @Test
    void afterAPauseOneAsksFirst() {
        HeldTokenSource slow = new HeldTokenSource();
        PausingTokenSource pausing = new PausingTokenSource(slow, new Pauses(clock));
        CompletableFuture<AccessToken> refusal = pausing.token(GRANT).toFuture();
        slow.call(0).fail(refused);
        assertThat(refusal).isCompletedExceptionally();
        clock.advance(Duration.ofSeconds(10));

        CompletableFuture<AccessToken> first = pausing.token(GRANT).toFuture();
        for (int i = 0; i < 100; i++) {
            ProblemException waits = failure(
                    pausing.token(ALICE.subject(CallerExample.user("user-" + i)).onBehalfOf()));
            assertThat(waits.problem()).isEqualTo(Problem.CLIENT_REFUSED);
            assertThat(waits.retryAfter()).contains(Pauses.WHILE_ONE_ASKS);
        }
        assertThat(slow.calls()).hasSize(2);

        slow.call(1).give(TOKEN);
        assertThat(first).isCompletedWithValue(TOKEN);
        CompletableFuture<AccessToken> next = pausing.token(GRANT).toFuture();
        assertThat(slow.calls()).hasSize(3);
        assertThat(next).isNotDone();
    }

    @Test
    void whoGivesUpAfterAPauseLetsTheNextOneAsk() {
        HeldTokenSource slow = new HeldTokenSource();
        PausingTokenSource pausing = new PausingTokenSource(slow, new Pauses(clock));
        CompletableFuture<AccessToken> unusedRefusal = pausing.token(GRANT).toFuture();
        slow.call(0).fail(refused);
        clock.advance(Duration.ofSeconds(10));

        pausing.token(GRANT).toFuture().cancel(true);
        CompletableFuture<AccessToken> unusedNext = pausing.token(GRANT).toFuture();

        assertThat(slow.calls()).hasSize(3);
    }

    /** A user who has to wait alone must not hold up the one question that all the others wait for. */
    @Test
    void whoWaitsAloneIsNotTheFirstAfterAPause() {
        server.nowFails(busy);
        failure(GRANT);
        server.nowFails(refused);
        failure(ALICE.clientCredentials());
        clock.advance(Duration.ofSeconds(10));

        assertThat(failure(GRANT).problem()).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
        server.nowGives(TOKEN);
        assertGives(ALICE.subject(CallerExample.user("bob")).onBehalfOf());
    }

    static Stream<Arguments> nothingLearned() {
        return Stream.of(
                argumentSet("not asked", ProblemException.of(Problem.CALLER_CANNOT_BE_ACTED_FOR, "futile")),
                argumentSet("a bug", new IllegalStateException("bug")));
    }

    /** Or a caller whose token is futile would let go of all the others, with the refused secret. */
    @ParameterizedTest
    @MethodSource("nothingLearned")
    void aQuestionThatTeachesNothingLeavesThePauseToTheNextOne(Throwable nothing) {
        HeldTokenSource slow = new HeldTokenSource();
        PausingTokenSource pausing = new PausingTokenSource(slow, new Pauses(clock));
        CompletableFuture<AccessToken> refusal = pausing.token(GRANT).toFuture();
        slow.call(0).fail(refused);
        assertThat(refusal).isCompletedExceptionally();
        clock.advance(Duration.ofSeconds(10));

        CompletableFuture<AccessToken> futile = pausing.token(GRANT).toFuture();
        slow.call(1).fail(nothing);
        assertThat(futile).isCompletedExceptionally();

        for (int i = 0; i < 50; i++) {
            CompletableFuture<AccessToken> unused = pausing.token(
                            ALICE.subject(CallerExample.user("user-" + i)).onBehalfOf())
                    .toFuture();
        }
        assertThat(slow.calls()).as("one of the fifty asks").hasSize(3);
    }

    @Test
    void whoHasToWaitLongerDoesSoThoughAnotherOneWaitsLess() {
        HeldTokenSource slow = new HeldTokenSource();
        PausingTokenSource pausing = new PausingTokenSource(slow, new Pauses(clock));
        Grant bob = ALICE.subject(CallerExample.user("bob")).onBehalfOf();
        var ofAlice = pausing.token(GRANT).toFuture();
        var ofBob = pausing.token(bob).toFuture();
        slow.call(0).fail(busy.retryAfter(Duration.ofMinutes(5)));
        slow.call(1).fail(busy.retryAfter(Duration.ofSeconds(1)));
        assertThat(List.of(ofAlice, ofBob)).allMatch(CompletableFuture::isCompletedExceptionally);
        clock.advance(Duration.ofSeconds(1));

        assertThat(failure(pausing.token(GRANT)).retryAfter()).contains(Duration.ofSeconds(299));
        CompletableFuture<AccessToken> unused = pausing.token(bob).toFuture();
        assertThat(slow.calls()).hasSize(3);
    }
}
