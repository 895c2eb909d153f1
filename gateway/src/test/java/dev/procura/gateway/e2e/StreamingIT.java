package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.PackagedGateway;
import dev.procura.gateway.testkit.RecordingTier;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bodies stream: the packaged gateway passes more than its heap could hold twice over. */
final class StreamingIT {

    private static final long SIZE = 100L * 1024 * 1024;

    private static FakeAuthorizationServer server;
    private static RecordingTier tier;
    private static PackagedGateway gateway;

    @BeforeAll
    static void start() {
        server = FakeAuthorizationServer.start();
        tier = RecordingTier.start();
        gateway = PackagedGateway.start(
                        """
                        procura:
                          issuers:
                            corp: { issuer: "%1$s", audiences: [gateway] }
                          clients:
                            gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: secret }
                          routes:
                            - id: files
                              path: /files/**
                              uri: %2$s
                              require: { audiences: [gateway] }
                              credential: { on-behalf-of: gateway, audience: files-api }
                        """.formatted(server.issuer(), tier.uri()), "-Xmx256m", "-XX:+ExitOnOutOfMemoryError")
                .ready();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        tier.close();
        server.close();
    }

    @Test
    void anUploadOfAHundredMebibytesArrivesWhole() {
        HttpResponse<String> answer = gateway.send(
                request("/files/upload")
                        .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(SIZE)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(tier.last().bodyBytes()).isEqualTo(SIZE);
    }

    @Test
    void aDownloadOfAHundredMebibytesArrivesWhole() throws IOException {
        HttpResponse<InputStream> answer = gateway.send(
                request("/files/download/" + SIZE).GET().build(), HttpResponse.BodyHandlers.ofInputStream());

        try (InputStream body = answer.body()) {
            assertThat(body.transferTo(java.io.OutputStream.nullOutputStream())).isEqualTo(SIZE);
        }
    }

    private static HttpRequest.Builder request(String target) {
        return gateway.request(target).header("Authorization", "Bearer " + server.userToken("zoe"));
    }

    /** A body of zeros that takes no memory. */
    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long size) {
            this.left = size;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            left -= count;
            return count;
        }
    }
}
