package dev.procura.gateway.opaque;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who acts, told to a real Spring Authorization Server and written by it into the token. */
final class ActorsIT {

    private static SampleIssuer issuer;
    private static RecordingTier tier;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        issuer = SampleIssuer.start();
        tier = RecordingTier.start();
        gateway = RunningGateway.start("""
                procura:
                  public-url: https://api.example.test
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway, orders-api] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: spring, client-id: gateway, client-secret: "%2$s" }
                    gateway-post: { issuer: "%1$s", dialect: spring, client-id: gateway, client-secret: "%2$s", authentication: client-secret-post }
                    orders-api: { issuer: "%1$s", dialect: spring, client-id: orders-api, client-secret: "%3$s" }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %4$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: orders-api, actor: { client: gateway, audience: gateway } }
                    - id: posted
                      path: /posted/**
                      uri: %4$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway-post, audience: orders-api, actor: { client: gateway-post, audience: gateway } }
                    - id: inventory
                      path: /inventory/**
                      uri: %4$s
                      tier: 2
                      require: { audiences: [orders-api], clients: [gateway], actors: [gateway], actor-token: true }
                      credential: { on-behalf-of: orders-api, audience: inventory-api }
                """.formatted(
                issuer.url(), SampleIssuer.secretOf("gateway"), SampleIssuer.secretOf("orders-api"), tier.uri()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        tier.close();
        issuer.close();
    }

    @BeforeEach
    void forget() {
        tier.reset();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders/1", "/posted/1"})
    void theGatewayIsNamedAsTheActor(String path) throws ParseException {
        String alice = issuer.jwtOf("alice");

        assertThat(gateway.get(path, alice).statusCode()).isEqualTo(200);

        JWTClaimsSet claims = received();
        assertThat(claims.getSubject()).isEqualTo("alice");
        assertThat(claims.getAudience()).containsExactly("orders-api");
        assertThat(claims.getJSONObjectClaim("act")).isEqualTo(actor("gateway"));
        assertThat(tier.received()).hasSize(1);
        assertThat(tier.last().everything()).doesNotContain(alice);
    }

    @Test
    void theGatewaysOwnTokenServesManyUsers() throws ParseException {
        gateway.get("/orders/1", issuer.jwtOf("alice"));
        long before = asked();

        assertThat(gateway.get("/orders/1", issuer.jwtOf("bob")).statusCode()).isEqualTo(200);
        assertThat(received().getSubject()).isEqualTo("bob");
        assertThat(received().getJSONObjectClaim("act")).isEqualTo(actor("gateway"));
        assertThat(gateway.get("/orders/1", issuer.jwtOf("alice")).statusCode()).isEqualTo(200);
        assertThat(received().getSubject()).isEqualTo("alice");

        assertThat(asked()).as("one exchange each").isEqualTo(before + 2);
    }

    @Test
    void theChainGrowsWithTheCallingApi() throws ParseException {
        gateway.get("/orders/1", issuer.jwtOf("alice"));
        String tierToken = tier.last().bearer();

        HttpResponse<String> answer =
                gateway.get("/inventory/1", tierToken, "Actor-Token", issuer.ownTokenOf("orders-api"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(received().getSubject()).isEqualTo("alice");
        assertThat(received().getAudience()).containsExactly("inventory-api");
        assertThat(received().getJSONObjectClaim("act"))
                .isEqualTo(Map.of("iss", issuer.url(), "sub", "orders-api", "act", actor("gateway")));
    }

    @Test
    void theGatewaysOwnTokenIsNoCallingApis() {
        gateway.get("/orders/1", issuer.jwtOf("alice"));
        String tierToken = tier.last().bearer();
        tier.reset();

        assertRefused(
                gateway.get("/inventory/1", tierToken, "Actor-Token", issuer.ownTokenOf("gateway")),
                403,
                "actor_not_allowed");
        assertThat(tier.received()).isEmpty();
    }

    private static Map<String, Object> actor(String client) {
        return Map.of("iss", issuer.url(), "sub", client);
    }

    private static long asked() {
        return gateway.bean(MeterRegistry.class).find("procura.token.requests").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private static JWTClaimsSet received() throws ParseException {
        return SignedJWT.parse(tier.last().bearer()).getJWTClaimsSet();
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
    }
}
