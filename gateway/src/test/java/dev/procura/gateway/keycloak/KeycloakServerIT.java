package dev.procura.gateway.keycloak;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The fixture itself, and the facts about Keycloak that the gateway's rules lean on. */
class KeycloakServerIT {

    private final KeycloakServer keycloak = KeycloakServer.shared();

    @Test
    void aUsersTokenIsForTheGatewayAndHasASession() throws Exception {
        var alice = claims(keycloak.passwordToken("alice"));

        assertThat(alice.getIssuer()).isEqualTo(keycloak.issuer());
        assertThat(alice.getAudience()).contains("gateway");
        assertThat(scopes(alice)).contains("orders.read");
        assertThat(alice.getStringClaim("azp")).isEqualTo("native-app");
        assertThat(alice.getStringClaim("sid")).isNotBlank();
        assertThat(alice.getClaims()).doesNotContainKeys("client_id", "clientHost", "clientAddress");
        assertThat(alice.getJSONObjectClaim("realm_access"))
                .extractingByKey("roles", as(list(String.class)))
                .contains("report-reader");
        assertThat(scopes(claims(keycloak.passwordToken("bob")))).doesNotContain("orders.read");
    }

    @Test
    void aUsersTokenIsTheSameWhetherByPasswordOrOnTheLoginPage() throws Exception {
        var byPassword = claims(keycloak.passwordToken("alice"));
        var onThePage = claims(keycloak.signInOnThePage("native-app", "alice").accessToken());

        assertThat(byPassword.getJWTID()).startsWith("onrtro:");
        assertThat(onThePage.getJWTID()).startsWith("onrtac:");
        assertThat(onThePage.getSubject()).isEqualTo(byPassword.getSubject());
        assertThat(onThePage.getAudience()).isEqualTo(byPassword.getAudience());
        assertThat(onThePage.getStringClaim("sid")).isNotBlank().isNotEqualTo(byPassword.getStringClaim("sid"));
    }

    @Test
    void everyHopHasItsOwnAudience() throws Exception {
        String subject = keycloak.passwordToken("alice");
        String orders =
                keycloak.exchange("gateway", subject, "orders-api", "orders").accessToken();
        String inventory = keycloak.exchange("orders-api", orders, "inventory-api", "inventory")
                .accessToken();

        assertThat(claims(orders).getAudience()).containsExactly("orders-api");
        assertThat(claims(orders).getStringClaim("azp")).isEqualTo("gateway");
        assertThat(claims(inventory).getAudience()).containsExactly("inventory-api");
        assertThat(claims(inventory).getStringClaim("azp")).isEqualTo("orders-api");
        assertThat(List.of(claims(orders), claims(inventory)))
                .allSatisfy(issued -> assertThat(issued.getSubject())
                        .isEqualTo(claims(subject).getSubject()))
                .allSatisfy(issued -> assertThat(issued.getStringClaim("sid"))
                        .isEqualTo(claims(subject).getStringClaim("sid")));
    }

    @Test
    void aUserWithoutTheTargetIsRefused() {
        Answer refused = keycloak.exchange("gateway", keycloak.passwordToken("bob"), "orders-api", "orders");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_request");
        assertThat(refused.errorDescription()).isEqualTo("Requested audience not available: orders-api");
    }

    @Test
    void clientsHaveTokensOfTheirOwn() throws Exception {
        assertThat(claims(keycloak.clientToken("gateway", "reports")).getAudience())
                .containsExactly("reports-api");
        for (String client : List.of("orders-api", "other-api", "daemon")) {
            var own = claims(keycloak.clientToken(client));
            assertThat(own.getAudience()).contains("gateway");
            assertThat(own.getStringClaim("client_id")).isEqualTo(client);
            assertThat(own.getStringClaim("azp")).isEqualTo(client);
            assertThat(own.getClaims()).doesNotContainKey("sid");
        }
    }

    @Test
    void noSingleClaimTellsAnApplicationFromAUser() throws Exception {
        var withSession = claims(keycloak.clientToken("daemon-with-refresh"));
        assertThat(withSession.getClaims()).containsKeys("sid", "client_id");

        var exchanged = claims(keycloak.exchange("gateway", keycloak.clientToken("daemon"), "orders-api", "orders")
                .accessToken());
        assertThat(exchanged.getClaims()).doesNotContainKeys("sid", "client_id");

        keycloak.admin().createUser("service-account-native-app");
        try {
            var user = claims(keycloak.passwordToken("service-account-native-app"));
            assertThat(user.getStringClaim("preferred_username")).isEqualTo("service-account-native-app");
            assertThat(user.getClaims()).containsKey("sid").doesNotContainKey("client_id");
        } finally {
            keycloak.admin().deleteUser("service-account-native-app");
        }
    }

    @Test
    void aLightweightTokenSaysNeitherWhoseItIsNorForWhom() throws Exception {
        String user = keycloak.signInThrough("light-app", "alice").accessToken();
        String application = keycloak.clientToken("light-daemon");

        assertThat(claims(user).getClaims().keySet())
                .containsExactlyInAnyOrder("exp", "iat", "jti", "iss", "typ", "azp", "sid", "scope");
        assertThat(claims(application).getClaims().keySet())
                .containsExactlyInAnyOrder("exp", "iat", "jti", "iss", "typ", "azp", "sub", "scope");
        for (String token : List.of(user, application)) {
            JsonNode answer = keycloak.introspect("gateway", token).body();
            assertThat(answer.path("active").asBoolean()).isTrue();
            assertThat(answer.path("aud").toString()).contains("\"gateway\"");
            assertThat(answer.has("sub")).isTrue();
            assertThat(answer.has("realm_access")).isTrue();
        }
    }

