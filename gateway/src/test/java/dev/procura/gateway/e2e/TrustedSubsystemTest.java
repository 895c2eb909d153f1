package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.Stack;
import dev.procura.gateway.token.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The trusted subsystem: the gateway calls in its own name, and says, signed, for whom. */
final class TrustedSubsystemTest {

    private Stack stack = Stack.fresh();

    @BeforeEach
    void forget() {
        stack = Stack.fresh();
    }

    @Test
    void theTierGetsTheGatewaysOwnTokenAndASignedStatementAboutTheCaller() throws Exception {
        String token = stack.server().token(Map.of("sub", "ines", "roles", "report-reader"));

        stack.gateway().get("/reports/1", token);

        RecordingTier.Received received = stack.tier().last();
        assertThat(OnBehalfOfTest.claim(received, "sub")).isEqualTo("gateway");
        SignedJWT statement =
                SignedJWT.parse(received.header("Procura-User-Context").orElseThrow());
        JWKSet keys = JWKSet.parse(stack.gateway().get("/.well-known/jwks.json").body());
        assertThat(statement.verify(new ECDSAVerifier(
                        keys.getKeyByKeyId(statement.getHeader().getKeyID()).toECKey())))
                .isTrue();
        assertThat(keys.getKeys()).allMatch(key -> !key.isPrivate());
        assertThat(statement.getHeader().getType().getType()).isEqualTo("procura-user-context+jwt");
        assertThat(statement.getJWTClaimsSet().getIssuer()).isEqualTo("https://api.example.test");
        assertThat(statement.getJWTClaimsSet().getAudience()).containsExactly("reports-api");
        assertThat(statement.getJWTClaimsSet().getStringClaim("ath"))
                .isEqualTo(Fingerprint.of(received.bearer()).base64Url());
        assertThat(statement.getJWTClaimsSet().getJSONObjectClaim("caller"))
                .containsEntry("iss", stack.server().issuer())
                .containsEntry("identity", Map.of("sub", "ines"))
                .containsEntry("client_id", "native-app")
                .containsEntry("kind", "user");
        assertThat(statement.getJWTClaimsSet().getExpirationTime().toInstant())
                .isBeforeOrEqualTo(Instant.now().plus(Duration.ofSeconds(60)));
        assertThat(received.everything()).doesNotContain(token);
    }

    @Test
    void theGatewaysTokenIsSharedByAllItsCallersAndTheStatementsAreNot() {
        stack.gateway().get("/reports/1", stack.server().token(Map.of("sub", "jan", "roles", "report-reader")));
        stack.gateway().get("/reports/1", stack.server().token(Map.of("sub", "kay", "roles", "report-reader")));

        assertThat(stack.server().tokenRequests()).hasSizeLessThanOrEqualTo(1);
        assertThat(stack.tier().received())
                .extracting(received -> received.header("Procura-User-Context").orElseThrow())
                .doesNotHaveDuplicates();
        assertThat(stack.tier().received())
                .extracting(RecordingTier.Received::bearer)
                .containsOnly(stack.tier().last().bearer());
    }

    @Test
    void theKeySetWinsOverAnyRouteAndNeedsNoToken() {
        assertThat(stack.gateway().get("/.well-known/jwks.json").statusCode()).isEqualTo(200);
    }
}
