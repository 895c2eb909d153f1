package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.procura.gateway.fleet.SharedStore;
import dev.procura.gateway.testkit.LoopbackProxy;
import dev.procura.gateway.testkit.RedisServer;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole gateway with a Redis: what an operator sees of it, and what it costs when it goes. */
@ExtendWith(OutputCaptureExtension.class)
final class SharedStoreTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String ALONE = """
            procura:
              issuers:
                corp: { issuer: http://127.0.0.1:9, audiences: [gateway] }
              routes:
                - id: status
                  path: /status
                  uri: http://127.0.0.1:9
                  require: { caller: anyone }
                  credential: { none: true }
            """;

    /** base64 of 32 bytes, of no use elsewhere */
    private static final String SHARED = ALONE + """
              cache: { shared: redis, seal-keys: ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="] }
            """;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void aGatewayAloneHasNothingOfRedis() {
        try (RunningGateway gateway = RunningGateway.start(ALONE)) {
            assertThat(gateway.beansOf(RedisConnectionFactory.class)).isEmpty();
            assertThat(gateway.beansOf(SharedStore.class)).isEmpty();
            assertThat(gateway.beanNames()).noneMatch(name -> name.toLowerCase().contains("redis"));
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("procura-redis"));
            assertThat(fleet(gateway).get("mode").asString()).isEqualTo("alone");
            assertThat(metric(gateway, "procura.fleet.reachable")).isEqualTo(404);
            assertThat(health(gateway).get("components").propertyNames()).contains("fleet", "issuers");
        }
    }

    @Test
    void theReportSaysThatItIsSharedCutOffAndSharedAgain(CapturedOutput output) {
        try (RedisServer redis = RedisServer.start();
                RunningGateway gateway = RunningGateway.start(SHARED + redis.yaml())) {
            await().atMost(PATIENCE).until(() -> mode(gateway).equals("shared"));
            assertThat(metric(gateway, "procura.fleet.reachable")).isEqualTo(200);
            assertThat(value(gateway, "procura.fleet.reachable")).isEqualTo(1);
            assertThat(value(gateway, "procura.fleet.cut.off.seconds")).isZero();
            assertThat(metric(gateway, "procura.fleet.commands?tag=operation:get&tag=outcome:ok"))
                    .isEqualTo(200);
            assertThat(health(gateway).get("components").propertyNames()).doesNotContain("redis");

            redis.kill();

            await().atMost(PATIENCE).until(() -> mode(gateway).equals("cut-off"));
            JsonNode component = health(gateway).get("components").get("fleet");
            assertThat(component.get("status").asString()).isEqualTo("UP");
            assertThat(component.get("details").get("lastError").asString()).isNotBlank();
            assertThat(readiness(gateway).get("components").propertyNames()).doesNotContain("fleet");
            assertThat(value(gateway, "procura.fleet.reachable")).isZero();
            assertThat(value(gateway, "procura.fleet.cut.off.seconds")).isPositive();
            assertThat(gateway.get("/elsewhere").statusCode())
                    .as("requests are answered")
                    .isEqualTo(404);

            redis.restart();

            await().atMost(PATIENCE).until(() -> mode(gateway).equals("shared"));
            assertThat(fleet(gateway).get("lastCutOffSeconds").asLong()).isNotNegative();
        }
        assertThat(output.getAll()
                        .lines()
                        .filter(line -> line.contains("the shared store is out of reach for credentials")))
                .as("once when it was killed; a slow machine may have missed a deadline before")
                .hasSizeBetween(1, 3);
        assertThat(output.getAll()).doesNotContain("\tat ", "ConnectionWatchdog", "onErrorDropped");
    }

    @Test
    void aGatewayThatFindsNoRedisStartsAndSaysSo() {
        try (RedisServer redis = RedisServer.start()) {
            redis.kill();
            try (RunningGateway gateway = RunningGateway.start(SHARED + redis.yaml())) {
                assertThat(mode(gateway)).isEqualTo("cut-off");
                redis.restart();
                await().atMost(PATIENCE).until(() -> mode(gateway).equals("shared"));
            }
        }
    }

    /** No answer at all is the worst that a network does: every caller would wait. */
    @Test
    void aSilentRedisCostsOneDeadlineForEachWindow() {
        try (RedisServer redis = RedisServer.start();
                LoopbackProxy line = LoopbackProxy.to(redis.port());
                RunningGateway gateway = RunningGateway.start(SHARED + yaml(line.port()))) {
            await().atMost(PATIENCE).until(() -> mode(gateway).equals("shared"));
            SharedStore store = gateway.bean(SharedStore.class);

            line.goSilent();
            assertThat(outcome(store)).isEqualTo("no answer in time");
            long start = System.nanoTime();
            for (int i = 0; i < 10_000; i++) {
                assertThat(outcome(store)).isNotEqualTo("answered");
            }

            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                    .as("10,000 callers in a row, of whom one in a second may have waited 100 ms")
                    .isLessThan(5_000);

            line.speak();
            await().atMost(PATIENCE).until(() -> outcome(store).equals("answered"));
        }
    }

    /** As behind a firewall that has forgotten the connection: nobody says that it is dead. */
    @Test
    void aConnectionThatIsDeadWithoutAWordIsReplaced() {
        try (RedisServer redis = RedisServer.start();
                LoopbackProxy line = LoopbackProxy.to(redis.port());
                RunningGateway gateway = RunningGateway.start(SHARED + yaml(line.port()))) {
            await().atMost(PATIENCE).until(() -> mode(gateway).equals("shared"));
            SharedStore store = gateway.bean(SharedStore.class);

            line.forgetConnections();

            assertThat(outcome(store)).isEqualTo("no answer in time");
            await().atMost(PATIENCE).until(() -> outcome(store).equals("answered"));
        }
    }

    private static String outcome(SharedStore store) {
        try {
            store.number("n").block(PATIENCE);
            return "answered";
        } catch (SharedStore.OutOfReach e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String yaml(int port) {
        return "spring.data.redis: { host: 127.0.0.1, port: " + port + " }\n";
    }

    private static String mode(RunningGateway gateway) {
        return fleet(gateway).get("mode").asString();
    }

    private static JsonNode fleet(RunningGateway gateway) {
        return health(gateway).get("components").get("fleet").get("details");
    }

    private static JsonNode health(RunningGateway gateway) {
        return JsonMapper.shared().readTree(actuator(gateway, "health").body());
    }

    private static JsonNode readiness(RunningGateway gateway) {
        return JsonMapper.shared()
                .readTree(actuator(gateway, "health/readiness").body());
    }

    private static int metric(RunningGateway gateway, String name) {
        return actuator(gateway, "metrics/" + name).statusCode();
    }

    private static double value(RunningGateway gateway, String name) {
        return JsonMapper.shared()
                .readTree(actuator(gateway, "metrics/" + name).body())
                .get("measurements")
                .get(0)
                .get("value")
                .asDouble();
    }

    private static HttpResponse<String> actuator(RunningGateway gateway, String path) {
        return HTTP.sendAsync(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + gateway.managementPort() + "/actuator/" + path))
                                .timeout(PATIENCE)
                                .build(),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                .join();
    }
}
