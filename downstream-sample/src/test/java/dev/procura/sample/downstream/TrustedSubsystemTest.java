package dev.procura.sample.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import dev.procura.sample.downstream.RunningTier.Answer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A tier that the gateway calls in its own name, with a signed user context beside the token. */
class TrustedSubsystemTest {

    private static final ECKey KEY = SignedContext.newKey("gateway-1");

    private FakeIssuer issuer;
    private FakeServer gateway;
    private RunningTier reports;
    private String credential;

    @BeforeEach
    void start() throws JOSEException {
        issuer = new FakeIssuer();
        gateway = new FakeServer().answer("/.well-known/jwks.json", 200, new JWKSet(KEY.toPublicJWK()).toString());
        reports = new RunningTier(properties());
        credential = issuer.token(claims ->
                claims.audience(SignedContext.AUDIENCE).subject("gateway").claim("act", null));
    }

    @AfterEach
    void stop() {
        reports.close();
        gateway.close();
        issuer.close();
    }

    @Test
    void showsTheVerifiedUserContext() throws Exception {
        JsonNode seen = ask(SignedContext.of(KEY, credential, Instant.now())).json();

        assertThat(seen.get("subject").stringValue()).isEqualTo("gateway");
        JsonNode caller = seen.get("userContext").get("caller");
        assertThat(caller.get("identity").get("sub").stringValue()).isEqualTo("alice");
        assertThat(caller.get("kind").stringValue()).isEqualTo("user");
        assertThat(seen.has("unverified")).isFalse();
    }

    @Test
    void doesWithoutAUserContextUnlessItIsRequired() throws Exception {
        Answer answer = reports.get("/reports/1", credential);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().has("userContext")).isFalse();
    }

    @Test
    void refusesARequestWithoutAUserContextWhenRequired() throws Exception {
        Map<String, Object> properties = properties();
        properties.put("user-context.required", true);
        try (RunningTier strict = new RunningTier(properties)) {
            assertRefused(strict.get("/reports/1", credential), "user_context_missing");
        }
    }

    @Test
    void namesTheCheckThatFailed() throws Exception {
        SignedContext good = SignedContext.of(KEY, credential, Instant.now());

        assertRefused(ask(good.typed("JWT")), "user_context_typ");
        assertRefused(ask(good.with(claims -> claims.audience("orders-api"))), "user_context_aud");
        assertRefused(ask(SignedContext.of(KEY, credential, Instant.now().minusSeconds(120))), "user_context_exp");
        assertRefused(ask(SignedContext.of(KEY, issuer.token(), Instant.now())), "user_context_ath");
        assertRefused(reports.get("/reports/1", credential, UserContexts.HEADER, good.unsigned()), "user_context_alg");
    }

    @Test
    void fetchesKeysAFewTimesHoweverManyUnknownOnesCome() throws Exception {
        SignedContext good = SignedContext.of(KEY, credential, Instant.now());

        for (int i = 0; i < 5; i++) {
            assertRefused(ask(good.signedBy(SignedContext.newKey("unknown-" + i))), "user_context_key");
        }

        assertThat(gateway.requests("/.well-known/jwks.json")).hasSizeLessThanOrEqualTo(2);
        assertThat(ask(good).status()).isEqualTo(200);
    }

    @Test
    void looksAtTheTokenFirst() throws Exception {
        String expired = issuer.token(claims -> claims.expirationTime(null));

        Answer answer = reports.get("/reports/1", expired, UserContexts.HEADER, "anything");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).contains("invalid_token");
        assertThat(gateway.requests("/.well-known/jwks.json")).isEmpty();
    }

    private Answer ask(SignedContext context) throws Exception {
        return reports.get("/reports/1", credential, UserContexts.HEADER, context.serialize());
    }

    private static void assertRefused(Answer answer, String code) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(answer.json().get("code").stringValue()).isEqualTo(code);
    }

    private Map<String, Object> properties() {
        return new HashMap<>(Map.of(
                "name",
                "reports",
                "audience",
                SignedContext.AUDIENCE,
                "issuer",
                issuer.url(),
                "user-context.jwks-uri",
                gateway.at("/.well-known/jwks.json"),
                "user-context.issuer",
                SignedContext.ISSUER));
    }
}
