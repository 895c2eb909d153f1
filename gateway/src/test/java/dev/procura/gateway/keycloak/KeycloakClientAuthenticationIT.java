package dev.procura.gateway.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;
import java.text.ParseException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to prove the gateway's client that need no TLS, on a real Keycloak. */
final class KeycloakClientAuthenticationIT {

    private static KeycloakServer keycloak;
    private static RecordingTier tier;
    private static RunningGateway gateway;
    private static TestKey rsa;
    private static TestKey p256;

    @TempDir
    private static Path folder = Path.of(".");

    @BeforeAll
    static void start() throws IOException {
        keycloak = KeycloakServer.shared();
        tier = RecordingTier.start();
        rsa = TestKey.rsa(2048);
        p256 = TestKey.p256();
        write("rsa", rsa);
        write("p256", p256);
        Files.writeString(folder.resolve("secret"), KeycloakServer.secretOf("gateway") + "\n");
        gateway = RunningGateway.start("""
                procura:
                  issuers:
                    corp: { profile: keycloak, issuer: "%1$s", audiences: [gateway] }
                  clients:
                    post: { issuer: "%1$s", dialect: keycloak, client-id: gateway, authentication: client-secret-post, client-secret-file: "%3$s/secret" }
                    rs256: { issuer: "%1$s", dialect: keycloak, client-id: gateway, authentication: private-key-jwt, ssl-bundle: rsa }
                    ps256: { issuer: "%1$s", dialect: keycloak, client-id: gateway, authentication: private-key-jwt, ssl-bundle: rsa, assertion-algorithm: PS256 }
                    es256: { issuer: "%1$s", dialect: keycloak, client-id: gateway, authentication: private-key-jwt, ssl-bundle: p256, key-id: second }
                    wrong: { issuer: "%1$s", dialect: keycloak, client-id: gateway, authentication: private-key-jwt, ssl-bundle: p256, key-id: second }
                    endpoint: { issuer: "%1$s", dialect: keycloak, client-id: gateway, authentication: private-key-jwt, ssl-bundle: rsa, assertion-audience: "%4$s" }
                  routes:
                    - { id: post, path: /post/**, uri: "%2$s", require: { audiences: [gateway] }, credential: { on-behalf-of: post, audience: orders-api, scopes: [orders] } }
                    - { id: rs256, path: /rs256/**, uri: "%2$s", require: { audiences: [gateway] }, credential: { on-behalf-of: rs256, audience: orders-api, scopes: [orders] } }
                    - { id: ps256, path: /ps256/**, uri: "%2$s", require: { audiences: [gateway] }, credential: { on-behalf-of: ps256, audience: orders-api, scopes: [orders] } }
                    - { id: es256, path: /es256/**, uri: "%2$s", require: { audiences: [gateway] }, credential: { on-behalf-of: es256, audience: orders-api, scopes: [orders] } }
                    - { id: wrong, path: /wrong/**, uri: "%2$s", require: { audiences: [gateway] }, credential: { on-behalf-of: wrong, audience: orders-api, scopes: [orders] } }
                    - { id: endpoint, path: /endpoint/**, uri: "%2$s", require: { audiences: [gateway] }, credential: { on-behalf-of: endpoint, audience: orders-api, scopes: [orders] } }
                spring.ssl.bundle.pem:
                  rsa.keystore: { certificate: "file:%3$s/rsa.crt", private-key: "file:%3$s/rsa.key" }
                  p256.keystore: { certificate: "file:%3$s/p256.crt", private-key: "file:%3$s/p256.key" }
                """.formatted(keycloak.issuer(), tier.uri(), folder, keycloak.tokenUri()));
    }

    private static void write(String name, TestKey key) throws IOException {
        Files.writeString(folder.resolve(name + ".crt"), key.certificatePem());
        Files.writeString(folder.resolve(name + ".key"), key.privateKeyPem());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        tier.close();
    }

    /** The client is everybody's. */
    @AfterEach
    void putBack() {
        keycloak.admin().authenticateBySecret("gateway");
    }

    @Test
    void aSecretInTheForm() throws ParseException {
        assertExchanges("/post/1");
    }

    @Test
    void anAssertionByTheKeyOfACertificate() throws ParseException {
        keycloak.admin().authenticateByCertificate("gateway", rsa.der());

        assertExchanges("/rs256/1");
        assertExchanges("/ps256/1");
        assertExchanges("/endpoint/1");
    }

    /** Two keys, as in a rotation: kid says which. */
    @Test
    void anAssertionByAKeyOfASet() throws ParseException {
        keycloak.admin()
                .authenticateByKeySet(
                        "gateway", new JWKSet(List.of(jwk(TestKey.p256(), "first"), jwk(p256, "second"))).toString());

        assertExchanges("/es256/1");
    }

    @Test
    void anAssertionByAnotherKeyIsOursAndTellsTheCallerNothing() {
        keycloak.admin().authenticateByKeySet("gateway", new JWKSet(jwk(TestKey.p256(), "second")).toString());

        HttpResponse<String> answer = gateway.get("/wrong/1", keycloak.passwordToken("alice"));

        assertThat(answer.body()).contains("\"code\":\"client_refused\"").doesNotContain("JWT", "ignature");
        assertThat(answer.statusCode()).isEqualTo(502);
    }

    private static ECKey jwk(TestKey key, String kid) {
        return new ECKey.Builder(Curve.P_256, (ECPublicKey) key.certificate().getPublicKey())
                .keyUse(KeyUse.SIGNATURE)
                .keyID(kid)
                .build();
    }

    private static void assertExchanges(String target) throws ParseException {
        tier.reset();
        String alice = keycloak.passwordToken("alice");

        HttpResponse<String> answer = gateway.get(target, alice);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JWTClaimsSet claims = SignedJWT.parse(tier.last().bearer()).getJWTClaimsSet();
        assertThat(claims.getSubject())
                .isEqualTo(SignedJWT.parse(alice).getJWTClaimsSet().getSubject());
        assertThat(claims.getAudience()).containsExactly("orders-api");
        assertThat(claims.getStringClaim("azp")).isEqualTo("gateway");
    }
}
