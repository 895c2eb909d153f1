package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** While an authorization server cannot answer, a token that is still valid is served past the margin, and no other one. */
class StillValidTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Grant GRANT = GrantExample.ofAlice().onBehalfOf();
    private static final AccessToken FIRST = FakeTokenSource.token("first", NOW.plusSeconds(300));
    private static final AccessToken SECOND = FakeTokenSource.token("second", NOW.plusSeconds(600));
    private final ProblemException away = ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down");

    private final MutableClock clock = MutableClock.at(NOW);
    private final FakeTokenSource server = FakeTokenSource.giving(FIRST);
    private final CachingTokenSource cache = new CachingTokenSource(
            server,
            CacheExample.of(
                    1000,
                    DataSize.ofMegabytes(10),
                    Duration.ofHours(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30)),
            CacheExample.alone(clock));

    @BeforeEach
    void aFirstToken() {
        assertGives(GRANT, FIRST);
    }

    private void assertGives(Grant grant, AccessToken token) {
        StepVerifier.create(cache.token(grant))
                .expectNext(token)
                .expectComplete()
                .verify(SOON);
    }

    private void assertFails(Grant grant, Throwable failure) {
        StepVerifier.create(cache.token(grant))
                .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(failure))
                .verify(SOON);
    }

    private void at(long millis) {
        clock.set(NOW.plusMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"270000", "285000", "299999"})
    void whatIsStillValidIsServed(long millis) {
        server.nowFails(away);
        at(millis);

        assertGives(GRANT, FIRST);
        assertThat(server.calls()).as("the server is asked first").isEqualTo(2);
    }

    @Test
    void whatIsOverIsNot() {
        server.nowFails(away);
        at(300_000);

        assertFails(GRANT, away);
    }

    @Test
    void whatIsOverWhenTheServerGivesUpIsNot() {
        HeldTokenSource slow = new HeldTokenSource();
        CachingTokenSource waiting = new CachingTokenSource(
                grant -> slow.calls().isEmpty() && clock.instant().equals(NOW) ? Mono.just(FIRST) : slow.token(grant),
                CacheExample.of(
                        1000,
                        DataSize.ofMegabytes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30)),
                CacheExample.alone(clock));
        assertThat(waiting.token(GRANT).block(SOON)).isEqualTo(FIRST);
        at(299_000);
        var answer = waiting.token(GRANT).toFuture();

        at(301_000);
        slow.call(0).fail(away);

        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void aNewTokenIsServedAsSoonAsThereIsOne() {
        server.nowFails(away);
        at(280_000);
        assertGives(GRANT, FIRST);

        server.nowGives(SECOND);
        assertGives(GRANT, SECOND);
        server.nowFails(away);
        assertGives(GRANT, SECOND);
    }

    /** The place of the first token in the cache must not shorten the life of the second one. */
    @Test
    void aNewTokenLivesItsOwnLife() {
        server.nowGives(SECOND);
        at(275_000);
        assertGives(GRANT, SECOND);
        server.nowFails(away);

        for (long millis : new long[] {299_999, 300_000, 310_000, 400_000, 569_999}) {
            at(millis);
            assertGives(GRANT, SECOND);
        }
        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void aNewTokenOfAShorterLifeIsNotServedForLonger() {
        AccessToken brief = FakeTokenSource.token("brief", NOW.plusSeconds(285));
        server.nowGives(brief);
        at(275_000);
        assertGives(GRANT, brief);
        server.nowFails(away);

        at(284_999);
        assertGives(GRANT, brief);
        at(285_000);
        assertFails(GRANT, away);
    }

    @Test
    void nothingIsServedPastTheSubjectToken() {
        Grant brief = GrantExample.of(CallerExample.user("bob").expiresAt(NOW.plusSeconds(100)))
                .onBehalfOf();
        assertGives(brief, FIRST);
        server.nowFails(away);

        at(99_999);
        assertGives(brief, FIRST);
        at(100_000);
        assertFails(brief, away);
    }

    @Test
    void nothingIsServedPastTheActorToken() {
        Grant acted = GrantExample.ofAlice()
                .actor(CallerExample.app("orders-api").expiresAt(NOW.plusSeconds(100)))
                .onBehalfOf();
        assertGives(acted, FIRST);
        server.nowFails(away);

        at(99_999);
        assertGives(acted, FIRST);
        at(100_000);
        assertFails(acted, away);
    }

    @Test
    void nothingIsServedPastTheLongestLife() {
        Grant own = GrantExample.ofAlice().clientCredentials();
        AccessToken endless = FakeTokenSource.token("endless", NOW.plusSeconds(1_000_000));
        server.nowGives(endless);
        assertGives(own, endless);
        server.nowFails(away);

        at(3_599_999);
        assertGives(own, endless);
        at(3_600_000);
        assertFails(own, away);
    }

    @Test
    void aTokenOfUnknownEndIsNotServedAgain() {
        Grant other = GrantExample.ofAlice().audience("inventory-api").onBehalfOf();
        server.nowGives(FakeTokenSource.tokenOfUnknownEnd("once"));
        assertGives(other, FakeTokenSource.tokenOfUnknownEnd("once"));
        server.nowFails(away);

        assertFails(other, away);
    }

    @Test
    void nobodyIsServedWhatSomebodyElseHas() {
        server.nowFails(away);
        at(280_000);

        assertFails(GrantExample.of(CallerExample.user("bob")).onBehalfOf(), away);
        assertFails(GrantExample.of(CallerExample.user("alice").token("newer")).onBehalfOf(), away);
        assertFails(GrantExample.ofAlice().clientCredentials(), away);
    }

    @ParameterizedTest
    @EnumSource(
            value = Problem.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"AUTHORIZATION_SERVER_UNAVAILABLE"})
    void anAnswerOfTheServerIsAnAnswer(Problem problem) {
        ProblemException answer = ProblemException.of(problem, "the server has spoken");
        server.nowFails(answer);
        at(280_000);

        assertFails(GRANT, answer);
    }

    @Test
    void aBugIsNoServerThatIsAway() {
        IllegalStateException bug = new IllegalStateException("bug");
        server.nowFails(bug);
        at(280_000);

        assertFails(GRANT, bug);
    }

    /** The user was logged out, or lost the right: what the server said holds when it is away afterwards. */
    @ParameterizedTest
    @EnumSource(
            value = Problem.class,
            names = {"SUBJECT_REJECTED", "TARGET_DENIED", "CONSENT_REQUIRED", "STEP_UP_REQUIRED"})
    void afterARefusalNothingIsServedAnyMore(Problem problem) {
        ProblemException refusal = ProblemException.of(problem, "no more");
        server.nowFails(refusal);
        at(275_000);
        assertFails(GRANT, refusal);

        server.nowFails(away);
        at(280_000);
        assertFails(GRANT, refusal);
        at(285_000);
        assertFails(GRANT, away);
    }

    @Test
    void allWhoWaitedAreServed() {
        HeldTokenSource slow = new HeldTokenSource();
        server.nowFails(away);
        CachingTokenSource waiting = new CachingTokenSource(
                grant -> clock.instant().equals(NOW) ? Mono.just(FIRST) : slow.token(grant),
                CacheExample.of(
                        1000,
                        DataSize.ofMegabytes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30)),
                CacheExample.alone(clock));
        assertThat(waiting.token(GRANT).block(SOON)).isEqualTo(FIRST);
        at(280_000);
        var one = waiting.token(GRANT).toFuture();
        var other = waiting.token(GRANT).toFuture();

        slow.call(0).fail(away);

        assertThat(one).isCompletedWithValue(FIRST);
        assertThat(other).isCompletedWithValue(FIRST);
        assertThat(slow.calls()).hasSize(1);
    }
}
