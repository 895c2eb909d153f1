package dev.procura.sample.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.sample.issuer.RunningIssuer.Answer;
import dev.procura.sample.issuer.RunningIssuer.Credentials;
import java.text.ParseException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokenExchangeTest {

    private static final Credentials GATEWAY = Credentials.GATEWAY;
    private static final Credentials ORDERS_API = Credentials.ORDERS_API;
    private static final String ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

    private static RunningIssuer issuer;

    @BeforeAll
    static void start() {
        issuer = new RunningIssuer();
    }

    @AfterAll
    static void stop() {
        issuer.close();
    }

    @Test
    void honoursTheAudience() throws Exception {
        Answer answer = issuer.exchange(GATEWAY, issuer.tokenOf("alice"), "audience", "orders-api");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("issued_token_type").stringValue()).isEqualTo(ACCESS_TOKEN_TYPE);
        JWTClaimsSet claims = claims(answer);
        assertThat(claims.getAudience()).containsExactly("orders-api");
        assertThat(claims.getSubject()).isEqualTo("alice");
        assertThat(claims.getStringClaim("client_id")).isEqualTo("gateway");
        assertThat(claims.getStringClaim("scope")).isEqualTo("orders.read reports.read");
        assertThat(claims.getStringListClaim("roles")).containsExactly("report-reader");
    }

    @Test
    void honoursSeveralAudiences() throws Exception {
        Answer answer =
                issuer.exchange(GATEWAY, issuer.tokenOf("alice"), "audience", "orders-api", "audience", "reports-api");

        assertThat(claims(answer).getAudience()).containsExactlyInAnyOrder("orders-api", "reports-api");
    }

    @Test
    void namesTheExchangerAsTheActor() throws Exception {
        assertThat(claims(firstHop()).getJSONObjectClaim("act")).isEqualTo(actor("gateway"));
    }

    @Test
    void nestsTheEarlierActorOnTheSecondHop() throws Exception {
        Answer answer = secondHop(firstHop().accessToken(), ownToken(ORDERS_API));

        JWTClaimsSet claims = claims(answer);
        assertThat(claims.getAudience()).containsExactly("inventory-api");
        assertThat(claims.getSubject()).isEqualTo("alice");
        assertThat(claims.getStringClaim("client_id")).isEqualTo("orders-api");
        assertThat(claims.getJSONObjectClaim("act"))
                .isEqualTo(Map.of("iss", issuer.url(), "sub", "orders-api", "act", actor("gateway")));
    }

    @Test
    void nestsTheEarlierActorWithoutAnActorTokenToo() throws Exception {
        Answer answer = issuer.exchange(ORDERS_API, firstHop().accessToken(), "audience", "inventory-api");

        assertThat(claims(answer).getJSONObjectClaim("act"))
                .isEqualTo(Map.of("iss", issuer.url(), "sub", "orders-api", "act", actor("gateway")));
    }

    @Test
    void takesTheSubjectTokenAsAJwtToo() {
        Answer answer = issuer.token(
                GATEWAY,
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token",
                issuer.tokenOf("alice"),
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:jwt",
                "audience",
                "orders-api");

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void refusesAnUnknownAudience() {
        assertRefused(issuer.exchange(GATEWAY, issuer.tokenOf("alice"), "audience", "payroll-api"), "invalid_target");
    }

    @Test
    void refusesAnAudienceThatAnotherClientMayAskFor() {
        assertRefused(issuer.exchange(GATEWAY, issuer.tokenOf("alice"), "audience", "inventory-api"), "invalid_target");
    }

    @Test
    void refusesOneGoodAudienceBesideABadOne() {
        assertRefused(
                issuer.exchange(GATEWAY, issuer.tokenOf("alice"), "audience", "orders-api", "audience", "payroll-api"),
                "invalid_target");
    }

    @Test
    void refusesToSayNoAudience() {
        assertRefused(issuer.exchange(GATEWAY, issuer.tokenOf("alice")), "invalid_target");
    }

    @Test
    void refusesTheWayBackToTheFrontDoor() {
        assertRefused(issuer.exchange(ORDERS_API, firstHop().accessToken(), "audience", "gateway"), "invalid_target");
    }

    @Test
    void refusesATargetThatIsAnAddress() {
        assertRefused(
                issuer.exchange(
                        GATEWAY,
                        issuer.tokenOf("alice"),
                        "audience",
                        "orders-api",
                        "resource",
                        "https://orders.example.com"),
                "invalid_target");
    }

    @Test
    void refusesARequesterTheSubjectTokenIsNotFor() {
        assertRefused(
                issuer.exchange(ORDERS_API, issuer.tokenOf("alice"), "audience", "inventory-api"), "invalid_grant");
        assertRefused(issuer.exchange(GATEWAY, firstHop().accessToken(), "audience", "orders-api"), "invalid_grant");
    }

    @Test
    void refusesAnAppOnlySubject() {
        assertRefused(issuer.exchange(GATEWAY, ownToken(ORDERS_API), "audience", "orders-api"), "invalid_grant");
    }

    @Test
    void refusesAnActorTokenOfSomeoneElse() {
        String subject = firstHop().accessToken();

        assertRefused(secondHop(subject, ownToken(GATEWAY, "audience", "orders-api")), "invalid_grant");
        assertRefused(secondHop(subject, subject), "invalid_grant");
    }

    @Test
    void refusesATokenOfAnotherIssuer() {
        try (RunningIssuer other = new RunningIssuer()) {
            assertRefused(issuer.exchange(GATEWAY, other.tokenOf("alice"), "audience", "orders-api"), "invalid_grant");
        }
    }

    @Test
    void givesTheScopeThatIsAskedForAndNoOther() throws Exception {
        Answer answer = issuer.exchange(GATEWAY, issuer.tokenOf("alice"), "audience", "orders-api", "scope", "orders");

        assertThat(claims(answer).getStringClaim("scope")).isEqualTo("orders");
    }

    @Test
    void gainsNoFrontDoorScopeThatTheSubjectTokenLacks() {
        String narrow = issuer.exchange(GATEWAY, issuer.tokenOf("alice"), "audience", "orders-api", "scope", "orders")
                .accessToken();

        assertRefused(
                issuer.exchange(ORDERS_API, narrow, "audience", "inventory-api", "scope", "orders.read"),
                "invalid_scope");
    }

    @Test
    void givesAUserNoScopeTheUserMayNotHave() throws Exception {
        String bob = issuer.tokenOf("bob");

        assertRefused(issuer.exchange(GATEWAY, bob, "audience", "orders-api", "scope", "orders.read"), "invalid_scope");
        assertRefused(issuer.exchange(GATEWAY, bob, "audience", "orders-api", "scope", "orders"), "invalid_scope");
        assertThat(claims(issuer.exchange(GATEWAY, bob, "audience", "orders-api"))
                        .getStringClaim("scope"))
                .isEqualTo("reports.read");
    }

    @Test
    void refusesAWrongSecret() {
        Answer answer = issuer.exchange(
                new Credentials("gateway", RunningIssuer.ORDERS_API_SECRET),
                issuer.tokenOf("alice"),
                "audience",
                "orders-api");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.error()).isEqualTo("invalid_client");
    }

    private static Answer firstHop() {
        return issuer.exchange(GATEWAY, issuer.tokenOf("alice"), "audience", "orders-api");
    }

    private static Answer secondHop(String subjectToken, String actorToken) {
        return issuer.exchange(
                ORDERS_API,
                subjectToken,
                "actor_token",
                actorToken,
                "actor_token_type",
                ACCESS_TOKEN_TYPE,
                "audience",
                "inventory-api");
    }

    private static String ownToken(Credentials client) {
        return issuer.token(client, "grant_type", "client_credentials").accessToken();
    }

    private static String ownToken(Credentials client, String name, String value) {
        return issuer.token(client, "grant_type", "client_credentials", name, value)
                .accessToken();
    }

    private static Map<String, Object> actor(String client) {
        return Map.of("iss", issuer.url(), "sub", client);
    }

    private static void assertRefused(Answer answer, String error) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo(error);
    }

    private static JWTClaimsSet claims(Answer answer) throws ParseException {
        return SignedJWT.parse(answer.accessToken()).getJWTClaimsSet();
    }
}