    @Test
    void aLightweightTokenIsExchangedOnlyWithTheAudienceInIt() throws Exception {
        String without = keycloak.signInThrough("light-app", "alice").accessToken();
        String with =
                keycloak.signInThrough("light-app", "alice", "front-door-light").accessToken();

        Answer refused = keycloak.exchange("gateway", without, "orders-api", "orders");
        var issued = claims(
                keycloak.exchange("gateway", with, "orders-api", "orders").accessToken());

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.error()).isEqualTo("access_denied");
        assertThat(claims(with).getAudience()).containsExactly("gateway");
        assertThat(claims(with).getSubject()).isNull();
        assertThat(issued.getAudience()).containsExactly("orders-api");
        assertThat(issued.getSubject())
                .isEqualTo(claims(keycloak.passwordToken("alice")).getSubject());
    }

    @Test
    void anIntrospectionAnswerNamesTheHolderAsClientIdWhoeverItSpeaksOf() throws Exception {
        JsonNode user =
                keycloak.introspect("gateway", keycloak.passwordToken("alice")).body();
        JsonNode application =
                keycloak.introspect("gateway", keycloak.clientToken("daemon")).body();
        String exchanged = keycloak.exchange(
                        "gateway", keycloak.clientToken("daemon-with-refresh"), "orders-api", "orders")
                .accessToken();
        JsonNode laundered = keycloak.introspect("orders-api", exchanged).body();

        assertThat(user.path("client_id").asString()).isEqualTo("native-app");
        assertThat(user.path("username").asString()).isEqualTo("alice");
        assertThat(user.has("sid")).isTrue();
        assertThat(application.path("client_id").asString()).isEqualTo("daemon");
        assertThat(application.path("username").asString()).isEqualTo("service-account-daemon");
        assertThat(application.path("jti").asString()).startsWith("trrtcc:");
        assertThat(List.of("sid", "clientHost", "clientAddress")).noneMatch(application::has);
        assertThat(claims(exchanged).getStringClaim("client_id")).isEqualTo("daemon-with-refresh");
        assertThat(laundered.path("client_id").asString()).isEqualTo("gateway");
    }

    @Test
    void introspectionKnowsNothingOfTokensForOthers() {
        Answer session = keycloak.signIn("alice", "openid");
        String exchanged = keycloak.exchange("gateway", session.accessToken(), "orders-api", "orders")
                .accessToken();

        assertInactive(keycloak.introspect("other-api", session.accessToken()));
        assertInactive(keycloak.introspect("gateway", exchanged));
        assertInactive(keycloak.introspect(
                "gateway", session.body().path("refresh_token").asString()));
        assertInactive(
                keycloak.introspect("gateway", session.body().path("id_token").asString()));
        assertInactive(keycloak.introspect("gateway", "garbage"));
    }

    @Test
    void theSubjectOfAnEndedSessionIsRefused() throws Exception {
        String loggedOut = keycloak.passwordToken("carol");
        keycloak.admin().logout("carol");
        assertInvalid(keycloak.exchange("gateway", loggedOut, "orders-api", "orders"));

        String ended = keycloak.passwordToken("carol");
        String other = keycloak.passwordToken("carol");
        keycloak.admin().endSession(claims(ended).getStringClaim("sid"));
        assertInvalid(keycloak.exchange("gateway", ended, "orders-api", "orders"));
        assertThat(keycloak.exchange("gateway", other, "orders-api", "orders").status())
                .isEqualTo(200);

        keycloak.admin().setEnabled("carol", false);
        try {
            assertInvalid(keycloak.exchange("gateway", other, "orders-api", "orders"));
        } finally {
            keycloak.admin().setEnabled("carol", true);
        }
    }

    @Test
    void keysRotate() throws Exception {
        String before = keycloak.admin().signingKey();
        String token = keycloak.passwordToken("alice");
        assertThat(kid(token)).isEqualTo(before);

        String after = keycloak.admin().addSigningKey();
        assertThat(after).isNotEqualTo(before);
        assertThat(kid(keycloak.passwordToken("alice"))).isEqualTo(after);
        assertThat(publishedKeys()).contains(before, after);
        assertThat(keycloak.exchange("gateway", token, "orders-api", "orders").status())
                .isEqualTo(200);

        keycloak.admin().withdrawSigningKey(before);
        assertThat(publishedKeys()).contains(after).doesNotContain(before);
        assertInvalid(keycloak.exchange("gateway", token, "orders-api", "orders"));
    }

    private List<String> publishedKeys() throws Exception {
        return JWKSet.load(keycloak.jwksUri().toURL()).getKeys().stream()
                .map(JWK::getKeyID)
                .toList();
    }

    private static void assertInactive(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().toString()).isEqualTo("{\"active\":false}");
    }

    private static void assertInvalid(Answer answer) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_request");
        assertThat(answer.errorDescription()).isEqualTo("Invalid token");
    }

    private static JWTClaimsSet claims(String token) throws Exception {
        return SignedJWT.parse(token).getJWTClaimsSet();
    }

    private static String kid(String token) throws Exception {
        return JWSObject.parse(token).getHeader().getKeyID();
    }

    private static List<String> scopes(JWTClaimsSet claims) throws Exception {
        return List.of(claims.getStringClaim("scope").split(" "));
    }
}
