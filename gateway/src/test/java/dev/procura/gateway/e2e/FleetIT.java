package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.FakeAuthorizationServer.Reply;
import dev.procura.gateway.testkit.PackagedGateway;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes of the jar as it is shipped, and a real Redis between them. */
final class FleetIT {

    private static final String SEAL_KEY = key();
    private static final String CLIENT_SECRET = "the-secret-of-the-client";
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static FakeAuthorizationServer server;
    private static RecordingTier tier;
    private static RedisServer redis;
    private static PackagedGateway one;
    private static PackagedGateway other;

    /** Every token that was sent or issued in this class. */
    private static final Set<String> TOKENS = ConcurrentHashMap.newKeySet();

    private static String key() {
        byte[] bytes = new byte[32];
        new java.security.SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @BeforeAll
    static void start() {
        server = FakeAuthorizationServer.start();
        tier = RecordingTier.start();
        redis = RedisServer.start();
        one = launch();
        other = launch();
        one.ready();
        other.ready();
        awaitMode("shared");
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        redis.close();
        tier.close();
        server.close();
    }

    @BeforeEach
    void forget() {
        server.reset();
        tier.reset();
        server.answering(FleetIT::issue);
    }

    private static Reply issue(FakeAuthorizationServer.TokenRequest request) {
        Reply reply = server.issue(request);
        TOKENS.add(reply.body().replaceAll(".*\"access_token\":\"([^\"]+)\".*", "$1"));
        return reply;
    }

    private static PackagedGateway launch() {
        return PackagedGateway.start(
                """
                procura:
                  public-url: https://api.example.test
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: %5$s }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %2$s
                      require: { audiences: [gateway], issuers: [corp] }
                      credential: { on-behalf-of: gateway, audience: orders-api }
                    - id: reports
                      path: /reports/**
                      uri: %2$s
                      require: { audiences: [gateway], issuers: [corp] }
                      credential: { client-credentials: gateway, audience: reports-api, user-context: signed }
                  cache: { shared: redis, seal-keys: ["%4$s"] }
                  management: { require: { issuers: [corp], roles: [gateway-admin] } }
                spring.data.redis: { host: 127.0.0.1, port: %3$d, timeout: 2s }
                """.formatted(server.issuer(), tier.uri(), redis.port(), SEAL_KEY, CLIENT_SECRET), "-Xmx256m");
    }

    private static String user(String name) {
        return user(name, UUID.randomUUID().toString(), Instant.now());
    }

    private static String user(String name, String session, Instant issuedAt) {
        String token = server.token(Map.of(
                "sub", name, "sid", session, "iat", issuedAt.minusSeconds(5).getEpochSecond()));
        TOKENS.add(token);
        return token;
    }

    private static HttpResponse<String> get(PackagedGateway gateway, String path, String token) {
        return gateway.send(
                gateway.request(path).header("Authorization", "Bearer " + token).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static CompletableFuture<Integer> status(PackagedGateway gateway, String path, String token) {
        return HTTP.sendAsync(
                        gateway.request(path)
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .thenApply(HttpResponse::statusCode);
    }

    private static HttpResponse<String> manage(PackagedGateway gateway, String body) {
        String admin = server.token(Map.of("sub", "operator", "roles", List.of("gateway-admin")));
        TOKENS.add(admin);
        return gateway.send(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + gateway.managementPort() + "/actuator/revocations"))
                        .header("Authorization", "Bearer " + admin)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String health(PackagedGateway gateway) {
        return gateway.send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + gateway.managementPort() + "/actuator/health"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void awaitMode(String mode) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> health(one).contains("\"mode\":\"" + mode + "\"")
                        && health(other).contains("\"mode\":\"" + mode + "\""));
    }

    @Test
    void whatOneHasObtainedTheOtherUses() {
        String alice = user("alice");
        assertThat(get(one, "/orders/1", alice).statusCode()).isEqualTo(200);
        String credential = tier.last().bearer();

        assertThat(get(other, "/orders/2", alice).statusCode()).isEqualTo(200);

        assertThat(tier.last().bearer()).isEqualTo(credential);
        assertThat(server.tokenRequests().size()).isEqualTo(1);
        assertThat(get(other, "/orders/2", user("bob")).statusCode()).isEqualTo(200);
        assertThat(tier.last().bearer()).isNotEqualTo(credential);
        assertThat(server.tokenRequests().size()).isEqualTo(2);
    }

    @Test
    void aHundredCallersOfTwoReplicasMakeOneCall() {
        String alice = user("alice");
        server.answering(request -> {
            Thread.sleep(300);
            return issue(request);
        });

        List<CompletableFuture<Integer>> answers = IntStream.range(0, 100)
                .mapToObj(i -> status(i % 2 == 0 ? one : other, "/orders/1", alice))
                .toList();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(200));
        assertThat(server.tokenRequests().size()).isEqualTo(1);
        assertThat(tier.received())
                .extracting(RecordingTier.Received::bearer)
                .containsOnly(tier.last().bearer());
    }

    /** Callers with a valid token, and new ones, before, while and after. */
    @Test
    void aRedisThatIsKilledAndComesBackFailsNoRequest() throws Exception {
        List<String> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            callers.add(user("user" + i));
            assertThat(get(i % 2 == 0 ? one : other, "/orders/1", callers.get(i))
                            .statusCode())
                    .isEqualTo(200);
        }
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        List<String> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> load = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            PackagedGateway gateway = i % 2 == 0 ? one : other;
            int first = i;
            load.add(threads.submit(() -> {
                for (int n = first; !over.get(); n++) {
                    String token = n % 10 == 9 ? user("newcomer") : callers.get(n % callers.size());
                    int status = status(gateway, "/orders/" + n, token).join();
                    if (status == 200) {
                        served.incrementAndGet();
                    } else {
                        failures.add(n + ": " + status);
                    }
                }
            }));
        }

        awaitMore(served, 50);
        redis.kill();
        awaitMore(served, 50);
        awaitMode("cut-off");
        awaitMore(served, 50);
        redis.restart();
        awaitMode("shared");
        awaitMore(served, 50);
        over.set(true);
        for (Future<?> one : load) {
            one.get();
        }
        threads.shutdown();

        assertThat(failures).isEmpty();
        assertThat(health(one)).contains("\"status\":\"UP\"");
        String late = user("late");
        int before = server.tokenRequests().size();
        assertThat(get(one, "/orders/1", late).statusCode()).isEqualTo(200);
        assertThat(get(other, "/orders/1", late).statusCode()).isEqualTo(200);
        assertThat(server.tokenRequests().size()).as("shared again").isEqualTo(before + 1);
    }

