package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.cache.CachingTokenSource;
import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Client;
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
import dev.procura.gateway.token.TokenValue;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class StepwiseTokenSourceTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Client PARTNER = GrantExample.named("partner");
    private static final GrantExample ALICE = GrantExample.ofAlice();
    private static final GrantExample SECOND = ALICE.client(PARTNER).audience("birch-orders");
    private static final Grant.ClientCredentials OWN =
            ALICE.client(GrantExample.named("actor")).audience("gateway").clientCredentials();
    private static final GrantExample ACTING = ALICE.actor(new Actor.Gateway(OWN));

    private final MutableClock clock = MutableClock.at(NOW);

    /** Names what was asked for: first, second, own, plain. */
    private final FakeTokenSource server =
            FakeTokenSource.answering(grant -> Mono.just(FakeTokenSource.token(named(grant), NOW.plusSeconds(300))));

    private final FakeTokenSource own =
            FakeTokenSource.giving(FakeTokenSource.token("own-token", NOW.plusSeconds(300)));
    private final TokenSource source = new StepwiseTokenSource(server, own);

    private static String named(Grant grant) {
        return grant.getClass().getSimpleName() + "-of-" + grant.client().name();
    }

    private void assertGives(Grant grant, String token) {
        StepVerifier.create(source.token(grant).map(given -> given.value().reveal()))
                .expectNext(token)
                .expectComplete()
                .verify(SOON);
    }

    private void assertFails(Grant grant, Throwable failure) {
        StepVerifier.create(source.token(grant))
                .expectErrorSatisfies(told -> assertThat(told).isSameAs(failure))
                .verify(SOON);
    }

    @Test
    void whatNeedsOneTokenIsAskedForAsItIs() {
        assertGives(ALICE.onBehalfOf(), "OnBehalfOf-of-gateway");
        assertGives(ALICE.clientCredentials(), "ClientCredentials-of-gateway");
        assertGives(ALICE.actor(CallerExample.app("orders-api")).onBehalfOf(), "OnBehalfOf-of-gateway");

        assertThat(server.asked())
                .containsExactly(
                        ALICE.onBehalfOf(),
                        ALICE.clientCredentials(),
                        ALICE.actor(CallerExample.app("orders-api")).onBehalfOf());
        assertThat(own.calls()).isZero();
    }

    @Test
    void theTokenOfTheFirstStepIsTheAssertionOfTheSecond() {
        Grant.Chained chain = SECOND.after(ALICE);

        assertGives(chain, "Assertion-of-partner");

        assertThat(server.asked())
                .containsExactly(
                        chain.first(),
                        new Grant.Assertion(
                                PARTNER, SECOND.target(), TokenValue.of("OnBehalfOf-of-gateway"), chain.first()));
    }

    @Test
    void anAssertionIsNeverUsedTwice() {
        assertGives(SECOND.after(ALICE), "Assertion-of-partner");
        assertGives(SECOND.after(ALICE), "Assertion-of-partner");

        assertThat(server.calls()).isEqualTo(4);
    }

    @Test
    void withoutTheFirstTokenNobodyAsksForTheSecond() {
        ProblemException refused = ProblemException.of(Problem.SUBJECT_REJECTED, "logged out");
        server.nowFails(refused);

        assertFails(SECOND.after(ALICE), refused);

        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void whereThereIsNoFirstTokenThereIsNoSecond() {
        FakeTokenSource empty = FakeTokenSource.answering(grant -> Mono.empty());

        StepVerifier.create(new StepwiseTokenSource(empty, own).token(SECOND.after(ALICE)))
                .expectComplete()
                .verify(SOON);

        assertThat(empty.calls()).isEqualTo(1);
    }

    @Test
    void theGatewaysOwnTokenGoesAlongAndNothingElseIsChanged() {
        Grant.OnBehalfOf grant = ACTING.scopes("orders")
                .claims("{\"access_token\":{\"acrs\":null}}")
                .onBehalfOf();

        assertGives(grant, "OnBehalfOf-of-gateway");

        assertThat(own.asked()).containsExactly(OWN);
        assertThat(server.asked())
                .containsExactly(new Grant.OnBehalfOf(
                        grant.client(),
                        grant.target(),
                        grant.subject(),
                        Optional.of(new Actor.ProvenGateway(OWN, TokenValue.of("own-token"))),
                        grant.claims()));
    }

    @Test
    void theGatewaysOwnTokenIsAskedForOnceForManyCallers() {
        TokenSource cached = new CachingTokenSource(
                own,
                CacheExample.of(
                        10,
                        DataSize.ofMegabytes(1),
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5)),
                CacheExample.alone(clock));
        TokenSource stepwise = new StepwiseTokenSource(server, cached);
        for (String user : new String[] {"alice", "bob", "carol"}) {
            StepVerifier.create(stepwise.token(
                            ACTING.subject(CallerExample.user(user)).onBehalfOf()))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(SOON);
        }

        assertThat(own.calls()).isEqualTo(1);
        assertThat(server.calls()).isEqualTo(3);
    }

    @Test
    void withoutTheGatewaysOwnTokenNobodyIsActedFor() {
        ProblemException refused = ProblemException.of(Problem.CLIENT_REFUSED, "wrong secret");
        own.nowFails(refused);

        assertFails(ACTING.onBehalfOf(), refused);
        assertFails(SECOND.after(ACTING), refused);

        assertThat(server.calls()).isZero();
    }

    @Test
    void theFirstStepOfAChainMayHaveTheGatewayAsItsActor() {
        Grant.Chained chain = SECOND.after(ACTING);

        assertGives(chain, "Assertion-of-partner");

        assertThat(own.calls()).isEqualTo(1);
        assertThat(server.asked())
                .first()
                .isInstanceOfSatisfying(
                        Grant.OnBehalfOf.class,
                        first -> assertThat(first.actor())
                                .contains(new Actor.ProvenGateway(OWN, TokenValue.of("own-token"))));
        assertThat(server.asked()).last().isInstanceOfSatisfying(Grant.Assertion.class, second -> {
            assertThat(second.assertion()).isEqualTo(TokenValue.of("OnBehalfOf-of-gateway"));
            assertThat(second.first()).isEqualTo(chain.first());
        });
    }

    @Test
    void whoGoesAwayBetweenTheStepsEndsThem() {
        HeldTokenSource held = new HeldTokenSource();
        Disposable asking =
                new StepwiseTokenSource(held, own).token(SECOND.after(ALICE)).subscribe();
        asking.dispose();

        assertThat(held.calls()).hasSize(1);
        assertThat(held.call(0).isCancelled()).isTrue();
    }

    @Test
    void whoGoesAwayDuringTheSecondStepEndsIt() {
        HeldTokenSource held = new HeldTokenSource();
        Disposable asking =
                new StepwiseTokenSource(held, own).token(SECOND.after(ALICE)).subscribe();
        held.call(0).give(FakeTokenSource.token("a.b.c", NOW.plusSeconds(60)));
        asking.dispose();

        assertThat(held.calls()).hasSize(2);
        assertThat(held.call(1).isCancelled()).isTrue();
    }

    @Test
    void printsNoToken() {
        assertThat(source.toString()).startsWith("stepwise(").doesNotContain("own-token");
        assertThat(new Actor.ProvenGateway(OWN, TokenValue.of("own-token-value")).toString())
                .doesNotContain("own-token-value");
    }

    /** What a source gives is the caller's to use once: nothing of it is kept here. */
    @Test
    void nothingIsAskedBeforeSubscription() {
        Mono<AccessToken> later = source.token(SECOND.after(ALICE));

        assertThat(server.calls()).isZero();
        StepVerifier.create(later).expectNextCount(1).expectComplete().verify(SOON);
        assertThat(server.calls()).isEqualTo(2);
    }
}
