package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a bundle are replaced under a running gateway, one after the other, and Spring Boot notices. */
final class ReloadedKeyTest {

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void theNextAssertionsAreSignedByTheNewKeyAndNoRequestFails() throws Exception {
        TestKey first = TestKey.p256();
        TestKey second = TestKey.p256();
        write(first.certificatePem(), "client.crt");
        write(first.privateKeyPem(), "client.key");
        try (FakeAuthorizationServer server = FakeAuthorizationServer.start();
                RecordingTier tier = RecordingTier.start()) {
            // Not stopped at the end: that would take the connections of every other gateway in this process with it.
            RunningGateway gateway = RunningGateway.start(configuration(server, tier));
            List<Integer> statuses = new ArrayList<>();
            ask(gateway, server, statuses);
            assertThat(thumbprint(server)).isEqualTo(thumbprint(first));

            write(second.certificatePem(), "client.crt");
            ask(gateway, server, statuses);
            write(second.privateKeyPem(), "client.key");

            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            do {
                ask(gateway, server, statuses);
            } while (!thumbprint(server).equals(thumbprint(second)) && System.nanoTime() < end);
            assertThat(thumbprint(server)).isEqualTo(thumbprint(second));
            assertThat(statuses).containsOnly(200);
        }
    }

    private static void ask(RunningGateway gateway, FakeAuthorizationServer server, List<Integer> statuses) {
        // A user of its own for each: the cache answers the others.
        String user = "user-" + statuses.size();
        statuses.add(gateway.get("/orders/1", server.userToken(user)).statusCode());
    }

    private static String thumbprint(FakeAuthorizationServer server) throws Exception {
        var requests = server.tokenRequests();
        var request = requests.get(requests.size() - 1);
        assertThat(request.form()).doesNotContainKeys("client_secret", "client_id");
        return SignedJWT.parse(request.get("client_assertion"))
                .getHeader()
                .getX509CertSHA256Thumbprint()
                .toString();
    }

    private static String thumbprint(TestKey key) throws Exception {
        return Base64URL.encode(MessageDigest.getInstance("SHA-256").digest(key.der()))
                .toString();
    }

    private void write(String pem, String name) throws IOException {
        Files.writeString(folder.resolve(name), pem);
    }

    private String configuration(FakeAuthorizationServer server, RecordingTier tier) {
        return """
                procura:
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway] }
                  clients:
                    gateway:
                      issuer: "%1$s"
                      dialect: rfc8693
                      client-id: gateway
                      authentication: private-key-jwt
                      ssl-bundle: client
                      assertion-thumbprint: x5t-s256
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %2$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: orders-api }
                spring.ssl.bundle:
                  watch.file.quiet-period: 50ms
                  pem:
                    client:
                      reload-on-update: true
                      keystore: { certificate: "file:%3$s/client.crt", private-key: "file:%3$s/client.key" }
                """.formatted(server.issuer(), tier.uri(), folder);
    }
}
