package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.TokenValue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** What the authorization server says of a token has the last word, where it is a clear one. */
final class IntrospectionsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration NEGATIVE_TTL = Duration.ofSeconds(10);
    private static final String SIGNED = "application/token-introspection+jwt";
    private static final TokenValue OPAQUE = TokenValue.of("corp_opaque-of-alice");
    private static final long END = TestTokens.NOW.plusSeconds(3600).getEpochSecond();
    private static final String ALICE =
            "{'active':true,'sub':'alice','client_id':'native-app','aud':['gateway'],'scope':'orders.read','exp':" + END
                    + "}";

    private final MutableClock clock = MutableClock.at(TestTokens.NOW);
    private final LoopbackServer server = LoopbackServer.start();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<String, FakeIntrospector> endpoints = new HashMap<>();
    private final FakeIntrospector endpoint = endpoint("corp");
    private Issuers issuers = corp(Map.of());
    private Authenticator authenticator = authenticator();

    @AfterEach
    void close() {
        server.close();
    }

    // Opaque tokens.

    @Test
    void letsInWhomTheServerKnows() {
        endpoint.answers(ALICE);

        Caller.Known caller = accepted(OPAQUE);

        assertThat(caller.identity().issuer()).isEqualTo(TestTokens.ISSUER);
        assertThat(caller.identity().values()).isEqualTo(Map.of("sub", "alice"));
        assertThat(caller.kind()).isEqualTo(Caller.Kind.USER);
        assertThat(caller.scopes()).hasToString("orders.read");
        assertThat(caller.expiresAt()).isEqualTo(Instant.ofEpochSecond(END));
        assertThat(caller.token()).isEqualTo(OPAQUE);
        assertThat(caller.claims().names()).doesNotContain("active");
    }

    @Test
    void remembersAnInactiveTokenForTheConfiguredTimeAndAsksAgain() {
        endpoint.answers("{'active':false,'sub':'alice'}");
        refused(OPAQUE, Problem.TOKEN_INACTIVE);
        refused(OPAQUE, Problem.TOKEN_INACTIVE);
        clock.advance(NEGATIVE_TTL.minusMillis(1));
        refused(OPAQUE, Problem.TOKEN_INACTIVE);
        assertThat(endpoint.asked()).hasSize(1);

        clock.advance(Duration.ofMillis(1));
        endpoint.answers(ALICE);
        accepted(OPAQUE);
        assertThat(endpoint.asked()).hasSize(2);
    }

    @Test
    void asksAgainThirtySecondsAfterAYes() {
        endpoint.answers(ALICE);
        Caller.Known first = accepted(OPAQUE);
        clock.advance(Duration.ofSeconds(30).minusMillis(1));
        assertThat(accepted(OPAQUE)).isSameAs(first);
        assertThat(endpoint.asked()).hasSize(1);

        clock.advance(Duration.ofMillis(1));
        accepted(OPAQUE);
        assertThat(endpoint.asked()).hasSize(2);

        clock.advance(Duration.ofSeconds(30));
        endpoint.answers("{'active':false}");
        refused(OPAQUE, Problem.TOKEN_INACTIVE);
    }

    @Test
    void neverCountsAYesLongerThanTheToken() {
        issuers = corp(Map.of("clock-skew", "0s"));
        authenticator = authenticator();
        endpoint.answers(ALICE.replace(String.valueOf(END), String.valueOf(now() + 10)));
        accepted(OPAQUE);

        clock.advance(Duration.ofSeconds(10));
        refused(OPAQUE, Problem.TOKEN_EXPIRED);
    }

    @Test
    void takesATokenWithoutAnEndForAsLongAsTheAnswerCounts() {
        endpoint.answers("{'active':true,'sub':'alice','client_id':'app','aud':'gateway'}");

        assertThat(accepted(OPAQUE).expiresAt()).isEqualTo(TestTokens.NOW.plusSeconds(30));

        clock.advance(Duration.ofSeconds(30));
        accepted(OPAQUE);
        assertThat(endpoint.asked()).hasSize(2);
    }

    @Test
    void asksOnceForAHundredWhoComeTogether() {
        Sinks.One<AuthorizationServerHttp.Answer> answer = Sinks.one();
        endpoint.answers(answer.asMono());
        List<Mono<Caller.Known>> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Mono<Caller.Known> caller = authenticator.authenticate(OPAQUE).cache();
            caller.subscribe(known -> {}, failure -> {});
            callers.add(caller);
        }
        assertThat(endpoint.asked()).hasSize(1);

        answer.tryEmitValue(FakeIntrospector.json(ALICE).blockOptional(SOON).orElseThrow())
                .orThrow();

        for (Mono<Caller.Known> caller : callers) {
            assertThat(caller.blockOptional(SOON).orElseThrow().identity().values())
                    .isEqualTo(Map.of("sub", "alice"));
        }
    }

    @Test
    void keepsAskingForTheOthersWhenOneGivesUp() {
        Sinks.One<AuthorizationServerHttp.Answer> answer = Sinks.one();
        endpoint.answers(answer.asMono());
        var impatient = authenticator.authenticate(OPAQUE).subscribe();
        Mono<Caller.Known> patient = authenticator.authenticate(OPAQUE).cache();
        patient.subscribe();

        impatient.dispose();
        answer.tryEmitValue(FakeIntrospector.json(ALICE).blockOptional(SOON).orElseThrow())
                .orThrow();

        assertThat(patient.blockOptional(SOON)).isPresent();
        assertThat(endpoint.asked()).hasSize(1);
    }

    @Test
    void remembersNoMoreInactiveTokensThanTheBound() {
        for (int i = 0; i < Introspections.MAX_INACTIVE + 2_000; i++) {
            StepVerifier.create(authenticator.authenticate(TokenValue.of("made-up-" + i)))
                    .expectError(ProblemException.class)
                    .verify(SOON);
        }
        int before = endpoint.asked().size();
        for (int i = 0; i < Introspections.MAX_INACTIVE + 2_000; i++) {
            StepVerifier.create(authenticator.authenticate(TokenValue.of("made-up-" + i)))
                    .expectError(ProblemException.class)
                    .verify(SOON);
        }

        // What was forgotten is asked again: at least what did not fit (the cache evicts a little behind).
        assertThat(endpoint.asked().size() - before).isGreaterThan(1_000);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("noClearAnswers")
    void takesNothingForAYesOrANoThatIsNoClearAnswer(String what, Mono<AuthorizationServerHttp.Answer> answer) {
        endpoint.answers(answer);
        refused(OPAQUE, Problem.INTROSPECTION_UNAVAILABLE);

        // And nothing of it is remembered, but for a moment that the client was refused.
        clock.advance(Duration.ofSeconds(10));
        endpoint.answers(ALICE);
        accepted(OPAQUE);
    }

    /** Anybody can send a text that nobody knows. */
    @Test
    void asksNobodyForAMomentAfterItsClientWasRefusedSoThatNobodyCanRingTheAlarm() {
        endpoint.answers(401, "application/json", "{}");
        for (int i = 0; i < 20; i++) {
            refused(TokenValue.of("text-of-anybody-" + i), Problem.INTROSPECTION_UNAVAILABLE);
        }

        assertThat(endpoint.asked()).hasSize(1);
        assertThat(meters.find(Alarms.COUNTER).counters())
                .singleElement()
                .satisfies(alarm -> assertThat(alarm.count()).isEqualTo(1));

        clock.advance(Duration.ofSeconds(10));
        refused(OPAQUE, Problem.INTROSPECTION_UNAVAILABLE);
        assertThat(endpoint.asked()).hasSize(2);
    }

    static Stream<Arguments> noClearAnswers() {
        return Stream.of(
                Arguments.of("no active", FakeIntrospector.json("{'sub':'alice','aud':'gateway'}")),
                Arguments.of("a string for active", FakeIntrospector.json(ALICE.replace("true", "'true'"))),
                Arguments.of("a number for active", FakeIntrospector.json(ALICE.replace("true", "1"))),
                Arguments.of("null for active", FakeIntrospector.json(ALICE.replace("true", "null"))),
                Arguments.of("the word false", FakeIntrospector.json("{'active':'false'}")),
                Arguments.of("an error", FakeIntrospector.json("{'error':'invalid_request'}")),
                Arguments.of("an empty object", FakeIntrospector.json("{}")),
                Arguments.of("an array", FakeIntrospector.json("[" + ALICE + "]")),
                Arguments.of("null", FakeIntrospector.json("null")),
                Arguments.of("a string", FakeIntrospector.json("'active'")),
                Arguments.of("nothing", FakeIntrospector.json("")),
                Arguments.of("half of it", FakeIntrospector.json(ALICE.substring(0, 40))),
                Arguments.of("a page", FakeIntrospector.answer(200, "text/html", "<html>sign in</html>")),
                Arguments.of("a yes with 400", FakeIntrospector.answer(400, "application/json", "{\"active\":true}")),
                Arguments.of("a no with 400", FakeIntrospector.answer(400, "application/json", "{\"active\":false}")),
                Arguments.of("a no with 500", FakeIntrospector.answer(500, "application/json", "{\"active\":false}")),
                Arguments.of("204", FakeIntrospector.answer(204, "application/json", "")),
                Arguments.of("a redirect", FakeIntrospector.answer(302, "text/html", "")),
                Arguments.of("busy", FakeIntrospector.answer(429, "application/json", "{}")),
                Arguments.of("a no with 401", FakeIntrospector.answer(401, "application/json", "{\"active\":false}")),
                Arguments.of("no connection", Mono.error(new IOException("refused"))),
                Arguments.of("no answer in time", Mono.error(new TimeoutException("5s"))),
                Arguments.of("a bug", Mono.error(new IllegalStateException("bug"))));
    }

    @ParameterizedTest
    @CsvSource({"401, 1", "403, 1", "400, 0", "500, 0", "429, 0"})
    void raisesAnAlarmWhereTheServerRefusesTheGatewayItself(int status, int alarms) {
        endpoint.answers(status, "application/json", "{\"error\":\"invalid_client\"}");

        refused(OPAQUE, Problem.INTROSPECTION_UNAVAILABLE);

        assertThat(meters.find(Alarms.COUNTER)
                        .tag("code", Problem.CLIENT_REFUSED.code())
                        .counters())
                .hasSize(alarms);
    }

    @Test
    void raisesItOnceAMinuteThoughTheServerRefusesAfterEachPause() {
        endpoint.answers(401, "application/json", "{\"error\":\"invalid_client\"}");

        for (int i = 0; i < 6; i++) {
            refused(OPAQUE, Problem.INTROSPECTION_UNAVAILABLE);
            clock.advance(Duration.ofSeconds(10));
        }

        assertThat(meters.get(Alarms.COUNTER).counter().count()).isEqualTo(1);
        refused(OPAQUE, Problem.INTROSPECTION_UNAVAILABLE);
        assertThat(meters.get(Alarms.COUNTER).counter().count()).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "TOKEN_TYPE_REFUSED|'token_type':'refresh_token'",
                "TOKEN_TYPE_REFUSED|'token_type':'mac'",
                "TOKEN_TYPE_REFUSED|'token_type':''",
                "TOKEN_TYPE_REFUSED|'token_type':1",
                "TOKEN_TYPE_REFUSED|'token_use':'id_token'",
                "TOKEN_TYPE_REFUSED|'token_use':'refresh_token','token_type':'Bearer'",
                "TOKEN_TYPE_REFUSED|'events':{}",
                "TOKEN_TYPE_REFUSED|'at_hash':'x'",
                "PROOF_MISSING|'token_type':'DPoP'",
                "PROOF_MISSING|'token_type':'dpop'",
                "PROOF_MISSING|'cnf':{'jkt':'x'}",
                "PROOF_MISSING|'cnf':{'x5t#S256':'x'}",
                "PROOF_MISSING|'cnf':'x'",
                "AUDIENCE_MISMATCH|'aud':'other'",
                "AUDIENCE_MISMATCH|'aud':['gateway2']",
                "AUDIENCE_MISMATCH|'aud':{'gateway':true}",
                "ISSUER_UNKNOWN|'iss':'https://evil.example'",
                "ISSUER_UNKNOWN|'iss':1",
                "IDENTITY_MISSING|'sub':''",
                "IDENTITY_MISSING|'sub':1",
                "TOKEN_EXPIRED|'exp':1",
                "TOKEN_MALFORMED|'exp':'soon'",
                "TOKEN_NOT_YET_VALID|'nbf':1900000000",
                "TOKEN_MALFORMED|'act':'gateway'"
            })
    void holdsTheAnswerAgainstTheRulesOfTheIssuer(Problem problem, String members) {
        Map<String, Object> answer =
                new LinkedHashMap<>(TestClaims.of(inside(ALICE)).values());
        answer.putAll(TestClaims.of(members).values());
        endpoint.answers(answer);

        refused(OPAQUE, problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "bearer", "BEARER", "N_A", "access_token", "urn:x"})
    void takesTheNamesOfAccessTokens(String type) {
        endpoint.answers(ALICE.replace("'active'", "'token_type':'" + type + "','active'"));

        if (type.equals("urn:x")) {
            refused(OPAQUE, Problem.TOKEN_TYPE_REFUSED);
        } else {
            accepted(OPAQUE);
        }
    }

    @Test
    void needsAnAudienceAndAnIdentity() {
        endpoint.answers("{'active':true,'sub':'alice','exp':" + END + "}");
        refused(OPAQUE, Problem.AUDIENCE_MISMATCH);
        endpoint.answers("{'active':true,'aud':'gateway','username':'alice','exp':" + END + "}");
        refused(OPAQUE, Problem.IDENTITY_MISSING);
    }

    /** Okta names the client of an opaque token as RFC 7662 does, and of a JWT as nobody else does. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {"APP|'sub':'0oa1'|0oa1", "USER|'sub':'alice@example.com','uid':'00u1'|00u1"})
    void knowsTheApplicationOfAnOpaqueTokenOfOkta(Caller.Kind kind, String members, String identity) {
        issuers = corp(Map.of("profile", "okta", "issuer", "https://example.okta.com/oauth2/default"));
        authenticator = authenticator();
        endpoint.answers("{'active':true,'client_id':'0oa1','aud':'gateway','exp':" + END + "," + members + "}");

        Caller.Known caller = accepted(OPAQUE);

        assertThat(caller.use()).isEqualTo(TokenUse.ACCESS_TOKEN);
        assertThat(caller.kind()).isEqualTo(kind);
        assertThat(caller.clientId()).contains("0oa1");
        assertThat(caller.identity().values()).containsValue(identity).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nbf", "iat"})
    void letsNobodyInBeforeTheBeginningOfATokenWithoutAnEnd(String name) {
        String answer = "{'active':true,'sub':'alice','client_id':'app','aud':'gateway','%s':%d}";
        endpoint.answers(answer.formatted(name, now() + 31));
        refused(OPAQUE, Problem.TOKEN_NOT_YET_VALID);

        endpoint.answers(answer.formatted(name, now() + 30));
        accepted(OPAQUE);
    }

    @Test
    void takesNoBeginningThatIsNoTimeForATokenWithoutAnEnd() {
        endpoint.answers("{'active':true,'sub':'alice','client_id':'app','aud':'gateway','nbf':'soon'}");

        refused(OPAQUE, Problem.TOKEN_MALFORMED);
    }

    // What is remembered.

    /** Twelve answers of 50 KB come; each is kept as objects, at about four times its size, and there is 1 MB. */
    @Test
    void keepsNoMoreThanItsBytesOfWhatTheServerSaid() {
        authenticator = new Authenticator(issuers, new Revocations(clock), new CacheBounds(1000, 1_000_000), clock);
        endpoint.answers(ALICE.replace("'active'", "'note':'" + "x".repeat(50_000) + "','active'"));
        acceptAll("corp_big-", 12);
        assertThat(endpoint.asked()).hasSize(12);

        acceptAll("corp_big-", 12);

        // Four fit.
        assertThat(endpoint.asked()).hasSizeGreaterThanOrEqualTo(12 + 8);
    }

    @Test
    void keepsNoMoreThanItsBytesOfWhatTheServerSaidOfSignedTokens() {
        authenticator = new Authenticator(issuers, new Revocations(clock), new CacheBounds(1000, 1_000_000), clock);
        endpoint.answers("{'note':'" + "x".repeat(50_000) + "','active':true}");
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 12; i++) {
                accepted(TestTokens.ofAlice().claim("jti", "t-" + i).value());
                letTheCacheSettle();
            }
        }

        assertThat(endpoint.asked()).hasSizeGreaterThanOrEqualTo(12 + 8);
    }

    @Test
    void keepsWhatFits() {
        authenticator = new Authenticator(issuers, new Revocations(clock), new CacheBounds(1000, 1_000_000), clock);
        endpoint.answers(ALICE);
        acceptAll("corp_small-", 12);

        acceptAll("corp_small-", 12);

        assertThat(endpoint.asked()).hasSize(12);
    }

    /** Else what counts no more, and was asked for often, would keep out what counts. */
    @Test
    void makesRoomWhenAnAnswerCountsNoMore() {
        authenticator = new Authenticator(issuers, new Revocations(clock), new CacheBounds(1000, 1_000_000), clock);
        endpoint.answers(ALICE.replace("'active'", "'note':'" + "x".repeat(50_000) + "','active'"));
        for (int i = 0; i < 20; i++) {
            acceptAll("corp_old-", 4);
        }
        assertThat(endpoint.asked()).hasSize(4);
        clock.advance(Introspections.LIFE.plusSeconds(5));

        acceptAll("corp_new-", 4);
        acceptAll("corp_new-", 4);

        assertThat(endpoint.asked()).hasSize(8);
    }

    private void acceptAll(String prefix, int count) {
        for (int i = 0; i < count; i++) {
            accepted(TokenValue.of(prefix + i));
            letTheCacheSettle();
        }
    }

    /** The cache tidies up on this pool, a little behind. */
    private static void letTheCacheSettle() {
        assertThat(ForkJoinPool.commonPool().awaitQuiescence(SOON.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    // JWTs.

    @Test
    void asksAboutASignedTokenTooAndCompletesItsClaims() {
        endpoint.answers("{'active':true,'sub':'alice','roles':['auditor'],'acr':'gold'}");

        Caller.Known caller = accepted(TestTokens.ofAlice().without("roles").value());

        assertThat(caller.roles()).containsExactly("auditor");
        assertThat(caller.signIn().acr()).containsExactly("gold");
        assertThat(caller.audiences()).containsExactly("gateway");
        assertThat(caller.expiresAt()).isEqualTo(Instant.ofEpochSecond(END));
    }

    @Test
    void refusesASignedTokenThatWasRevoked() {
        endpoint.answers("{'active':true}");
        TokenValue token = TestTokens.ofAlice().value();
        accepted(token);

        clock.advance(Duration.ofSeconds(30));
        endpoint.answers("{'active':false}");
        refused(token, Problem.TOKEN_INACTIVE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'iss':'https://evil.example'",
                "'sub':'bob'",
                "'sub':['alice']",
                "'client_id':'other-app'",
                "'azp':'other-app'",
                "'tid':'other'",
                "'jti':'other'",
                "'sid':'other'",
                "'cid':'other-app'",
                "'appid':'other-app'",
                "'aud':null,'jti':1",
                "'uid':'00u-bob'",
                "'oid':'o-bob'",
                "'org_id':'org_bob'",
                "'act':{'sub':'other-api'}",
                "'act':{'sub':'orders-api','act':{'sub':'x'}}",
                "'act':'none'"
            })
    void refusesATokenWhoseAnswerSpeaksOfSomethingElse(String members) {
        endpoint.answers("{'active':true," + members + "}");

        refused(
                TestTokens.ofAlice()
                        .claim("azp", "native-app")
                        .claim("tid", "t")
                        .claim("jti", "j")
                        .claim("sid", "s")
                        .claim("cid", "native-app")
                        .claim("appid", "native-app")
                        .claim("uid", "00u-alice")
                        .claim("oid", "o-alice")
                        .claim("org_id", "org_alice")
                        .claim("act", Map.of("sub", "orders-api"))
                        .value(),
                Problem.TOKEN_MALFORMED);
    }

    @Test
    void refusesATokenWhoseAnswerNamesAnotherPersonByTheConfiguredClaim() {
        issuers = corp(Map.of("identity", "employee"));
        authenticator = authenticator();
        TokenValue token = TestTokens.ofAlice().claim("employee", "1").value();
        endpoint.answers("{'active':true,'employee':'2'}");
        refused(token, Problem.TOKEN_MALFORMED);

        endpoint.answers("{'active':true,'employee':'1'}");
        accepted(token);
    }

    @Test
    void refusesABoundTokenWhoeverSaysThatItIsBound() {
        endpoint.answers("{'active':true,'cnf':{'jkt':'x'}}");
        refused(TestTokens.ofAlice().value(), Problem.PROOF_MISSING);
        endpoint.answers("{'active':true,'cnf':{'jkt':'y'}}");
        refused(TestTokens.ofAlice().claim("cnf", Map.of("jkt", "x")).value(), Problem.PROOF_MISSING);
    }

    @ParameterizedTest
    @CsvSource({"60, 60", "7200, 3600"})
    void takesTheEarlierEnd(long answered, long expected) {
        endpoint.answers("{'active':true,'exp':" + (now() + answered) + "}");

        assertThat(accepted(TestTokens.ofAlice().value()).expiresAt()).isEqualTo(TestTokens.NOW.plusSeconds(expected));
    }

    @Test
    void takesTheSignedEndWhereTheAnswersIsNone() {
        endpoint.answers("{'active':true,'exp':'never'}");

        assertThat(accepted(TestTokens.ofAlice().value()).expiresAt()).isEqualTo(Instant.ofEpochSecond(END));
    }

    @Test
    void takesTheSignedAudience() {
        endpoint.answers("{'active':true,'aud':['gateway','orders-api']}");
        assertThat(accepted(TestTokens.ofAlice().value()).audiences()).containsExactly("gateway");

        refused(TestTokens.ofAlice().claim("aud", "other").value(), Problem.AUDIENCE_MISMATCH);
    }

    @Test
    void keepsTheSignedActorThatTheAnswerLeavesOut() {
        endpoint.answers("{'active':true,'sub':'alice'}");

        Caller.Known caller = accepted(
                TestTokens.ofAlice().claim("act", Map.of("sub", "orders-api")).value());

        assertThat(caller.actors()).contains(new ActorChain(List.of(new ActorChain.Actor("", "orders-api"))));
    }

    @Test
    void takesNothingAwayFromASignedTokenForAMemberThatIsNull() {
        endpoint.answers("{'active':true,'sub':null,'act':null,'aud':null,'client_id':null,'scope':null,'roles':null,"
                + "'exp':null,'iat':null,'iss':null}");
        TestTokens token = TestTokens.ofAlice().claim("act", Map.of("sub", "orders-api"));

        Caller.Known caller = accepted(token.value());

        assertThat(caller.actors()).contains(new ActorChain(List.of(new ActorChain.Actor("", "orders-api"))));
        assertThat(caller.audiences()).containsExactly("gateway");
        assertThat(caller.clientId()).contains("native-app");
        assertThat(caller.scopes()).hasToString("orders.read profile");
        assertThat(caller.roles()).containsExactly("clerk");
        assertThat(caller.claims()).isEqualTo(Claims.of(token.claims()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"act", "aud", "cnf", "sub", "exp", "tid", "note"})
    void completesAClaimByEverythingButNull(String name) {
        Map<String, Object> nothing = new HashMap<>();
        nothing.put(name, null);
        Claims signed = TestClaims.of(
                "'act':{'sub':'a'},'aud':['gateway'],'cnf':{'jkt':'x'},'sub':'alice','exp':1900000000,'tid':'t','note':'n'");

        assertThat(new Introspections.Told(Claims.of(nothing), new Standing.Told(TestTokens.NOW), 0)
                        .completing(signed, List.of()))
                .contains(signed);
    }

    /** An answer of a confused server must not make a user of what was signed as an application's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'gty':'client-credentials'",
                "'idtyp':'app'",
                "'preferred_username':'service-account-daemon'",
                "'grant_type':'client_credentials'"
            })
    void takesNoApplicationsMarkAway(String mark) {
        Map<String, Object> signed = new HashMap<>(
                TestClaims.of("'sub':'daemon','client_id':'daemon'").values());
        signed.putAll(TestClaims.of(mark).values());
        Claims answer =
                TestClaims.of("'gty':'password','idtyp':'user','preferred_username':'bob','grant_type':'password'");

        assertThat(new Introspections.Told(answer, new Standing.Told(TestTokens.NOW), 0)
                        .completing(Claims.of(signed), List.of()))
                .isEmpty();
    }

    /** A service account's name stands in the answer of an opaque token too. */
    @Test
    void readsAServiceAccountsNameInTheAnswer() {
        endpoint.answers(
                "{'active':true,'sub':'u-1','aud':'gateway','client_id':'app','username':'service-account-app'}");

        assertThat(accepted(OPAQUE).kind()).isNotEqualTo(Caller.Kind.USER);
    }

    /** A user of two organizations is two callers, also where the token alone does not say which of them came. */
    @Test
    void keepsApartByTheTenantThatTheAnswerAloneNames() {
        issuers = corp(Map.of("profile", "auth0", "issuer", "https://example.eu.auth0.com/"));
        authenticator = authenticator();
        TestTokens token = TestTokens.ofAlice()
                .claim("iss", "https://example.eu.auth0.com/")
                .claim("sub", "auth0|alice");
        endpoint.answers("{'active':true,'org_id':'org_1'}");
        Identity inOne = accepted(token.value()).identity();
        endpoint.answers("{'active':true,'org_id':'org_2'}");
        Identity inTwo = accepted(token.claim("jti", "2").value()).identity();
        endpoint.answers("{'active':true}");
        Identity inNone = accepted(token.claim("jti", "3").value()).identity();

        assertThat(inOne.tenant()).contains("org_1");
        assertThat(inTwo.tenant()).contains("org_2");
        assertThat(inNone.tenant()).isEmpty();
        assertThat(List.of(inOne, inTwo, inNone)).doesNotHaveDuplicates();
    }

    @Test
    void makesNoAccessTokenOfAnIdTokenByWhatTheAnswerAdds() {
        TestTokens idToken = TestTokens.ofAlice()
                .header("typ", "JWT")
                .without("client_id")
                .without("scope")
                .claim("nonce", "n");
        endpoint.answers("{'active':true,'client_id':'native-app','scope':'orders.read','token_type':'Bearer'}");

        refused(idToken.value(), Problem.TOKEN_TYPE_REFUSED);
        assertThat(endpoint.asked()).isEmpty();
    }

    @Test
    void showsNobodyAJwtThatIsNotItsOwn() {
        endpoint.answers(ALICE);
        TestTokens token = TestTokens.ofAlice();
        String[] parts = token.text().split("\\.", -1);

        refused(token.claim("iss", "https://evil.example").value(), Problem.ISSUER_UNKNOWN);
        refused(token.without("iss").value(), Problem.ISSUER_UNKNOWN);
        refused(TokenValue.of(parts[0] + "." + parts[1] + "."), Problem.TOKEN_MALFORMED);
        refused(TokenValue.of(parts[0] + "." + parts[1] + "." + parts[2] + ".x.y"), Problem.TOKEN_MALFORMED);
        refused(token.signedBy(TestTokens.OTHER_RSA).value(), Problem.SIGNATURE_INVALID);
        refused(token.signedBy(TestTokens.NEW_RSA).value(), Problem.KEY_UNKNOWN);
        refused(token.header("alg", "HS256").value(), Problem.ALGORITHM_REFUSED);
        refused(token.claim("exp", 1).value(), Problem.TOKEN_EXPIRED);

        assertThat(endpoint.asked()).isEmpty();
    }

    @Test
    void showsAnOpaqueTokenToTheServerAloneWhosePrefixItHas() {
        FakeIntrospector partner = endpoint("partner");
        issuers = issuers(Map.of(
                "corp", block(Map.of("introspection.token-prefix", "corp_")),
                "partner", partner()));
        authenticator = authenticator();
        endpoint.answers(ALICE);
        partner.answers(ALICE.replace("alice", "bob"));

        assertThat(accepted(TokenValue.of("corp_1")).issuerName()).isEqualTo("corp");
        assertThat(accepted(TokenValue.of("partner_1")).identity().values()).isEqualTo(Map.of("sub", "bob"));
        refused(TokenValue.of("corp"), Problem.TOKEN_MALFORMED);
        refused(TokenValue.of("other_1"), Problem.TOKEN_MALFORMED);
        refused(TokenValue.of("CORP_1"), Problem.TOKEN_MALFORMED);

        assertThat(endpoint.asked()).containsExactly("corp_1");
        assertThat(partner.asked()).containsExactly("partner_1");
    }

    /** RFC 7662 section 4: what is asked about one token says nothing of another. */
    @Test
    void neverGivesOneTheOthersIdentity() {
        FakeIntrospector partner = endpoint("partner");
        issuers = issuers(Map.of(
                "corp", block(Map.of("introspection.token-prefix", "corp_")),
                "partner", partner()));
        authenticator = authenticator();
        Randomly.check(random -> {
            List<Runnable> answers = new ArrayList<>();
            List<Map.Entry<List<String>, List<String>>> results = new ArrayList<>();
            endpoint.answers(token -> later(answers, sub(token)));
            partner.answers(token -> later(answers, sub(token)));
            for (int step = 0; step < 2_000; step++) {
                String user = Randomly.oneOf(random, List.of("alice", "bob"));
                String issuer = Randomly.oneOf(random, List.of("corp", "partner"));
                TokenValue token = TokenValue.of(issuer + "_" + user + "_" + random.nextInt(3));
                List<String> owner = List.of(token.reveal(), issuer, user);
                authenticator
                        .authenticate(token)
                        .map(known -> List.of(
                                known.token().reveal(),
                                known.issuerName(),
                                known.identity().values().get("sub")))
                        .onErrorResume(failure -> Mono.just(List.of(failure.toString())))
                        .subscribe(seen -> results.add(Map.entry(owner, seen)));
                if (random.nextInt(3) == 0 && !answers.isEmpty()) {
                    answers.remove(random.nextInt(answers.size())).run();
                }
                if (random.nextInt(10) == 0) {
                    clock.advance(Duration.ofSeconds(random.nextInt(20)));
                }
            }
            List.copyOf(answers).forEach(Runnable::run);
            assertThat(results)
                    .hasSize(2_000)
                    .allSatisfy(result -> assertThat(result.getValue()).isEqualTo(result.getKey()));
        });
    }

    private static String sub(String token) {
        return token.split("_")[1];
    }

    private static Mono<AuthorizationServerHttp.Answer> later(List<Runnable> answers, String sub) {
        Sinks.One<AuthorizationServerHttp.Answer> answer = Sinks.one();
        AuthorizationServerHttp.Answer yes = FakeIntrospector.json(
                        "{'active':true,'client_id':'app','aud':'gateway','sub':'" + sub + "'}")
                .blockOptional(SOON)
                .orElseThrow();
        answers.add(() -> answer.tryEmitValue(yes).orThrow());
        return answer.asMono();
    }

    // RFC 9701.

    @Test
    void takesASignedAnswer() {
        endpoint.answers(200, SIGNED, signedAnswer().text());
        assertThat(accepted(OPAQUE).identity().values()).isEqualTo(Map.of("sub", "alice"));

        endpoint.answers(200, SIGNED + ";charset=utf-8", signedAnswer().text());
        accepted(TokenValue.of("another"));
        endpoint.answers(
                200,
                SIGNED,
                signedAnswer()
                        .claim("token_introspection", Map.of("active", false))
                        .text());
        refused(TokenValue.of("a-third"), Problem.TOKEN_INACTIVE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongSignedAnswers")
    void takesNoOtherJwtForASignedAnswer(String what, String body) {
        endpoint.answers(200, SIGNED, body);

        refused(OPAQUE, Problem.INTROSPECTION_UNAVAILABLE);
    }

    static Stream<Arguments> wrongSignedAnswers() {
        TestTokens good = signedAnswer();
        String[] parts = good.text().split("\\.", -1);
        return Stream.of(
                Arguments.of("typ jwt", good.header("typ", "jwt").text()),
                Arguments.of("typ at+jwt", good.header("typ", "at+jwt").text()),
                Arguments.of("no typ", good.withoutHeader("typ").text()),
                Arguments.of("a shared key", good.header("alg", "HS256").text()),
                Arguments.of(
                        "an algorithm that is not configured",
                        good.header("alg", "RS384").text()),
                Arguments.of("an unknown kid", good.header("kid", "other").text()),
                Arguments.of("an unknown key", good.signedBy(TestTokens.NEW_RSA).text()),
                Arguments.of("another key", good.signedBy(TestTokens.OTHER_RSA).text()),
                Arguments.of("no signature", parts[0] + "." + parts[1] + "."),
                Arguments.of(
                        "another payload",
                        parts[0] + "." + TestTokens.ofAlice().text().split("\\.")[1] + "." + parts[2]),
                Arguments.of(
                        "another iss", good.claim("iss", "https://evil.example").text()),
                Arguments.of("no iss", good.without("iss").text()),
                Arguments.of("another aud", good.claim("aud", "another-client").text()),
                Arguments.of("no aud", good.without("aud").text()),
                Arguments.of("an old answer", good.claim("iat", now() - 301).text()),
                Arguments.of(
                        "an answer of tomorrow", good.claim("iat", now() + 31).text()),
                Arguments.of("no iat", good.without("iat").text()),
                Arguments.of("a string for iat", good.claim("iat", "now").text()),
                Arguments.of(
                        "nothing of the token",
                        good.without("token_introspection").text()),
                Arguments.of(
                        "a list", good.claim("token_introspection", List.of()).text()),
                Arguments.of(
                        "no active",
                        good.claim("token_introspection", Map.of("sub", "alice"))
                                .text()),
                Arguments.of(
                        "everything outside",
                        good.without("token_introspection")
                                .claim("active", true)
                                .claim("sub", "alice")
                                .text()),
                Arguments.of("JSON", ALICE.replace('\'', '"')),
                Arguments.of("no object inside", good.signed("[]")),
                Arguments.of("an access token", TestTokens.ofAlice().text()),
                Arguments.of("nothing", ""));
    }

    @Test
    void takesNoSignedAnswerWhileTheKeysCannotBeHad() {
        server.answer("/keys", 500, "");
        endpoint.answers(200, SIGNED, signedAnswer().text());

        refused(OPAQUE, Problem.INTROSPECTION_UNAVAILABLE);
    }

    private static TestTokens signedAnswer() {
        return TestTokens.ofAlice()
                .header("typ", "token-introspection+jwt")
                .without("sub")
                .without("exp")
                .without("client_id")
                .without("scope")
                .without("roles")
                .claim("aud", FakeIntrospector.CLIENT)
                .claim("token_introspection", TestClaims.of(inside(ALICE)).values());
    }

    // Issuers without keys.

    @Test
    void needsNoKeysWhereAllTokensAreOpaque() {
        issuers = withMetadata();
        authenticator = authenticator();
        endpoint.answers(ALICE);
        accepted(OPAQUE);
        refused(TestTokens.ofAlice().claim("iss", server.origin()).value(), Problem.KEYS_UNAVAILABLE);

        assertThat(issuers.keyStates()).singleElement().satisfies(state -> {
            assertThat(state.isReady()).isTrue();
            assertThat(state.keys()).isZero();
            assertThat(state.lost()).isFalse();
        });
        assertThat(endpoint.asked()).containsExactly(OPAQUE.reveal());
    }

    /** A server that is being exchanged answers 404 for a while, and what stands before it 401, 403 or 429. */
    @ParameterizedTest
    @ValueSource(ints = {404, 410, 401, 403, 429})
    void keepsTheKeysThatItHadWhenTheMetadataIsGoneForAWhile(int status) {
        publishMetadata(200);
        issuers = withMetadata();
        authenticator = authenticator();
        endpoint.answers("{'active':true}");
        TestTokens token = TestTokens.ofAlice().claim("iss", server.origin());
        accepted(token.value());

        publishMetadata(status);
        clock.advance(Duration.ofMinutes(11));
        accepted(token.claim("jti", "another").value());
        clock.advance(Duration.ofMinutes(11));

        assertThat(accepted(token.value()).identity().values()).isEqualTo(Map.of("sub", "alice"));
        assertThat(issuers.keyStates()).singleElement().satisfies(state -> {
            assertThat(state.keys()).isEqualTo(1);
            assertThat(state.lost()).isTrue();
        });
    }

    /** Nobody can say that a server has no keys while it does not let us look. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429})
    void findsTheKeysOfAServerThatDidNotLetItLookAtFirst(int status) {
        publishMetadata(status);
        issuers = withMetadata();
        authenticator = authenticator();
        endpoint.answers("{'active':true}");
        TestTokens token = TestTokens.ofAlice().claim("iss", server.origin());
        refused(token.value(), Problem.KEYS_UNAVAILABLE);
        assertThat(issuers.keyStates())
                .singleElement()
                .satisfies(state -> assertThat(state.isReady()).isFalse());

        publishMetadata(200);
        clock.advance(Duration.ofSeconds(10));
        accepted(token.value());
    }

    private Issuers withMetadata() {
        return issuers(Map.of(
                "corp",
                TestIssuers.block(Map.of(
                        "issuer", server.origin(),
                        "audiences", "gateway",
                        "introspection.uri", "https://id.example.com/introspect",
                        "introspection.client", "gateway"))));
    }

    private void publishMetadata(int status) {
        server.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA));
        server.answer(
                "/.well-known/openid-configuration",
                status,
                "{\"issuer\":\"" + server.origin() + "\",\"jwks_uri\":\"" + server.origin() + "/keys\"}");
    }

    private static long now() {
        return TestTokens.NOW.getEpochSecond();
    }

    private static String inside(String object) {
        return object.substring(1, object.length() - 1);
    }

    private FakeIntrospector endpoint(String issuer) {
        return endpoints.computeIfAbsent(issuer, any -> new FakeIntrospector());
    }

    private IssuerProperties block(Map<String, ?> more) {
        server.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA));
        Map<String, Object> settings = new HashMap<>(
                Map.of("introspection.uri", "https://id.example.com/introspect", "introspection.client", "gateway"));
        settings.putAll(more);
        return TestIssuers.corp(server.origin() + "/keys", settings);
    }

    private IssuerProperties partner() {
        return block(Map.of("issuer", "https://partner.example", "introspection.token-prefix", "partner_"));
    }

    private Issuers corp(Map<String, ?> more) {
        return issuers(Map.of("corp", block(more)));
    }

    private Issuers issuers(Map<String, IssuerProperties> blocks) {
        return Issuers.of(
                blocks,
                new Issuers.Surroundings(
                        (key, issuerName, clientName, uri) -> endpoint(issuerName),
                        NEGATIVE_TTL,
                        5,
                        new Alarms(meters),
                        clock));
    }

    private Authenticator authenticator() {
        return new Authenticator(issuers, new Revocations(clock), new CacheBounds(1000, 10_000_000), clock);
    }

    private Caller.Known accepted(TokenValue token) {
        return authenticator.authenticate(token).blockOptional(SOON).orElseThrow();
    }

    private void refused(TokenValue token, Problem problem) {
        StepVerifier.create(Mono.defer(() -> authenticator.authenticate(token)))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                ProblemException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(problem)))
                .verify(SOON);
    }
}
