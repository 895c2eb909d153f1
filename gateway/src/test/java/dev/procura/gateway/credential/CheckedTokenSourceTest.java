package dev.procura.gateway.credential;

import static dev.procura.gateway.fixture.CallerExample.ISSUER;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.AlarmPace;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class CheckedTokenSourceTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final GrantExample ALICE = GrantExample.ofAlice();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MutableClock clock = MutableClock.at(NOW);

    private CheckedTokenSource checking(AccessToken token) {
        return new CheckedTokenSource(FakeTokenSource.giving(token), new Alarms(meters), 5, clock);
    }

    private static AccessToken jwt(String aud, Object scope) {
        return new AccessToken(
                TokenValue.of(Jwts.of(Map.of(
                        "iss", ISSUER, "aud", aud, "sub", "alice", "exp", NOW.getEpochSecond() + 60, "scope", scope))),
                Optional.of(NOW.plusSeconds(300)),
                Optional.empty());
    }

    private double alarms() {
        return meters.find("procura.alarms").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    void letsATokenThroughThatFitsWithItsOwnEarlierEnd() {
        AccessToken token = jwt("orders-api", "");
        Instant ownEnd = NOW.plusSeconds(60);

        StepVerifier.create(checking(token).token(ALICE.onBehalfOf()))
                .expectNext(token.endingAt(ownEnd))
                .expectComplete()
                .verify(SOON);
        assertThat(alarms()).isZero();
    }

    @Test
    void refusesATokenForAnotherAudienceAndRaisesAnAlarm() {
        AccessToken token = jwt("inventory-api", "");

        StepVerifier.create(checking(token).token(ALICE.onBehalfOf()))
                .expectErrorSatisfies(failure -> {
                    ProblemException problem = (ProblemException) failure;
                    assertThat(problem.problem()).isEqualTo(Problem.ISSUED_TOKEN_REFUSED);
                    assertThat(problem.problem().status()).isEqualTo(502);
                    assertThat(problem.reason())
                            .contains("client=gateway", "audience=orders-api", "aud")
                            .doesNotContain(token.value().reveal());
                })
                .verify(SOON);
        assertThat(meters.counter("procura.alarms", "code", "issued_token_refused")
                        .count())
                .isEqualTo(1);
        assertThat(alarms()).isEqualTo(1);
    }

    @Test
    void aUserWhoIsGrantedLessIsDeniedWithoutAnAlarm() {
        StepVerifier.create(checking(jwt("orders-api", ""))
                        .token(ALICE.scopes("orders").grantingLess().onBehalfOf()))
                .expectErrorSatisfies(failure -> {
                    ProblemException problem = (ProblemException) failure;
                    assertThat(problem.problem()).isEqualTo(Problem.TARGET_DENIED);
                    assertThat(problem.problem().status()).isEqualTo(403);
                    assertThat(problem.reason()).contains("orders");
                })
                .verify(SOON);
        assertThat(alarms()).isZero();
    }

    @Test
    void judgesAtTheTimeOfTheAnswer() {
        AccessToken token = jwt("orders-api", "");
        CheckedTokenSource source = checking(token);
        var answer = source.token(ALICE.onBehalfOf());

        clock.advance(Duration.ofSeconds(60));

        StepVerifier.create(answer)
                .expectErrorSatisfies(failure ->
                        assertThat(((ProblemException) failure).problem()).isEqualTo(Problem.ISSUED_TOKEN_REFUSED))
                .verify(SOON);
    }

    @Test
    void aFailureBelowStaysWhatItIs() {
        ProblemException failure = ProblemException.of(Problem.SUBJECT_REJECTED, "expired");
        CheckedTokenSource source =
                new CheckedTokenSource(FakeTokenSource.failing(failure), new Alarms(meters), 5, clock);

        StepVerifier.create(source.token(ALICE.onBehalfOf()))
                .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(failure))
                .verify(SOON);
        assertThat(alarms()).isZero();
    }

    /** Whoever can bring about an alarm must not be able to ring it at will. */
    @Test
    void theSameAlarmRingsOnceAMinute() {
        CheckedTokenSource source = checking(jwt("inventory-api", ""));
        for (int i = 0; i < 100; i++) {
            StepVerifier.create(source.token(ALICE.onBehalfOf()))
                    .expectError(ProblemException.class)
                    .verify(SOON);
        }
        assertThat(alarms()).isEqualTo(1);

        StepVerifier.create(source.token(ALICE.audience("other-api").onBehalfOf()))
                .expectError(ProblemException.class)
                .verify(SOON);
        assertThat(alarms()).as("another API is another reason").isEqualTo(2);

        clock.advance(AlarmPace.PAUSE);
        StepVerifier.create(source.token(ALICE.onBehalfOf()))
                .expectError(ProblemException.class)
                .verify(SOON);
        assertThat(alarms()).isEqualTo(3);
    }

    /** He came with as many actors as there may be, and acting adds one: that is nobody's fault at the server. */
    @Test
    void aCallerWhoseChainIsFullRingsNoAlarm() {
        Map<String, Object> five = Map.of("sub", "1");
        for (String actor : List.of("2", "3", "4", "5")) {
            five = Map.of("sub", actor, "act", five);
        }
        AccessToken six = new AccessToken(
                TokenValue.of(Jwts.of(Map.of(
                        "iss", ISSUER, "aud", "orders-api", "sub", "alice", "act", Map.of("sub", "6", "act", five)))),
                Optional.of(NOW.plusSeconds(300)),
                Optional.empty());

        StepVerifier.create(checking(six)
                        .token(ALICE.subject(CallerExample.user("alice").claim("act", five))
                                .onBehalfOf()))
                .expectErrorSatisfies(thrown ->
                        assertThat(((ProblemException) thrown).problem()).isEqualTo(Problem.CALLER_CANNOT_BE_ACTED_FOR))
                .verify(SOON);
        assertThat(alarms()).isZero();
    }

    /** Of a caller who came with less, so long a chain is the server's doing. */
    @Test
    void aServerThatMakesAChainTooLongByItselfRingsOne() {
        Map<String, Object> act = Map.of("sub", "1");
        for (String actor : List.of("2", "3", "4", "5", "6")) {
            act = Map.of("sub", actor, "act", act);
        }
        AccessToken six = new AccessToken(
                TokenValue.of(Jwts.of(Map.of("iss", ISSUER, "aud", "orders-api", "sub", "alice", "act", act))),
                Optional.of(NOW.plusSeconds(300)),
                Optional.empty());

        StepVerifier.create(checking(six).token(ALICE.onBehalfOf()))
                .expectErrorSatisfies(thrown ->
                        assertThat(((ProblemException) thrown).problem()).isEqualTo(Problem.ISSUED_TOKEN_REFUSED))
                .verify(SOON);
        assertThat(alarms()).isEqualTo(1);
    }

    /** Whoever can ring a small alarm must not be able to hide with it the one that matters. */
    @Test
    void anotherClaimAndAnotherTenantAreOtherReasons() {
        AtomicReference<AccessToken> issued = new AtomicReference<>(jwt("inventory-api", ""));
        CheckedTokenSource source =
                new CheckedTokenSource(grant -> Mono.fromSupplier(issued::get), new Alarms(meters), 5, clock);
        Consumer<GrantExample> refuse = grant -> StepVerifier.create(source.token(grant.onBehalfOf()))
                .expectError(ProblemException.class)
                .verify(SOON);

        refuse.accept(ALICE);
        refuse.accept(ALICE);
        assertThat(alarms()).isEqualTo(1);
        refuse.accept(ALICE.subject(CallerExample.user("bob")));
        assertThat(alarms()).as("sub is not bob's").isEqualTo(2);
        refuse.accept(ALICE.tenant("8f5c2d3e-0000-4000-8000-000000000001"));
        assertThat(alarms()).as("of another tenant").isEqualTo(3);
    }

    /** A chain that is too long is no cover for a token of somebody else. */
    @ParameterizedTest
    @CsvSource({"sub, bob", "iss, https://other.example.com", "aud, inventory-api", "exp, 1"})
    void aFullChainHidesNoOtherFault(String claim, String wrong) {
        Map<String, Object> five = Map.of("sub", "1");
        for (String actor : List.of("2", "3", "4", "5")) {
            five = Map.of("sub", actor, "act", five);
        }
        Map<String, Object> claims = new HashMap<>(
                Map.of("iss", ISSUER, "aud", "orders-api", "sub", "alice", "act", Map.of("sub", "6", "act", five)));
        claims.put(claim, claim.equals("exp") ? (Object) 1 : wrong);
        AccessToken six =
                new AccessToken(TokenValue.of(Jwts.of(claims)), Optional.of(NOW.plusSeconds(300)), Optional.empty());

        StepVerifier.create(checking(six)
                        .token(ALICE.subject(CallerExample.user("alice").claim("act", five))
                                .onBehalfOf()))
                .expectErrorSatisfies(thrown ->
                        assertThat(((ProblemException) thrown).problem()).isEqualTo(Problem.ISSUED_TOKEN_REFUSED))
                .verify(SOON);
        assertThat(alarms()).isEqualTo(1);
    }
}
