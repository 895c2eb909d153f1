package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.HeldTokenSource;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** When a token is asked for, and when one that is there is used. */
class CachingTokenSourceTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final GrantExample ALICE = GrantExample.ofAlice();
    private static final Grant GRANT = ALICE.onBehalfOf();
    private final ProblemException denied = ProblemException.of(Problem.TARGET_DENIED, "no");

    private final MutableClock clock = MutableClock.at(NOW);
    private final FakeTokenSource server = FakeTokenSource.giving(token("first", 300));
    private final CachingTokenSource cache = caching(server);

    private CachingTokenSource caching(TokenSource source) {
        return caching(source, Duration.ofSeconds(30));
    }

    private CachingTokenSource caching(TokenSource source, Duration margin) {
        return new CachingTokenSource(
                source,
                CacheExample.of(1000, DataSize.ofMegabytes(10), Duration.ofHours(1), Duration.ofSeconds(10), margin),
                CacheExample.alone(clock));
    }

    private static AccessToken token(String text, long life) {
        return FakeTokenSource.token(text, NOW.plusSeconds(life));
    }

    private static void assertGives(Mono<AccessToken> answer, AccessToken token) {
        StepVerifier.create(answer).expectNext(token).expectComplete().verify(SOON);
    }

    private static void assertFails(Mono<AccessToken> answer, Throwable failure) {
        StepVerifier.create(answer)
                .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(failure))
                .verify(SOON);
    }

    // Use again, and for whom.

    @Test
    void aHitAsksNobody() {
        for (int i = 0; i < 10; i++) {
            assertGives(cache.token(GRANT), token("first", 300));
        }

        assertThat(server.asked()).containsExactly(GRANT);
    }

    @Test
    void nothingIsAskedBeforeSubscription() {
        cache.token(GRANT);

        assertThat(server.calls()).isZero();
    }

    @Test
    void everySubscriptionIsAQuestionOfItsOwn() {
        Mono<AccessToken> answer = cache.token(GRANT);
        assertGives(answer, token("first", 300));
        server.nowGives(token("second", 600));
        clock.set(NOW.plusSeconds(271));

        assertGives(answer, token("second", 600));
    }

    static Stream<Arguments> questionsOfOthers() {
        CallerExample alice = CallerExample.user("alice");
        GrantExample scoped = ALICE.scopes("orders");
        GrantExample acted = ALICE.actor(CallerExample.app("orders-api"));
        return Stream.of(
                argumentSet("another user", ALICE, ALICE.subject(CallerExample.user("bob"))),
                argumentSet(
                        "the same sub of another issuer",
                        ALICE,
                        ALICE.subject(alice.issuerName("partner").iss("https://partner.example.com"))),
                argumentSet(
                        "the same sub and token text of another issuer block",
                        ALICE,
                        ALICE.subject(alice.issuerName("partner"))),
                argumentSet("the same sub of another tenant", ALICE, ALICE.subject(alice.tenant("acme"))),
                argumentSet("a newer token of the same user", ALICE, ALICE.subject(alice.token("newer"))),
                argumentSet("another audience", ALICE, ALICE.audience("inventory-api")),
                argumentSet("another resource", ALICE, ALICE.resource("https://orders.example.com")),
                argumentSet("other scopes", scoped, ALICE.scopes("orders", "orders.write")),
                argumentSet("no scopes", scoped, ALICE),
                argumentSet("an actor", ALICE, acted),
                argumentSet("another actor", acted, ALICE.actor(CallerExample.app("inventory-api"))),
                argumentSet(
                        "a newer token of the actor",
                        acted,
                        ALICE.actor(CallerExample.app("orders-api").token("newer"))),
                argumentSet("another client", ALICE, ALICE.client(GrantExample.named("other"))),
                argumentSet("other rules for the answer", ALICE, ALICE.mapped()));
    }

    @ParameterizedTest
    @MethodSource("questionsOfOthers")
    void twoQuestionsGetTwoAnswers(GrantExample one, GrantExample other) {
        AccessToken first = token("first", 300);
        AccessToken second = token("second", 300);

        assertGives(cache.token(one.onBehalfOf()), first);
        server.nowGives(second);
        assertGives(cache.token(other.onBehalfOf()), second);

        assertGives(cache.token(one.onBehalfOf()), first);
        assertGives(cache.token(other.onBehalfOf()), second);
        assertThat(server.asked()).containsExactly(one.onBehalfOf(), other.onBehalfOf());
    }

    @ParameterizedTest
    @MethodSource("questionsOfOthers")
    void twoQuestionsAtOnceGetTwoCalls(GrantExample one, GrantExample other) {
        HeldTokenSource held = new HeldTokenSource();
        CachingTokenSource cold = caching(held);
        var first = cold.token(one.onBehalfOf()).toFuture();
        var second = cold.token(other.onBehalfOf()).toFuture();

        assertThat(held.calls())
                .extracting(HeldTokenSource.Call::grant)
                .containsExactly(one.onBehalfOf(), other.onBehalfOf());
        held.call(1).give(token("second", 300));
        held.call(0).give(token("first", 300));

        assertThat(first).isCompletedWithValue(token("first", 300));
        assertThat(second).isCompletedWithValue(token("second", 300));
    }

    @Test
    void theGatewaysOwnTokenIsSharedByAllCallersAndByNoOnBehalfOfCall() {
        Grant ofAlice = ALICE.clientCredentials();
        Grant ofBob = GrantExample.of(CallerExample.user("bob")).clientCredentials();

        assertGives(cache.token(ofAlice), token("first", 300));
        assertGives(cache.token(ofBob), token("first", 300));
        server.nowGives(token("second", 300));
        assertGives(cache.token(GRANT), token("second", 300));

        assertThat(server.asked()).containsExactly(ofAlice, GRANT);
    }

    // Time.

    @Test
    void anEntryEndsAMarginBeforeItsToken() {
        AccessToken second = token("second", 600);
        assertGives(cache.token(GRANT), token("first", 300));
        server.nowGives(second);

        clock.set(NOW.plusSeconds(270).minusMillis(1));
        assertGives(cache.token(GRANT), token("first", 300));

        clock.set(NOW.plusSeconds(270));
        assertGives(cache.token(GRANT), second);
    }

    @Test
    void anEntryEndsWithItsSubjectToken() {
        Grant brief = GrantExample.of(CallerExample.user("alice").expiresAt(NOW.plusSeconds(100)))
                .onBehalfOf();
        AccessToken second = token("second", 600);
        assertGives(cache.token(brief), token("first", 300));
        server.nowGives(second);

        clock.set(NOW.plusSeconds(70).minusMillis(1));
        assertGives(cache.token(brief), token("first", 300));

        clock.set(NOW.plusSeconds(70));
        assertGives(cache.token(brief), second);
    }

    @Test
    void anEntryEndsAfterTheLongestLife() {
        server.nowGives(token("first", 100_000));
        Grant own = ALICE.clientCredentials();
        assertGives(cache.token(own), token("first", 100_000));
        server.nowGives(token("second", 100_000));

        clock.set(NOW.plusSeconds(3570).minusMillis(1));
        assertGives(cache.token(own), token("first", 100_000));

        clock.set(NOW.plusSeconds(3570));
        assertGives(cache.token(own), token("second", 100_000));
    }

    /** To the nanosecond, whatever the clock of the cache underneath counts in. */
    @Test
    void withoutAMarginAnEntryEndsExactlyWithItsToken() {
        CachingTokenSource marginless = caching(server, Duration.ZERO);
        AccessToken first = FakeTokenSource.token("first", NOW.plusSeconds(300).plusNanos(500_000));
        server.nowGives(first);
        assertGives(marginless.token(GRANT), first);
        server.nowGives(token("second", 600));

        clock.set(NOW.plusSeconds(300).plusNanos(499_999));
        assertGives(marginless.token(GRANT), first);

        clock.set(NOW.plusSeconds(300).plusNanos(500_000));
        assertGives(marginless.token(GRANT), token("second", 600));
    }

    @Test
    void aTokenOfUnknownEndIsNotUsedAgain() {
        server.nowGives(FakeTokenSource.tokenOfUnknownEnd("once"));

        assertGives(cache.token(GRANT), FakeTokenSource.tokenOfUnknownEnd("once"));
        server.nowGives(FakeTokenSource.tokenOfUnknownEnd("twice"));

        assertGives(cache.token(GRANT), FakeTokenSource.tokenOfUnknownEnd("twice"));
    }

    @Test
    void aTokenOfUnknownEndIsSharedByThoseWhoWaitForIt() {
        HeldTokenSource held = new HeldTokenSource();
        CachingTokenSource cold = caching(held);
        var first = cold.token(GRANT).toFuture();
        var second = cold.token(GRANT).toFuture();

        assertThat(held.calls()).hasSize(1);
        held.call(0).give(FakeTokenSource.tokenOfUnknownEnd("once"));

        assertThat(first).isCompletedWithValue(FakeTokenSource.tokenOfUnknownEnd("once"));
        assertThat(second).isCompletedWithValue(FakeTokenSource.tokenOfUnknownEnd("once"));
    }

    @Test
    void aCallerWhoseTokenHasJustEndedStillGetsAnAnswerOfHisOwn() {
        Grant over = GrantExample.of(CallerExample.user("alice").expiresAt(NOW.minusSeconds(5)))
                .onBehalfOf();

        assertGives(cache.token(over), token("first", 300));
        assertGives(cache.token(over), token("first", 300));

        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void aClockThatGoesBackKeepsNothingForLonger() {
        assertGives(cache.token(GRANT), token("first", 300));
        clock.set(NOW.minusSeconds(3600));
        assertGives(cache.token(GRANT), token("first", 300));
        server.nowGives(token("second", 600));

        clock.set(NOW.plusSeconds(270));

        assertGives(cache.token(GRANT), token("second", 600));
    }

    // Failure.

    @Test
    void aFailureIsToldAndThenItIsAskedAgain() {
        ProblemException away = ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down");
        server.nowFails(away);
        assertFails(cache.token(GRANT), away);

        server.nowGives(token("first", 300));
        assertGives(cache.token(GRANT), token("first", 300));

        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void aFailureForOneIsNoneForAnother() {
        assertGives(cache.token(GRANT), token("first", 300));
        server.nowFails(denied);

        assertFails(cache.token(ALICE.subject(CallerExample.user("bob")).onBehalfOf()), denied);
        assertGives(cache.token(GRANT), token("first", 300));
    }

    static Stream<Arguments> brokenSources() {
        TokenSource throwsAtOnce = grant -> {
            throw new IllegalStateException("broken");
        };
        TokenSource throwsOnSubscription = grant -> Mono.defer(() -> {
            throw new IllegalStateException("broken");
        });
        TokenSource throwsWhileAnswering = grant -> Mono.just(token("x", 300)).map(token -> {
            throw new IllegalStateException("broken");
        });
        TokenSource dies = grant -> Mono.fromSupplier(() -> {
            throw new NoClassDefFoundError("broken");
        });
        TokenSource diesAtOnce = grant -> {
            throw new NoClassDefFoundError("broken");
        };
        return Stream.of(
                argumentSet("fails", FakeTokenSource.failing(new IllegalStateException("broken"))),
                argumentSet("throws at once", throwsAtOnce),
                argumentSet("throws on subscription", throwsOnSubscription),
                argumentSet("throws while answering", throwsWhileAnswering),
                argumentSet("fails with an error of the machine", FakeTokenSource.failing(new LinkageError("broken"))),
                argumentSet("throws an error of the machine", dies),
                argumentSet("throws an error of the machine at once", diesAtOnce));
    }

    @ParameterizedTest
    @MethodSource("brokenSources")
    void aBrokenSourceIsAFailureForEveryQuestionAndHoldsNobodyUp(TokenSource broken) {
        CachingTokenSource cold = caching(broken);

        for (int i = 0; i < 3; i++) {
            assertThat(ends(cold.token(GRANT))).as("question %s", i).hasStackTraceContaining("broken");
        }
    }

    /** Errors that Reactor takes for fatal come out of {@code subscribe} itself. */
    private static Throwable ends(Mono<AccessToken> answer) {
        try {
            answer.block(SOON);
            throw new AssertionError("gave a token");
        } catch (RuntimeException | LinkageError failure) {
            return failure;
        }
    }

    @Test
    void aSourceThatWasBrokenIsAskedAgain() {
        AtomicBoolean broken = new AtomicBoolean(true);
        CachingTokenSource cold = caching(grant -> {
            if (broken.get()) {
                throw new IllegalStateException("broken");
            }
            return server.token(grant);
        });

        assertThat(ends(cold.token(GRANT))).hasStackTraceContaining("broken");
        broken.set(false);
        assertGives(cold.token(GRANT), token("first", 300));
    }

    @Test
    void aSourceThatEndsWithoutAnAnswerIsAFailureAndNotAnAbsentCredential() {
        CachingTokenSource cold = caching(FakeTokenSource.answering(grant -> Mono.empty()));

        for (int i = 0; i < 2; i++) {
            StepVerifier.create(cold.token(GRANT)).expectError().verify(SOON);
        }
    }

    @Test
    void aSourceThatNeverAnswersHoldsUpNobodyElse() {
        HeldTokenSource held = new HeldTokenSource();
        CachingTokenSource cold = caching(grant -> grant.equals(GRANT) ? held.token(grant) : server.token(grant));
        var waiting = cold.token(GRANT).toFuture();

        assertGives(cold.token(ALICE.audience("inventory-api").onBehalfOf()), token("first", 300));

        assertThat(waiting).isNotDone();
    }

    @Test
    void printsWhatItIsAndNoTokens() {
        assertGives(cache.token(GRANT), token("first", 300));

        assertThat(cache.toString()).startsWith("caching(").doesNotContain("first");
    }
}
