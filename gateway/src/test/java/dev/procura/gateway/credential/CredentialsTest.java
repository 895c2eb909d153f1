package dev.procura.gateway.credential;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.RuleExample;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.policy.AccessPolicy;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class CredentialsTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Client CLIENT = GrantExample.CLIENT;
    private static final Target TARGET = GrantExample.TARGET;
    private static final AccessToken ISSUED = FakeTokenSource.token("issued-for-the-tier", NOW.plusSeconds(300));
    private static final CallerExample ALICE = CallerExample.user("alice");

    private final FakeTokenSource tokens = FakeTokenSource.giving(ISSUED);
    private final List<Map.Entry<Grant, TokenValue>> forgotten = new ArrayList<>();
    private Optional<Mono<AccessToken>> other = Optional.empty();
    private Credentials credentials;

    @BeforeEach
    void aKeyForStatements() throws Exception {
        credentials = new Credentials(
                tokens,
                this::forget,
                new UserContexts(
                        "https://api.example.com",
                        List.of(new ECKeyGenerator(Curve.P_256).keyID("k").generate()),
                        new CacheBounds(10, 10_000),
                        MutableClock.at(NOW)),
                new AskedClaims(MutableClock.at(NOW)));
    }

    private Optional<Mono<AccessToken>> forget(Grant grant, TokenValue refused) {
        forgotten.add(Map.entry(grant, refused));
        return other;
    }

    private static CredentialPlan.OnBehalfOf onBehalfOf(CredentialPlan.AppCallers appCallers) {
        return new CredentialPlan.OnBehalfOf(CLIENT, TARGET, appCallers, Optional.empty(), Optional.empty());
    }

    private static CredentialPlan.ClientCredentials own(CredentialPlan.UserContext userContext) {
        return new CredentialPlan.ClientCredentials(CLIENT, TARGET, userContext);
    }

    private static Permit permit(CallerExample caller) {
        return permit(caller, Optional.empty());
    }

    /** Permits come from the policy alone, in tests too. */
    private static Permit permit(CallerExample caller, Optional<CallerExample> actor) {
        AccessRule.Restricted rule = RuleExample.restricted(
                Set.of(caller.issuerName()),
                Set.of("gateway"),
                EnumSet.allOf(Caller.Kind.class),
                Scopes.none(),
                Scopes.none(),
                Set.of(),
                Set.of(),
                actor.map(api -> new AccessRule.ActorRule("orders-api", Set.of(), Set.of("gateway"))));
        return (Permit) AccessPolicy.decide(rule, caller.known(), actor.map(CallerExample::known), Instant.EPOCH);
    }

    private static Permit anyone() {
        return AccessPolicy.permitAnyone(AccessRule.Open.OPEN);
    }

    private static CallerExample caller(Caller.Kind kind) {
        return ALICE.kind(kind);
    }

    private OutboundCredential provided(CredentialPlan plan, Permit permit) {
        return credentials.provide(plan, permit).blockOptional(SOON).orElseThrow();
    }

    private void assertCannotBeActedFor(CredentialPlan plan, Permit permit, String reason) {
        StepVerifier.create(Mono.defer(() -> credentials.provide(plan, permit)))
                .expectErrorSatisfies(failure -> {
                    ProblemException problem = (ProblemException) failure;
                    assertThat(problem.problem()).isEqualTo(Problem.CALLER_CANNOT_BE_ACTED_FOR);
                    assertThat(problem.reason()).contains(reason).doesNotContain(ALICE.token());
                })
                .verify(SOON);
        assertThat(tokens.calls()).isZero();
    }

    @Test
    void aUserIsActedForWithTheVeryTokenThatWasSent() {
        OutboundCredential credential = provided(onBehalfOf(CredentialPlan.AppCallers.REJECT), permit(ALICE));

        assertThat(credential).isEqualTo(new OutboundCredential.Bearer(ISSUED.value(), Optional.empty()));
        assertThat(tokens.asked())
                .containsExactly(
                        new Grant.OnBehalfOf(CLIENT, TARGET, ALICE.known(), Optional.empty(), Optional.empty()));
    }

    @Test
    void aUserIsActedForAlsoWhereAppsGetTheGatewaysOwnToken() {
        provided(onBehalfOf(CredentialPlan.AppCallers.CLIENT_CREDENTIALS), permit(ALICE));

        assertThat(tokens.asked())
                .containsExactly(
                        new Grant.OnBehalfOf(CLIENT, TARGET, ALICE.known(), Optional.empty(), Optional.empty()));
    }

    @Test
    void theActingApiGoesAlongWhereTheRuleDemandedOne() {
        CallerExample api = CallerExample.app("orders-api");

        provided(onBehalfOf(CredentialPlan.AppCallers.REJECT), permit(ALICE, Optional.of(api)));

        assertThat(tokens.asked())
                .containsExactly(new Grant.OnBehalfOf(
                        CLIENT,
                        TARGET,
                        ALICE.known(),
                        Optional.of(new Actor.CallingApi(api.known())),
                        Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"APP, REJECT", "UNKNOWN, REJECT", "UNKNOWN, CLIENT_CREDENTIALS"})
    void whoCannotBeToldToBeAUserIsNotActedFor(Caller.Kind kind, CredentialPlan.AppCallers appCallers) {
        assertCannotBeActedFor(onBehalfOf(appCallers), permit(caller(kind)), kind.name());
    }

    /** What B2C gives everybody is nobody's name, however it is written. */
    static Stream<Arguments> usersWithoutASubjectOfTheirOwn() {
        return Stream.of(
                argumentSet("no sub", ALICE.without("sub")),
                argumentSet("an empty sub", ALICE.claim("sub", "")),
                argumentSet("a sub that is a list", ALICE.claim("sub", List.of("alice"))),
                argumentSet("everybody's sub", ALICE.claim("sub", "Not supported currently. Use oid claim.")),
                argumentSet("the same in capitals", ALICE.claim("sub", " NOT SUPPORTED CURRENTLY. USE OID CLAIM. ")));
    }

    @ParameterizedTest
    @MethodSource("usersWithoutASubjectOfTheirOwn")
    void whoHasNoSubjectThatCouldBeRepeatedIsNotActedForAndNobodyIsAsked(CallerExample user) {
        assertCannotBeActedFor(onBehalfOf(CredentialPlan.AppCallers.REJECT), permit(user), "credential.subject");
        assertCannotBeActedFor(
                onBehalfOf(CredentialPlan.AppCallers.CLIENT_CREDENTIALS), permit(user), "credential.subject");
    }

    @ParameterizedTest
    @MethodSource("usersWithoutASubjectOfTheirOwn")
    void whoHasNoSubjectThatCouldBeRepeatedIsActedForWhereTheServerMaps(CallerExample user) {
        Target mapped = GrantExample.ofAlice().mapped().target();

        provided(
                new CredentialPlan.OnBehalfOf(
                        CLIENT, mapped, CredentialPlan.AppCallers.REJECT, Optional.empty(), Optional.empty()),
                permit(user));

        assertThat(tokens.asked())
                .containsExactly(
                        new Grant.OnBehalfOf(CLIENT, mapped, user.known(), Optional.empty(), Optional.empty()));
    }

    @Test
    void whoNamesTheGatewayInMayActIsActedFor() {
        CallerExample alice = ALICE.claim("may_act", Map.of("sub", "gateway", "iss", CallerExample.ISSUER));

        provided(onBehalfOf(CredentialPlan.AppCallers.REJECT), permit(alice));

        assertThat(tokens.asked())
                .containsExactly(
                        new Grant.OnBehalfOf(CLIENT, TARGET, alice.known(), Optional.empty(), Optional.empty()));
    }

    @Test
    void whoNamesSomebodyElseInMayActIsNotActedForAndNobodyIsAsked() {
        for (Object mayAct : List.of(Map.of("sub", "orders-api"), Map.of(), "gateway")) {
            assertCannotBeActedFor(
                    onBehalfOf(CredentialPlan.AppCallers.REJECT), permit(ALICE.claim("may_act", mayAct)), "may_act");
        }
    }

    @Test
    void besideAnActorTokenMayActNamesItsOwner() {
        CallerExample api = CallerExample.app("orders-api");
        CallerExample forTheApi = ALICE.claim("may_act", Map.of("client_id", "orders-api"));

        assertCannotBeActedFor(
                onBehalfOf(CredentialPlan.AppCallers.REJECT),
                permit(ALICE.claim("may_act", Map.of("sub", "gateway")), Optional.of(api)),
                "Actor-Token");
        assertCannotBeActedFor(
                onBehalfOf(CredentialPlan.AppCallers.REJECT), permit(forTheApi), "procura.clients.gateway");
        provided(onBehalfOf(CredentialPlan.AppCallers.REJECT), permit(forTheApi, Optional.of(api)));

        assertThat(tokens.asked())
                .containsExactly(new Grant.OnBehalfOf(
                        CLIENT,
                        TARGET,
                        forTheApi.known(),
                        Optional.of(new Actor.CallingApi(api.known())),
                        Optional.empty()));
    }

    /** Nobody is acted for there: the gateway speaks for itself, or passes on what it was given. */
    @Test
    void mayActSaysNothingOfTheOtherModes() {
        CallerExample app = caller(Caller.Kind.APP).claim("may_act", Map.of("sub", "nobody"));

        provided(onBehalfOf(CredentialPlan.AppCallers.CLIENT_CREDENTIALS), permit(app));
        provided(own(CredentialPlan.UserContext.NONE), permit(app));
        provided(CredentialPlan.PassThrough.PASS_THROUGH, permit(app));
    }

    @Test
    void anAppGetsTheGatewaysOwnTokenWhereTheRouteSaysSo() {
        OutboundCredential credential =
                provided(onBehalfOf(CredentialPlan.AppCallers.CLIENT_CREDENTIALS), permit(caller(Caller.Kind.APP)));

        assertThat(credential).isEqualTo(new OutboundCredential.Bearer(ISSUED.value(), Optional.empty()));
        assertThat(tokens.asked()).containsExactly(new Grant.ClientCredentials(CLIENT, TARGET));
    }

    @ParameterizedTest
    @EnumSource(CredentialPlan.AppCallers.class)
    void nobodyInParticularIsNotActedFor(CredentialPlan.AppCallers appCallers) {
        assertCannotBeActedFor(onBehalfOf(appCallers), anyone(), "open to anyone");
    }

    @Test
    void onlyCallersOfTheClientsSubjectIssuersAreActedFor() {
        Client partners = GrantExample.forCallersOf("corp");
        CredentialPlan plan = new CredentialPlan.OnBehalfOf(
                partners, TARGET, CredentialPlan.AppCallers.CLIENT_CREDENTIALS, Optional.empty(), Optional.empty());

        assertCannotBeActedFor(plan, permit(ALICE.issuerName("partner")), "subject-issuers");
        provided(plan, permit(ALICE));

        assertThat(tokens.asked())
                .containsExactly(
                        new Grant.OnBehalfOf(partners, TARGET, ALICE.known(), Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @EnumSource(Caller.Kind.class)
    void theGatewaysOwnTokenHoldsNothingOfTheCaller(Caller.Kind kind) {
        OutboundCredential credential = provided(own(CredentialPlan.UserContext.NONE), permit(caller(kind)));

        assertThat(credential).isEqualTo(new OutboundCredential.Bearer(ISSUED.value(), Optional.empty()));
        assertThat(tokens.asked()).containsExactly(new Grant.ClientCredentials(CLIENT, TARGET));
    }

    @Test
    void theGatewaysOwnTokenNeedsNoCaller() {
        assertThat(provided(own(CredentialPlan.UserContext.NONE), anyone()))
                .isEqualTo(new OutboundCredential.Bearer(ISSUED.value(), Optional.empty()));
    }

    @ParameterizedTest
    @EnumSource(Caller.Kind.class)
    void aPlannedStatementAboutTheCallerGoesBesideTheGatewaysOwnToken(Caller.Kind kind) throws Exception {
        OutboundCredential.Bearer credential =
                (OutboundCredential.Bearer) provided(own(CredentialPlan.UserContext.SIGNED), permit(caller(kind)));

        var statement =
                SignedJWT.parse(credential.userContext().orElseThrow().reveal()).getJWTClaimsSet();
        assertThat(credential.token()).isEqualTo(ISSUED.value());
        assertThat(statement.getAudience()).containsExactly("orders-api");
        assertThat(statement.getStringClaim("ath"))
                .isEqualTo(ISSUED.value().fingerprint().base64Url());
    }

    @Test
    void aPlannedStatementNeedsAKnownCaller() {
        assertCannotBeActedFor(own(CredentialPlan.UserContext.SIGNED), anyone(), "open to anyone");
    }

    @ParameterizedTest
    @EnumSource(Caller.Kind.class)
    void passThroughSendsTheCallersTokenAndNothingElse(Caller.Kind kind) {
        CallerExample caller = caller(kind);

        assertThat(provided(CredentialPlan.PassThrough.PASS_THROUGH, permit(caller)))
                .isEqualTo(new OutboundCredential.Bearer(caller.known().token(), Optional.empty()));
        assertThat(tokens.calls()).isZero();
    }

    @Test
    void passThroughNeedsAKnownCaller() {
        assertCannotBeActedFor(CredentialPlan.PassThrough.PASS_THROUGH, anyone(), "open to anyone");
    }

    @Test
    void noneSendsNothingWhoeverCalls() {
        assertThat(provided(CredentialPlan.None.NONE, anyone())).isEqualTo(OutboundCredential.Absent.ABSENT);
        assertThat(provided(CredentialPlan.None.NONE, permit(ALICE))).isEqualTo(OutboundCredential.Absent.ABSENT);
        assertThat(tokens.calls()).isZero();
    }

    @Test
    void withoutATokenThereIsNoCredential() {
        ProblemException failure = ProblemException.of(Problem.TARGET_DENIED, "no");
        tokens.nowFails(failure);

        for (CredentialPlan plan : List.of(
                onBehalfOf(CredentialPlan.AppCallers.REJECT),
                own(CredentialPlan.UserContext.NONE),
                own(CredentialPlan.UserContext.SIGNED))) {
            StepVerifier.create(credentials.provide(plan, permit(ALICE)))
                    .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(failure))
                    .verify(SOON);
        }
    }

    @Test
    void nothingIsAskedBeforeSubscription() {
        credentials.provide(onBehalfOf(CredentialPlan.AppCallers.REJECT), permit(ALICE));

        assertThat(tokens.calls()).isZero();
    }

    @Test
    void aCredentialPrintsWithoutItsTokens() {
        OutboundCredential credential = provided(own(CredentialPlan.UserContext.SIGNED), permit(ALICE));

        assertThat(credential.toString())
                .doesNotContain(ISSUED.value().reveal())
                .doesNotContain(((OutboundCredential.Bearer) credential)
                        .userContext()
                        .orElseThrow()
                        .reveal());
        assertThat(new Grant.OnBehalfOf(
                                CLIENT,
                                TARGET,
                                ALICE.known(),
                                Optional.of(new Actor.CallingApi(ALICE.known())),
                                Optional.empty())
                        .toString())
                .doesNotContain(ALICE.token());
    }

    @ParameterizedTest
    @MethodSource("obtained")
    void whatATierRefusesIsForgottenForTheVeryGrantItWasObtainedWith(CredentialPlan plan) {
        OutboundCredential.Bearer refused = (OutboundCredential.Bearer) provided(plan, permit(ALICE));
        AccessToken fresh = FakeTokenSource.token("fresh", NOW.plusSeconds(300));
        other = Optional.of(Mono.just(fresh));

        OutboundCredential another = credentials
                .afterRefusal(plan, permit(ALICE), refused, Optional.of("{}"))
                .orElseThrow()
                .blockOptional(SOON)
                .orElseThrow();

        assertThat(forgotten).containsExactly(Map.entry(tokens.asked().get(0), ISSUED.value()));
        assertThat(((OutboundCredential.Bearer) another).token()).isEqualTo(fresh.value());
        assertThat(((OutboundCredential.Bearer) another).userContext().isPresent())
                .isEqualTo(refused.userContext().isPresent());
    }

    @ParameterizedTest
    @MethodSource("obtained")
    void whereNoOtherMayBeAskedForThereIsNone(CredentialPlan plan) {
        OutboundCredential.Bearer refused = (OutboundCredential.Bearer) provided(plan, permit(ALICE));

        assertThat(credentials.afterRefusal(plan, permit(ALICE), refused, Optional.empty()))
                .isEmpty();
        assertThat(tokens.calls()).isEqualTo(1);
    }

    @Test
    void theCallersOwnTokenAndNoneAreNothingToForget() {
        OutboundCredential.Bearer own =
                new OutboundCredential.Bearer(ALICE.known().token(), Optional.empty());

        for (CredentialPlan plan : List.of(CredentialPlan.PassThrough.PASS_THROUGH, CredentialPlan.None.NONE)) {
            assertThat(credentials.afterRefusal(plan, permit(ALICE), own, Optional.empty()))
                    .isEmpty();
            assertThat(Credentials.isObtained(plan)).isFalse();
            assertThat(Credentials.namesCaller(plan, permit(ALICE))).isFalse();
        }
        assertThat(forgotten).isEmpty();
    }

    @Test
    void onlyACredentialThatNamesTheCallerIsTheCallersConcern() {
        CredentialPlan mixed = onBehalfOf(CredentialPlan.AppCallers.CLIENT_CREDENTIALS);

        assertThat(Credentials.namesCaller(mixed, permit(ALICE))).isTrue();
        assertThat(Credentials.namesCaller(mixed, permit(CallerExample.app("daemon"))))
                .isFalse();
        assertThat(Credentials.namesCaller(own(CredentialPlan.UserContext.NONE), permit(ALICE)))
                .isFalse();
        assertThat(Credentials.namesCaller(own(CredentialPlan.UserContext.SIGNED), permit(ALICE)))
                .isTrue();
    }

    static Stream<CredentialPlan> obtained() {
        return Stream.of(
                onBehalfOf(CredentialPlan.AppCallers.REJECT),
                own(CredentialPlan.UserContext.NONE),
                own(CredentialPlan.UserContext.SIGNED));
    }
}