    private static void awaitMore(AtomicInteger served, int more) {
        int before = served.get();
        await().atMost(Duration.ofSeconds(30)).until(() -> served.get() >= before + more);
    }

    @Test
    void aRevocationReachesTheOtherReplicaWithinASecond() {
        String session = UUID.randomUUID().toString();
        String alice = user("alice", session, Instant.now());
        String bob = user("bob");
        for (PackagedGateway gateway : List.of(one, other)) {
            assertThat(get(gateway, "/orders/1", alice).statusCode()).isEqualTo(200);
            assertThat(get(gateway, "/orders/1", bob).statusCode()).isEqualTo(200);
        }

        HttpResponse<String> answer = manage(one, "{\"session\":\"" + session + "\",\"issuer\":\"corp\"}");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).contains("\"told\":\"fleet\"");
        assertThat(get(one, "/orders/1", alice).body()).contains("token_revoked");
        await().atMost(A_SECOND).until(() -> get(other, "/orders/1", alice).statusCode() == 401);
        assertThat(get(other, "/orders/1", bob).statusCode()).isEqualTo(200);
    }

    /**
     * A replica that starts finds the credentials of the others, and knows what was revoked before it was there: also by a
     * token that nobody has seen, and after Redis has been empty.
     */
    @Test
    void aReplicaThatStartsIsWarmAndKnowsWhatWasRevoked() {
        String session = UUID.randomUUID().toString();
        String unseen = user("alice", session, Instant.now());
        assertThat(manage(one, "{\"session\":\"" + session + "\",\"issuer\":\"corp\"}")
                        .statusCode())
                .isEqualTo(201);
        redis.kill();
        awaitMode("cut-off");
        redis.restart();
        awaitMode("shared");
        await().atMost(Duration.ofSeconds(10)).until(() -> !redis.dump().isEmpty());
        String alice = user("alice");
        assertThat(get(one, "/orders/1", alice).statusCode()).isEqualTo(200);
        int before = server.tokenRequests().size();

        try (PackagedGateway third = launch().ready()) {
            assertThat(get(third, "/orders/1", unseen).body()).contains("token_revoked");
            assertThat(get(third, "/orders/1", alice).statusCode()).isEqualTo(200);
        }

        assertThat(server.tokenRequests().size()).isEqualTo(before);
    }

    /** Tiers fetch the keys from whichever replica answers. */
    @Test
    void eachReplicaPublishesTheKeysOfBoth() {
        String alice = user("alice");
        assertThat(get(one, "/reports/1", alice).statusCode()).isEqualTo(200);
        String byOne = tier.last().header("Procura-User-Context").orElseThrow();
        assertThat(get(other, "/reports/1", alice).statusCode()).isEqualTo(200);
        String byOther = tier.last().header("Procura-User-Context").orElseThrow();

        assertThat(kid(byOne)).isNotEqualTo(kid(byOther));
        for (PackagedGateway gateway : List.of(one, other)) {
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(keys(gateway))
                            .contains(kid(byOne), kid(byOther))
                            .doesNotContain("\"d\""));
        }
    }

    private static String kid(String jwt) {
        String header =
                new String(Base64.getUrlDecoder().decode(jwt.substring(0, jwt.indexOf('.'))), StandardCharsets.UTF_8);
        return header.replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1");
    }

    private static String keys(PackagedGateway gateway) {
        return gateway.send(gateway.request("/.well-known/jwks.json").build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void aDumpHoldsNoTokenAndNobodysName() {
        String somebody = "somebody-" + UUID.randomUUID();
        assertThat(get(one, "/orders/1", user(somebody)).statusCode()).isEqualTo(200);
        assertThat(get(one, "/reports/1", user(somebody)).statusCode()).isEqualTo(200);
        assertThat(manage(one, "{\"subject\":\"" + somebody + "\",\"issuer\":\"corp\"}")
                        .statusCode())
                .isEqualTo(201);

        String dump = redis.dumpText();

        assertThat(redis.dump()).hasSizeGreaterThan(2);
        List<String> secrets = new ArrayList<>(TOKENS);
        secrets.add(somebody);
        secrets.add(SEAL_KEY);
        secrets.add(CLIENT_SECRET);
        secrets.add("orders-api");
        secrets.add(server.issuer());
        assertThat(TOKENS).hasSizeGreaterThan(4);
        for (String secret : secrets) {
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            String tail = secret.substring(secret.lastIndexOf('.') + 1);
            assertThat(dump)
                    .doesNotContain(secret)
                    .doesNotContain(tail)
                    .doesNotContain(HexFormat.of().formatHex(bytes))
                    .doesNotContain(Base64.getEncoder().withoutPadding().encodeToString(bytes));
        }
    }

    @Test
    void aValueThatSomebodyChangedCostsACallAndRingsAnAlarm() {
        String alice = user("alice");
        assertThat(get(one, "/orders/1", alice).statusCode()).isEqualTo(200);
        redis.dump().forEach((name, stored) -> {
            if (stored.type().equals("string")) {
                redis.ask("SET", name, "x".repeat(200), "EX", "100");
            }
        });

        assertThat(get(other, "/orders/1", alice).statusCode()).isEqualTo(200);

        assertThat(server.tokenRequests().size()).isEqualTo(2);
        assertThat(other.log()).contains("code=shared_entry_refused client=gateway audience=orders-api");
    }

    @Test
    void theLogsHoldNoToken() {
        String alice = user("alice");
        assertThat(get(one, "/orders/1", alice).statusCode()).isEqualTo(200);

        for (PackagedGateway gateway : List.of(one, other)) {
            assertThat(TOKENS).noneMatch(gateway.log()::contains);
            assertThat(gateway.log()).doesNotContain(SEAL_KEY, CLIENT_SECRET, "\tat ");
        }
    }
}
