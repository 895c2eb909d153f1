package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.HintingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.URI;
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

/** What a server says before its answer is no answer: the next one on the connection would get this one's. */
final class InterimAnswersTest {

    private static final FakeAuthorizationServer SERVER = FakeAuthorizationServer.start();
    private static final HintingTier HTTP1 = HintingTier.start();
    private static final HintingTier HTTP2 = HintingTier.startHttp2();

    private static final String CONFIGURATION = """
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
                - id: swift
                  path: /swift/**
                  uri: %3$s
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
            """.formatted(SERVER.issuer(), HTTP1.uri(), HTTP2.uri());

    private static final RunningGateway GATEWAY = RunningGateway.start(CONFIGURATION);

    /** Every request goes the full way: see HitPathTest. */
    private static final RunningGateway WHOLE =
            RunningGateway.start(CONFIGURATION, "--management.observations.enable.nothing=true");

    @AfterAll
    static void stop() {
        GATEWAY.close();
        WHOLE.close();
        HTTP1.close();
        HTTP2.close();
        SERVER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"103", "102", "103/103", "100/103", "100", "199/103/102", "111", "199/121"})
    void everyoneGetsTheAnswerToHisOwnRequest(String hints) throws Exception {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            for (String route : List.of("/orders/", "/swift/")) {
                List<String> tokens = IntStream.range(0, 4)
                        .mapToObj(i -> SERVER.userToken("user-" + i))
                        .toList();
                tokens.forEach(token -> get(gateway, route + "1", token));
                for (int round = 0; round < 3; round++) {
                    for (String token : tokens) {
                        String target = route + hints + "/" + tokens.indexOf(token) + "-" + round;

                        HttpResponse<String> answer =
                                get(gateway, target, token).get(20, TimeUnit.SECONDS);

                        assertThat(answer.statusCode()).isEqualTo(200);
                        assertThat(answer.body()).isEqualTo(target);
                    }
                }
            }
        }
    }

    @Test
    void anotherProtocolThatNobodyAskedForIsAFault() throws Exception {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String token = SERVER.userToken("una");
            get(gateway, "/orders/1", token).get(20, TimeUnit.SECONDS);

            assertThat(get(gateway, "/orders/101/1", token)
                            .get(20, TimeUnit.SECONDS)
                            .statusCode())
                    .isEqualTo(502);
            assertThat(get(gateway, "/orders/2", token)
                            .get(20, TimeUnit.SECONDS)
                            .body())
                    .isEqualTo("/orders/2");
        }
    }

    @Test
    void oneThatCannotBeReadEndsTheRequestAtOnce() throws Exception {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String token = SERVER.userToken("ulf");
            get(gateway, "/orders/1", token).get(20, TimeUnit.SECONDS);

            assertThat(get(gateway, "/orders/garbled", token)
                            .get(20, TimeUnit.SECONDS)
                            .statusCode())
                    .isEqualTo(502);
            assertThat(get(gateway, "/orders/3", token)
                            .get(20, TimeUnit.SECONDS)
                            .body())
                    .isEqualTo("/orders/3");
        }
    }

    @Test
    void anAuthorizationServersAnswersAreNotMixedUpEither() {
        AuthorizationServerHttp http = AuthorizationServerHttp.create("hints", 1, Duration.ofSeconds(5));

        for (int i = 0; i < 5; i++) {
            String target = "/103/" + i;
            assertThat(http.get(URI.create(HTTP1.uri() + target)).block(Duration.ofSeconds(10)))
                    .isNotNull()
                    .satisfies(answer -> assertThat(answer.body()).isEqualTo(target));
        }
    }

    private static CompletableFuture<HttpResponse<String>> get(RunningGateway gateway, String target, String token) {
        return gateway.sendAsync(gateway.request(target)
                .header("Authorization", "Bearer " + token)
                .build());
    }
}
