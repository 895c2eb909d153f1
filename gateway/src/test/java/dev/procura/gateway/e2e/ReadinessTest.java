package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.procura.gateway.fixture.ShiftedClock;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A gateway whose authorization server is not there yet, comes, and is lost again. */
class ReadinessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final AtomicBoolean serverIsThere = new AtomicBoolean();

    /**
     * One after the other, on one gateway: it is not stopped at the end, because that would take the connections of every
     * other gateway in this process with it.
     */
    @Test
    void isReadyFromTheFirstKeysOnAndStaysSoWhenTheServerIsLost() throws Exception {
        try (FakeAuthorizationServer server = FakeAuthorizationServer.start();
                RecordingTier tier = RecordingTier.start()) {
            HttpServer front = front(server);
            ShiftedClock clock = new ShiftedClock();
            RunningGateway gateway = RunningGateway.start(clock, configuration(server, front, tier));
            String token = server.userToken("early-bird");

            // Started without its authorization server: alive, not ready, and 503 to callers.
            assertThat(health(gateway, "/liveness").statusCode()).isEqualTo(200);
            assertThat(health(gateway, "/readiness").statusCode()).isEqualTo(503);
            HttpResponse<String> early = gateway.get("/legacy/1", token);
            assertThat(early.statusCode()).isEqualTo(503);
            assertThat(early.body()).contains("keys_unavailable");
            assertThat(early.headers().firstValue("Retry-After")).isPresent();

            // Nobody calls; the probe alone makes the gateway ask again.
            serverIsThere.set(true);
            clock.advance(Duration.ofSeconds(15));
            await(() -> health(gateway, "/readiness").statusCode() == 200);
            assertThat(gateway.get("/legacy/1", token).statusCode()).isEqualTo(200);
            assertThat(metric(gateway, "procura.issuer.keys.lost")).contains("\"value\":0");

            // Lost: callers with known keys see nothing, the operator sees it, the replica stays.
            serverIsThere.set(false);
            clock.advance(Duration.ofMinutes(6));
            assertThat(gateway.get("/legacy/1", server.userToken("late-riser")).statusCode())
                    .isEqualTo(200);
            await(() -> health(gateway, "").body().contains("\"server\":\"lost\""));
            assertThat(health(gateway, "").statusCode()).isEqualTo(200);
            assertThat(health(gateway, "/readiness").statusCode()).isEqualTo(200);
            assertThat(metric(gateway, "procura.issuer.keys.lost")).contains("\"value\":1");
            assertThat(metric(gateway, "procura.issuer.keys.age")).contains("\"value\":36");
        }
    }

    /** The metadata says the issuer's own address; the keys come from the address in front of it. */
    private HttpServer front(FakeAuthorizationServer server) throws IOException {
        HttpServer front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        front.createContext("/jwks", exchange -> {
            if (serverIsThere.get()) {
                answer(exchange, 200, body(server.issuer() + "/jwks"));
            } else {
                answer(exchange, 503, "");
            }
        });
        front.start();
        return front;
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String configuration(FakeAuthorizationServer server, HttpServer front, RecordingTier tier) {
        return """
                procura:
                  issuers:
                    corp: { issuer: "%s", jwks-uri: "http://127.0.0.1:%d/jwks", audiences: [gateway], clock-skew: 5m }
                  routes:
                    - id: legacy
                      path: /legacy/**
                      uri: %s
                      require: { audiences: [gateway] }
                      credential: { pass-through: true }
                """.formatted(server.issuer(), front.getAddress().getPort(), tier.uri());
    }

    private static HttpResponse<String> health(RunningGateway gateway, String group) {
        return get("http://127.0.0.1:" + gateway.managementPort() + "/actuator/health" + group);
    }

    private static String metric(RunningGateway gateway, String name) {
        return get("http://127.0.0.1:" + gateway.managementPort() + "/actuator/metrics/" + name)
                .body();
    }

    private static String body(String uri) {
        return get(uri).body();
    }

    private static HttpResponse<String> get(String uri) {
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create(uri))
                                .timeout(PATIENCE)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .join();
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.holds()) {
            assertThat(Instant.now()).as("in time").isBefore(end);
        }
    }
}
