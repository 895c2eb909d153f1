package dev.procura.sample.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import dev.procura.sample.downstream.RunningTier.Answer;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A tier that has a next one: it validates its token, says what it saw, and calls on. */
class FirstTierTest {

    private static final String SECRET = "a-secret-for-this-test";

    private static FakeIssuer issuer;
    private static FakeServer gateway;
    private static RunningTier orders;

    @BeforeAll
    static void start() throws JOSEException {
        issuer = new FakeIssuer();
        gateway = new FakeServer();
        orders = new RunningTier(Map.of(
                "name",
                "orders",
                "audience",
                "orders-api",
                "issuer",
                issuer.url(),
                "next.url",
                gateway.at("/inventory/1"),
                "next.token-uri",
                issuer.server().at("/token"),
                "next.client-id",
                "orders-api",
                "next.client-secret",
                SECRET,
                "next.audience",
                "gateway"));
    }

    @AfterAll
    static void stop() {
        orders.close();
        gateway.close();
        issuer.close();
    }

    @BeforeEach
    void reset() {
        gateway.forget();
        gateway.answer("/inventory/1", 200, """
                {"tier": "inventory"}""");
    }

    @Test
    void saysWhatItSaw() throws Exception {
        JsonNode seen = orders.get("/orders/1?q=hidden", issuer.token(), "X-Trace", "hidden")
                .json();

        assertThat(seen.get("tier").stringValue()).isEqualTo("orders");
        assertThat(seen.get("method").stringValue()).isEqualTo("GET");
        assertThat(seen.get("path").stringValue()).isEqualTo("/orders/1");
        assertThat(strings(seen.get("audience"))).containsExactly("orders-api");
        assertThat(seen.get("subject").stringValue()).isEqualTo("alice");
        assertThat(seen.get("client").stringValue()).isEqualTo("gateway");
        assertThat(strings(seen.get("actors"))).containsExactly("gateway", "native-app");
        assertThat(strings(seen.get("scopes"))).containsExactly("orders.read", "reports.read");
        assertThat(strings(seen.get("headers")))
                .contains("authorization", "x-trace")
                .isSorted();
        assertThat(seen.has("userContext")).isFalse();
    }

    @Test
    void showsNoTokenAndNoHeaderValue() throws Exception {
        String token = issuer.token();

        assertThat(orders.get("/orders/1", token, "X-Trace", "hidden").text())
                .doesNotContain(token, FakeIssuer.OWN_TOKEN, "hidden");
    }

    @Test
    void answersEveryPathAndMethod() throws Exception {
        JsonNode seen = orders.post("/some/where/else", issuer.token()).json();

        assertThat(seen.get("method").stringValue()).isEqualTo("POST");
        assertThat(seen.get("path").stringValue()).isEqualTo("/some/where/else");
    }

    @Test
    void callsTheNextTierWithTheTokenItWasGivenAndItsOwn() throws Exception {
        String token = issuer.token();

        JsonNode next = orders.get("/orders/1", token).json().get("next");

        assertThat(next.get("status").intValue()).isEqualTo(200);
        assertThat(next.get("body").get("tier").stringValue()).isEqualTo("inventory");
        FakeServer.Request request = gateway.requests("/inventory/1").get(0);
        assertThat(request.header("Authorization")).containsExactly("Bearer " + token);
        assertThat(request.header("Actor-token")).containsExactly(FakeIssuer.OWN_TOKEN);
    }

    @Test
    void passesTheWayOnSoThatTheGatewaySeesALoop() throws Exception {
        orders.get("/orders/1", issuer.token(), "Via", "1.0 fred, 1.1 gateway", "via", "1.1 other (a, b)");
        orders.get("/orders/1", issuer.token());

        List<FakeServer.Request> requests = gateway.requests("/inventory/1");
        assertThat(requests.get(0).header("Via")).containsExactly("1.0 fred, 1.1 gateway", "1.1 other (a, b)");
        assertThat(requests.get(1).header("Via")).isEmpty();
    }

    @Test
    void keepsItsOwnToken() throws Exception {
        orders.get("/orders/1", issuer.token());
        issuer.server().forget();

        orders.get("/orders/2", issuer.token());

        assertThat(issuer.server().requests("/token")).isEmpty();
    }

