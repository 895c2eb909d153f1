package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.procura.gateway.testkit.Background;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RunningGateway;
import dev.procura.gateway.testkit.StreamingTier;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A gateway that is told to end finishes what it has, and whoever looks at its readiness loses nothing. */
final class DrainTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static FakeAuthorizationServer server;
    private static StreamingTier tier;

    @BeforeAll
    static void start() {
        server = FakeAuthorizationServer.start();
        tier = StreamingTier.start();
    }

    @AfterAll
    static void stop() {
        tier.close();
        server.close();
    }

    @Test
    void isNotReadyAndYetServesUntilTheTimeIsOver() {
        RunningGateway gateway = gateway("3s");
        String known = server.userToken("known");
        assertThat(gateway.get("/api/short", known).headers().firstValue("connection"))
                .isEmpty();
        CompletableFuture<HttpResponse<String>> slow = gateway.sendAsync(
                gateway.request("/api/slow", "Authorization", "Bearer " + known).build());
        await().atMost(PATIENCE).until(() -> tier.asked("/api/slow") == 1);

        CompletableFuture<Void> ended = Background.run(gateway::close);

        await().atMost(PATIENCE).until(() -> readiness(gateway) == 503);
        assertServedAndParted(gateway.get("/api/short", known), 200);
        assertServedAndParted(gateway.get("/api/short", server.userToken("newcomer")), 200);
        assertServedAndParted(gateway.get("/api/short"), 401);
        assertServedAndParted(gateway.get("/nowhere", known), 404);
        assertThat(ended).isNotDone();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThatExceptionOfType(ConnectException.class)
                        .isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), gateway.port()).close()));
        assertThat(slow).isNotDone();
        tier.finish();
        assertThat(slow).succeedsWithin(PATIENCE).satisfies(late -> {
            assertThat(late.statusCode()).isEqualTo(200);
            assertThat(late.body()).isEqualTo("late");
        });
        assertThat(ended).succeedsWithin(PATIENCE);
    }

    /** What is sent there, at the latest half a second after a gateway has said that it is not ready, is served. */
    @Test
    void noRequestFailsWhenOneOfTwoEndsUnderLoad() {
        RunningGateway stays = gateway("4s");
        RunningGateway goes = gateway("4s");
        AtomicBoolean goesIsReady = new AtomicBoolean(true);
        AtomicBoolean over = new AtomicBoolean();
        int askedBefore = tier.asked("/api/short");
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger servedByTheOneThatGoes = new AtomicInteger();
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int caller = 0; caller < 8; caller++) {
            String token = server.userToken("caller-" + caller);
            callers.add(Background.run(() -> {
                while (!over.get() && sent.get() < 20_000) {
                    RunningGateway one = goesIsReady.get() && sent.getAndIncrement() % 2 == 0 ? goes : stays;
                    // A POST: the client sends none of them a second time by itself.
                    HttpRequest request = one.request("/api/short", "Authorization", "Bearer " + token)
                            .POST(HttpRequest.BodyPublishers.ofString("something to do"))
                            .build();
                    try {
                        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                        answered.incrementAndGet();
                        if (answer.statusCode() != 200 || !answer.body().equals("short")) {
                            failures.add(answer.statusCode() + " " + answer.body());
                        } else if (answer.headers().firstValue("connection").isPresent()) {
                            servedByTheOneThatGoes.incrementAndGet();
                        }
                    } catch (IOException e) {
                        failures.add(e + " of the one that " + (one == goes ? "goes" : "stays"));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                }
            }));
        }
        await().atMost(PATIENCE).until(() -> sent.get() > 200);

        CompletableFuture<Void> ended = Background.run(goes::close);
        await().atMost(PATIENCE).until(() -> readiness(goes) == 503);
        int before = servedByTheOneThatGoes.get();
        await().atMost(PATIENCE).until(() -> servedByTheOneThatGoes.get() > before + 20);
        goesIsReady.set(false);

        assertThat(ended).succeedsWithin(PATIENCE);
        over.set(true);
        callers.forEach(caller -> assertThat(caller).succeedsWithin(PATIENCE));
        assertThat(failures).isEmpty();
        assertThat(servedByTheOneThatGoes).hasPositiveValue();
        assertThat(tier.asked("/api/short") - askedBefore)
                .as("none was sent twice on its way")
                .isEqualTo(answered.get());
        stays.close();
    }

    private static void assertServedAndParted(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().allValues("connection")).containsExactly("close");
    }

    private static int readiness(RunningGateway gateway) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.managementPort()
                                            + "/actuator/health/readiness"))
                                    .timeout(PATIENCE)
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static RunningGateway gateway(String drain) {
        RunningGateway gateway = RunningGateway.start("""
                procura:
                  drain: %3$s
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: secret }
                  routes:
                    - id: api
                      path: /api/**
                      uri: %2$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: orders-api }
                """.formatted(server.issuer(), tier.uri(), drain));
        await().atMost(PATIENCE).until(() -> readiness(gateway) == 200);
        return gateway;
    }
}
