package dev.procura.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.procura.gateway.testkit.Background;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code compose.yaml} as it is: two gateways out of the project's own image, Keycloak, Redis, the three tiers. Where there is
 * no Docker it is skipped; {@code KeycloakChainIT}, {@code FleetIT} and {@code DrainTest} show the same there, without the
 * containers.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ComposeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String ALL = ".*";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static Compose compose;

    @BeforeAll
    static void up() {
        Optional<Compose> here = Compose.ofThisMachine(Path.of(System.getProperty("procura.root")));
        assumeTrue(here.isPresent(), "no Docker engine with the images of compose.yaml answers here");
        compose = here.get();
        compose.up();
    }

    @AfterAll
    static void down() {
        if (compose != null) {
            compose.down();
        }
    }

    @Test
    @Order(1)
    void theThreeUsesWork() {
        String alice = token("alice");

        HttpResponse<String> orders = get("/orders/1", alice);
        assertThat(orders.statusCode()).as(orders.body()).isEqualTo(200);
        JsonNode seen = JsonMapper.shared().readTree(orders.body());
        assertThat(seen.at("/audience").toString()).contains("orders-api");
        assertThat(seen.at("/next/status").asInt()).isEqualTo(200);
        assertThat(seen.at("/next/body/audience").toString()).contains("inventory-api");
        assertThat(seen.at("/next/body/subject")).isEqualTo(seen.at("/subject"));

        HttpResponse<String> reports = get("/reports/1", alice);
        assertThat(reports.statusCode()).as(reports.body()).isEqualTo(200);
        assertThat(JsonMapper.shared()
                        .readTree(reports.body())
                        .at("/userContext/caller")
                        .toString())
                .contains(seen.at("/subject").asString());

        HttpRequest posted = HttpRequest.newBuilder(URI.create("http://localhost:8080/orders/1"))
                .header("Authorization", "Bearer " + alice)
                .POST(HttpRequest.BodyPublishers.ofString("something to do"))
                .build();
        assertThat(send(posted).statusCode()).isEqualTo(200);

        String bob = token("bob");
        assertThat(get("/orders/1", bob).statusCode()).isEqualTo(403);
        assertThat(get("/reports/1", bob).statusCode()).isEqualTo(403);
        assertThat(get("/orders/1", "").statusCode()).isEqualTo(401);
    }

    /** Both gateways are asked, and one of them asks: a credential is exchanged once for all. */
    @Test
    @Order(2)
    void twoGatewaysAreOne() {
        assertThat(compose.containers("gateway")).hasSize(2);
        String alice = token("alice");
        double before = exchanges(ALL);

        for (int i = 0; i < 20; i++) {
            assertThat(attempt(alice)).isEqualTo("200");
        }

        // The token for orders, and the one for inventory in her name.
        assertThat(exchanges(ALL)).isEqualTo(before + 2);
    }

    @Test
    @Order(3)
    void whereRedisIsRestartedNoRequestIsLostAndNothingIsExchangedAgain() {
        Load load = Load.begin(token("alice"));
        double before = exchanges(ALL);

        compose.run("docker", "compose", "restart", "--timeout", "1", "redis");
        load.goOnFor(400);

        assertThat(exchanges(ALL)).isEqualTo(before);
        assertThat(load.end()).isEmpty();
    }

    @Test
    @Order(4)
    void whereAGatewayIsKilledNoRequestIsLostAndNothingIsExchangedAgain() {
        Load load = Load.begin(token("alice"));
        List<String> gateways = compose.containers("gateway");
        String survivor = compose.address(gateways.get(1)) + ":8081";
        double before = exchanges(survivor);

        compose.run("docker", "kill", gateways.get(0));
        load.goOnFor(400);

        assertThat(exchanges(survivor)).isEqualTo(before);
        assertThat(load.end()).isEmpty();
        compose.run("docker", "compose", "up", "--wait");
    }

    /** The end that a container gets when it is asked: it drains, so nobody has to retry. */
    @Test
    @Order(5)
    void whereAGatewayIsStoppedNobodyNoticesIt() {
        Load load = Load.begin(token("alice"));

        compose.run("docker", "stop", compose.containers("gateway").get(0));
        load.goOnFor(400);

        assertThat(load.end()).isEmpty();
        assertThat(load.retries()).isZero();
        compose.run("docker", "compose", "up", "--wait");
    }

    @Test
    @Order(6)
    void containersCanWriteNothingAndAreNobody() {
        String gateway = compose.containers("gateway").get(0);

        assertThat(compose.run(
                        "docker", "inspect", "--format", "{{.HostConfig.ReadonlyRootfs}} {{.Config.User}}", gateway))
                .isEqualTo("true 65532:65532");
        assertThat(compose.run("docker", "logs", gateway))
                .contains("Started GatewayApplication")
                .doesNotContain("WARN  io.netty", "Unable to");
    }

    /** Requests one after the other by four callers, each of whom tries once more where something goes wrong. */
    private static final class Load {
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger served = new AtomicInteger();
        private final AtomicInteger retries = new AtomicInteger();
        private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        private final List<CompletableFuture<Void>> callers = new ArrayList<>();

        static Load begin(String token) {
            Load load = new Load();
            for (int i = 0; i < 4; i++) {
                load.callers.add(Background.run(() -> load.run(token)));
            }
            await().atMost(PATIENCE).until(() -> load.served.get() > 100);
            return load;
        }

        private void run(String token) {
            while (!over.get() && served.get() < 50_000) {
                String first = attempt(token);
                if (!first.equals("200")) {
                    retries.incrementAndGet();
                    String second = attempt(token);
                    if (!second.equals("200")) {
                        failures.add(first + ", and then " + second);
                    }
                }
                served.incrementAndGet();
            }
        }

        /** For as many requests. */
        void goOnFor(int more) {
            int until = served.get() + more;
            await().atMost(PATIENCE).until(() -> served.get() >= until);
        }

        List<String> end() {
            over.set(true);
            callers.forEach(CompletableFuture::join);
            System.out.println("requests: " + served.get() + ", of which tried once more: " + retries.get());
            return List.copyOf(failures);
        }

        int retries() {
            return retries.get();
        }
    }

    private static final class UncheckedFailure extends RuntimeException {
        UncheckedFailure(Exception cause) {
            super(cause.toString());
        }
    }

    private static String token(String user) {
        return compose.run("deploy/compose/token", user);
    }

    private static HttpResponse<String> get(String target, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:8080" + target))
                .timeout(PATIENCE);
        return send((token.isEmpty() ? request : request.header("Authorization", "Bearer " + token)).build());
    }

    /** Through both tiers: 200 only where the second one has answered, too. */
    private static String attempt(String token) {
        try {
            HttpResponse<String> answer = get("/orders/1", token);
            return answer.statusCode() == 200
                    ? JsonMapper.shared()
                            .readTree(answer.body())
                            .at("/next/status")
                            .asString("no next tier: " + answer.body())
                    : answer.statusCode() + " " + answer.body();
        } catch (UncheckedFailure e) {
            return e.getMessage();
        }
    }

    /** How often gateways have got a token from Keycloak, once Prometheus has looked again; it does so every 5 seconds. */
    private static double exchanges(String instances) {
        String up = "min(up{instance=~\"" + instances + "\"})";
        await().atMost(PATIENCE).until(() -> asked(up) == 1);
        double scrapes = asked("sum(count_over_time(up[30m]))");
        await().atMost(PATIENCE).until(() -> asked("sum(count_over_time(up[30m]))") >= scrapes + 4);
        return asked("sum(procura_token_requests_seconds_count{instance=~\"" + instances + "\"})");
    }

    private static double asked(String query) {
        URI uri = URI.create(
                "http://localhost:9090/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        return JsonMapper.shared()
                .readTree(send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build())
                        .body())
                .at("/data/result/0/value/1")
                .asDouble(0);
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedFailure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