    @Test
    void showsTheProblemOfANextTierThatRefuses() throws Exception {
        gateway.answer("/inventory/1", 403, """
                {"code": "insufficient_scope"}""");

        Answer answer = orders.get("/orders/1", issuer.token());

        assertThat(answer.status()).isEqualTo(200);
        JsonNode next = answer.json().get("next");
        assertThat(next.get("status").intValue()).isEqualTo(403);
        assertThat(next.get("body").get("code").stringValue()).isEqualTo("insufficient_scope");
    }

    @Test
    void showsTheStatusOfANextTierThatDoesNotSpeakJson() throws Exception {
        gateway.answer("/inventory/1", 502, "<html>");

        JsonNode next = orders.get("/orders/1", issuer.token()).json().get("next");

        assertThat(next.get("status").intValue()).isEqualTo(502);
        assertThat(next.has("body")).isFalse();
    }

    @Test
    void saysWhenTheNextTierCannotBeReached() throws Exception {
        FakeServer gone = new FakeServer();
        gone.close();
        try (RunningTier tier = new RunningTier(Map.of(
                "name",
                "orders",
                "audience",
                "orders-api",
                "issuer",
                issuer.url(),
                "jwks-uri",
                issuer.server().at("/keys"),
                "next.url",
                gone.at("/inventory/1"),
                "next.token-uri",
                issuer.server().at("/token"),
                "next.client-id",
                "orders-api",
                "next.client-secret",
                SECRET,
                "next.audience",
                "gateway"))) {
            Answer answer = tier.get("/orders/1", issuer.token());

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().get("next").get("error").stringValue()).isEqualTo("unreachable");
        }
    }

    @Test
    void acceptsAPlainJwtType() throws Exception {
        assertThat(orders.get("/orders/1", issuer.token("JWT", claims -> claims))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void refusesARequestWithoutToken() throws Exception {
        Answer answer = orders.getWithoutToken("/orders/1");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
        assertThat(gateway.requests("/inventory/1")).isEmpty();
    }

    @Test
    void refusesAnotherTiersToken() throws Exception {
        assertRefused(issuer.token(claims -> claims.audience(List.of("gateway", "inventory-api"))));
    }

    @Test
    void refusesATokenWithoutAudience() throws Exception {
        assertRefused(issuer.token(claims -> claims.audience((String) null)));
    }

    @Test
    void refusesAnotherIssuersToken() throws Exception {
        assertRefused(issuer.token(claims -> claims.issuer("http://127.0.0.1:1")));
    }

    @Test
    void refusesATokenWithoutExpiry() throws Exception {
        assertRefused(issuer.token(claims -> claims.expirationTime(null)));
    }

    @Test
    void refusesAnExpiredToken() throws Exception {
        assertRefused(issuer.token(
                claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(120)))));
    }

    @Test
    void refusesWhatIsNotAnAccessToken() throws Exception {
        assertRefused(issuer.token("logout+jwt", claims -> claims));
    }

    @Test
    void refusesATokenThatIsBoundToAKey() throws Exception {
        assertRefused(issuer.token(claims -> claims.claim("cnf", Map.of("jkt", "thumbprint"))));
    }

    @Test
    void refusesATokenThatAnotherKeySigned() throws Exception {
        try (FakeIssuer impostor = new FakeIssuer()) {
            assertRefused(impostor.token(claims -> claims.issuer(issuer.url())));
        }
    }

    @Test
    void reportsAUserContextItWasNotToldToVerifyByNameOnly() throws Exception {
        JsonNode seen = orders.get("/orders/1", issuer.token(), UserContexts.HEADER, "hidden")
                .json();

        assertThat(strings(seen.get("unverified"))).containsExactly(UserContexts.HEADER);
        assertThat(seen.has("userContext")).isFalse();
        assertThat(seen.toString()).doesNotContain("hidden");
    }

    private static void assertRefused(String token) throws IOException, InterruptedException {
        Answer answer = orders.get("/orders/1", token);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).contains("invalid_token");
        assertThat(gateway.requests("/inventory/1")).isEmpty();
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::stringValue).toList();
    }
}
