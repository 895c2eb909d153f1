package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RunningGateway;
import dev.procura.gateway.testkit.TalkativeTier;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** An API that says more than it was asked: the next one on the connection would get that, and everybody after him the wrong answer. */
final class OneAnswerTest {

    private static final FakeAuthorizationServer SERVER = FakeAuthorizationServer.start();
    private static final TalkativeTier TIER = TalkativeTier.start();

    /** One connection, which all of them have to share. */
    private static final String CONFIGURATION = """
            spring.cloud.gateway.server.webflux.httpclient.pool: { type: fixed, max-connections: 1, acquire-timeout: 20000 }
            procura:
              issuers:
                corp: { issuer: "%1$s", audiences: [gateway] }
              clients:
                gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: s3cr3t }
              routes:
                - id: orders
                  path: /orders/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  limits: { timeout: 10s }
            """.formatted(SERVER.issuer(), TIER.uri());

    private static final RunningGateway GATEWAY = RunningGateway.start(CONFIGURATION);

    /** Every request goes the full way: see HitPathTest. */
    private static final RunningGateway WHOLE =
            RunningGateway.start(CONFIGURATION, "--management.observations.enable.nothing=true");

    @AfterAll
    static void stop() {
        GATEWAY.close();
        WHOLE.close();
        TIER.close();
        SERVER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"twice", "half", "lines", "long", "bits-half"})
    void whoWaitsForTheConnectionGetsTheAnswerToHisOwnRequest(String talk) {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            List<String> tokens = IntStream.range(0, 8)
                    .mapToObj(i -> SERVER.userToken("user-" + i))
                    .toList();
            tokens.forEach(token -> get(gateway, "/orders/well/1", token).join());
            int before = TIER.connections();

            List<CompletableFuture<HttpResponse<String>>> all = tokens.stream()
                    .map(token -> get(gateway, "/orders/" + talk + "/" + tokens.indexOf(token), token))
                    .toList();

            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).orTimeout(20, TimeUnit.SECONDS).join())
                        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200))
                        .satisfies(answer -> assertThat(answer.headers().map()).doesNotContainKey("set-cookie"))
                        .extracting(HttpResponse::body)
                        .isEqualTo("/orders/" + talk + "/" + i);
            }
            assertThat(TIER.connections()).isGreaterThanOrEqualTo(before + all.size() - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"later", "later-half"})
    void aConnectionOnWhichSomethingIsSaidUnaskedEnds(String talk) {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String token = SERVER.userToken("ann");
            get(gateway, "/orders/well/1", token).join();
            for (int round = 0; round < 3; round++) {
                int before = TIER.connections();
                String target = "/orders/" + talk + "/" + round;

                assertThat(get(gateway, target, token)
                                .orTimeout(20, TimeUnit.SECONDS)
                                .join()
                                .body())
                        .isEqualTo(target);

                // It may still be on its way; who comes in between is served by the connection that there is.
                await().until(() -> {
                    assertThat(get(gateway, "/orders/well/2", SERVER.userToken("bob"))
                                    .orTimeout(20, TimeUnit.SECONDS)
                                    .join()
                                    .body())
                            .isIn("/orders/well/2");
                    return TIER.connections() > before;
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"well", "bits", "bits-chunked"})
    void aConnectionOnWhichNothingElseIsSaidIsUsedAgain(String talk) {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String token = SERVER.userToken("cleo");
            get(gateway, "/orders/well/1", token).join();
            int before = TIER.connections();

            for (int i = 0; i < 10; i++) {
                String target = "/orders/" + talk + "/" + i;
                assertThat(get(gateway, target, token).join().body()).isEqualTo(target);
            }

            assertThat(TIER.connections()).isEqualTo(before);
        }
    }

    /** Some servers send a body with it all the same. */
    @Test
    void aHeadThatIsAnsweredWithABodyCostsTheConnection() {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String token = SERVER.userToken("dan");
            get(gateway, "/orders/well/1", token).join();
            HttpResponse<String> answer = gateway.send(gateway.request("/orders/twice/1")
                    .header("Authorization", "Bearer " + token)
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(get(gateway, "/orders/well/3", token).join().body()).isEqualTo("/orders/well/3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"twice", "half", "lines", "long", "bits-half", "bits-chunked"})
    void anAuthorizationServersAnswersAreNotMixedUpEither(String talk) {
        AuthorizationServerHttp http = AuthorizationServerHttp.create("talk", 1, Duration.ofSeconds(10));

        List<String> bodies = Flux.range(0, 6)
                .flatMapSequential(i -> http.get(URI.create(TIER.uri() + "/orders/" + talk + "/" + i)))
                .map(AuthorizationServerHttp.Answer::body)
                .collectList()
                .block(Duration.ofSeconds(20));

        assertThat(bodies)
                .isEqualTo(IntStream.range(0, 6)
                        .mapToObj(i -> "/orders/" + talk + "/" + i)
                        .toList());
    }

    private static CompletableFuture<HttpResponse<String>> get(RunningGateway gateway, String target, String token) {
        return gateway.sendAsync(gateway.request(target)
                .header("Authorization", "Bearer " + token)
                .build());
    }
}
