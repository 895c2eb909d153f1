package dev.procura.sample.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.procura.sample.issuer.RunningIssuer.Answer;
import dev.procura.sample.issuer.RunningIssuer.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;

/** Certificates are the gateway's integration test to show: they need TLS. */
class GatewayProofTest {

    private static RSAKey key;
    private static HttpServer keySet;
    private static RunningIssuer issuer;

    @BeforeAll
    static void start() throws IOException, JOSEException {
        key = new RSAKeyGenerator(2048).generate();
        byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        keySet = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        keySet.createContext("/", request -> {
            try (request) {
                request.getResponseHeaders().set("Content-Type", "application/json");
                request.sendResponseHeaders(200, keys.length);
                request.getResponseBody().write(keys);
            }
        });
        keySet.start();
        issuer = new RunningIssuer("--sample.gateway-proof.jwk-set-uri=http://127.0.0.1:"
                + keySet.getAddress().getPort());
    }

    @AfterAll
    static void stop() {
        issuer.close();
        keySet.stop(0);
    }

    @Test
    void anAssertionByAKeyOfTheSetProvesTheGateway() throws JOSEException {
        assertThat(exchange(assertion(key)).status()).isEqualTo(200);
    }

    @Test
    void anAssertionByAnotherKeyDoesNot() throws JOSEException {
        Answer answer = exchange(assertion(new RSAKeyGenerator(2048).generate()));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.error()).isEqualTo("invalid_client");
    }

    @Test
    void theSecretDoesNotEither() {
        Answer answer = issuer.exchange(Credentials.GATEWAY, issuer.tokenOf("alice"), "audience", "orders-api");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.error()).isEqualTo("invalid_client");
    }

    @Test
    void aSubjectAloneAsksForACertificateAlone() {
        RegisteredClient client =
                Clients.gateway(new GatewayProof(null, "CN=gateway,O=Example"), Duration.ofMinutes(5));

        assertThat(client.getClientAuthenticationMethods()).containsExactly(ClientAuthenticationMethod.TLS_CLIENT_AUTH);
        assertThat(client.getClientSettings().getX509CertificateSubjectDN()).isEqualTo("CN=gateway,O=Example");
        assertThat(client.getClientSecret()).isNull();
    }

    @Test
    void withoutEitherItIsTheSecretsTurn() {
        assertThat(new GatewayProof(null, " ").isWanted()).isFalse();
    }

    private static Answer exchange(String assertion) {
        return issuer.post(
                "/oauth2/token",
                List.of(
                        "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                        "subject_token", issuer.tokenOf("alice"),
                        "subject_token_type", "urn:ietf:params:oauth:token-type:access_token",
                        "audience", "orders-api",
                        "client_id", "gateway",
                        "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                        "client_assertion", assertion));
    }

    private static String assertion(RSAKey signer) throws JOSEException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader(JWSAlgorithm.RS256),
                new JWTClaimsSet.Builder()
                        .issuer("gateway")
                        .subject("gateway")
                        .audience(issuer.url())
                        .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                        .build());
        jwt.sign(new RSASSASigner(signer));
        return jwt.serialize();
    }
}
