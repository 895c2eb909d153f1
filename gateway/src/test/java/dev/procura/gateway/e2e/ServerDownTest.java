package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.FreePort;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that hangs up, or is not there: no storm of requests, a quick answer to callers, and it comes back by itself. */
final class ServerDownTest {

    private static final Duration LONGER_THAN_THE_FIRST_WAIT = Duration.ofSeconds(2);

    private final MutableClock clock = MutableClock.at(Instant.now());
    private final FakeAuthorizationServer server = FakeAuthorizationServer.start();
    private final RecordingTier tier = RecordingTier.start();
    private final int port = FreePort.find();
    private volatile String malloryToken = "";
    private RunningGateway gateway;

    @BeforeEach
    void start() {
        gateway = RunningGateway.start(clock, """
                procura:
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: s3cr3t }
                    away: { token-uri: "http://127.0.0.1:%3$d/token", dialect: rfc8693, client-id: gateway, client-secret: s3cr3t }
                  routes:
                    - { id: orders, path: /orders/**, uri: "%2$s", credential: { on-behalf-of: gateway, audience: orders-api } }
                    - { id: away, path: /away/**, uri: "%2$s", credential: { on-behalf-of: away, audience: away-api } }
                """.formatted(server.issuer(), tier.uri(), port));
    }

    @AfterEach
    void stop() {
        gateway.close();
        tier.close();
        server.close();
    }

    /** Issued by the clock that stands still, however slow the machine is. */
    private String tokenOf(String user) {
        return server.token(Map.of("sub", user, "iat", clock.instant().getEpochSecond()));
    }

    private HttpResponse<String> get(String path, String user) {
        return gateway.get(path, tokenOf(user));
    }

    private void assertUnavailable(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("authorization_server_unavailable");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void aServerThatHangsUpIsLeftAloneAndAskedByOneFirst() {
        server.answering(request -> {
            throw new IllegalStateException("hangs up");
        });
        for (int i = 0; i < 40; i++) {
            assertUnavailable(get("/orders/1", "user-" + i));
        }
        assertThat(server.tokenRequests())
                .as("five callers' questions, each tried twice")
                .hasSizeBetween(5, 10);

        server.reset();
        assertUnavailable(get("/orders/1", "ann"));
        assertThat(server.tokenRequests()).isEmpty();

        clock.advance(LONGER_THAN_THE_FIRST_WAIT);
        assertThat(get("/orders/1", "ann").statusCode()).isEqualTo(200);
        assertThat(get("/orders/1", "ben").statusCode()).isEqualTo(200);
        assertThat(server.tokenRequests()).hasSize(2);
    }

    @Test
    void oneCallerWhomTheServerHangsUpOnStopsNobodyElse() {
        malloryToken = tokenOf("mallory");
        server.answering(request -> {
            if (request.get("subject_token").equals(malloryToken)) {
                throw new IllegalStateException("hangs up");
            }
            return server.issue(request);
        });
        for (int i = 0; i < 20; i++) {
            assertUnavailable(gateway.get("/orders/1", malloryToken));
        }
        assertThat(get("/orders/1", "cleo").statusCode()).isEqualTo(200);
    }

    @Test
    void aServerThatIsDownIsFoundAgainWhenItIsBack() throws IOException {
        for (int i = 0; i < 10; i++) {
            assertUnavailable(get("/away/1", "dan"));
        }
        AtomicInteger asked = new AtomicInteger();
        HttpServer back = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        back.createContext("/token", request -> {
            request.getRequestBody().readAllBytes();
            asked.incrementAndGet();
            byte[] body = "{\"access_token\":\"opaque\",\"token_type\":\"Bearer\",\"expires_in\":300}"
                    .getBytes(StandardCharsets.UTF_8);
            request.sendResponseHeaders(200, body.length);
            request.getResponseBody().write(body);
            request.close();
        });
        back.start();
        try {
            assertUnavailable(get("/away/1", "dan"));
            assertThat(asked).hasValue(0);
            assertThat(get("/orders/1", "dan").statusCode())
                    .as("another client meanwhile")
                    .isEqualTo(200);

            clock.advance(LONGER_THAN_THE_FIRST_WAIT);
            assertThat(get("/away/1", "dan").statusCode()).isEqualTo(200);
            assertThat(asked).hasValue(1);
        } finally {
            back.stop(0);
        }
    }

    /** Those who are sent away while nobody asks must not look like a server that asks for time. */
    @Test
    void oneCallerWhoIsTheReasonDoesNotKeepItShutForTheOthers() {
        server.answering(request -> {
            throw new IllegalStateException("hangs up");
        });
        for (int i = 0; i < 10; i++) {
            assertUnavailable(get("/orders/1", "user-" + i));
        }
        malloryToken = tokenOf("mallory");
        server.answering(request -> {
            if (request.get("subject_token").equals(malloryToken)) {
                throw new IllegalStateException("hangs up");
            }
            return server.issue(request);
        });

        clock.advance(LONGER_THAN_THE_FIRST_WAIT);
        assertUnavailable(gateway.get("/orders/1", malloryToken));
        assertUnavailable(get("/orders/1", "eve"));
        assertUnavailable(gateway.get("/orders/1", malloryToken));

        clock.advance(LONGER_THAN_THE_FIRST_WAIT);
        assertThat(get("/orders/1", "eve").statusCode()).isEqualTo(200);
    }
}
