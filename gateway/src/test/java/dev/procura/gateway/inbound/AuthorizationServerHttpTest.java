package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Calls to an authorization server end in time, stay small, and go nowhere else. */
final class AuthorizationServerHttpTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final LoopbackServer server = LoopbackServer.start();
    private final AuthorizationServerHttp http = AuthorizationServerHttp.create("test", 4, Duration.ofSeconds(5));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void readsAnAnswerWhole() {
        server.answer("/x", 200, "{\"a\":\"\u00e4\"}");

        StepVerifier.create(http.get(server.uri("/x")))
                .assertNext(answer -> {
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo("{\"a\":\"\u00e4\"}");
                    assertThat(answer.retryAfter()).isEmpty();
                })
                .expectComplete()
                .verify(SOON);
        assertThat(server.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.method()).isEqualTo("GET");
            assertThat(asked.headers()).containsEntry("Accept", List.of("application/json"));
            assertThat(asked.headers()).doesNotContainKey("Authorization");
        });
    }

    @Test
    void postsAFormWithTheClientsCredentials() {
        server.answer("/token", 200, "{}");

        StepVerifier.create(http.post(
                        server.uri("/token"),
                        Optional.of("Basic eDp5"),
                        "grant_type=x&scope=a+b",
                        AuthorizationServerHttp.JSON,
                        () -> {}))
                .expectNextCount(1)
                .expectComplete()
                .verify(SOON);

        assertThat(server.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.method()).isEqualTo("POST");
            assertThat(asked.body()).isEqualTo("grant_type=x&scope=a+b");
            assertThat(asked.headers()).containsEntry("Authorization", List.of("Basic eDp5"));
            assertThat(asked.headers()).containsEntry("Content-type", List.of("application/x-www-form-urlencoded"));
        });
    }

    @Test
    void keepsNoCredentialsForTheNextCall() {
        http.post(server.uri("/token"), Optional.of("Basic eDp5"), "a=b", AuthorizationServerHttp.JSON, () -> {})
                .block(SOON);
        http.post(server.uri("/token"), Optional.empty(), "a=b", AuthorizationServerHttp.JSON, () -> {})
                .block(SOON);

        assertThat(server.asked().get(1).headers()).doesNotContainKey("Authorization");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 429, 500, 503})
    void handsOnWhateverStatusTheServerGave(int status) {
        server.answer("/x", status, Map.of("Retry-After", "7"));

        StepVerifier.create(http.get(server.uri("/x")))
                .assertNext(answer -> {
                    assertThat(answer.status()).isEqualTo(status);
                    assertThat(answer.retryAfter()).contains("7");
                    assertThat(answer.body()).isEmpty();
                })
                .expectComplete()
                .verify(SOON);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsNoRedirect(int status) {
        server.answer("/token", status, Map.of("Location", server.origin() + "/elsewhere"));

        Mono<AuthorizationServerHttp.Answer> answer = http.post(
                server.uri("/token"), Optional.of("Basic eDp5"), "a=b", AuthorizationServerHttp.JSON, () -> {});

        StepVerifier.create(answer.map(AuthorizationServerHttp.Answer::status))
                .expectNext(status)
                .expectComplete()
                .verify(SOON);
        assertThat(server.askedPaths()).containsExactly("/token");
    }

    @Test
    void readsAnAnswerOf512KiBAndNoLongerOne() {
        server.answer("/large", 200, "x".repeat(AuthorizationServerHttp.MAX_ANSWER_BYTES));
        server.answer("/too-large", 200, "x".repeat(AuthorizationServerHttp.MAX_ANSWER_BYTES + 1));

        StepVerifier.create(http.get(server.uri("/large"))
                        .map(answer -> answer.body().length()))
                .expectNext(512 * 1024)
                .expectComplete()
                .verify(SOON);
        StepVerifier.create(http.get(server.uri("/too-large")))
                .expectErrorSatisfies(error -> assertThat(error).rootCause().isInstanceOf(IOException.class))
                .verify(SOON);
    }

    @Test
    void endsACallThatIsNotAnsweredInTime() {
        server.hold("/slow");
        AuthorizationServerHttp impatient = AuthorizationServerHttp.create("impatient", 1, Duration.ofMillis(100));

        StepVerifier.create(impatient.get(server.uri("/slow"))).expectError().verify(SOON);
        StepVerifier.create(impatient.post(
                        server.uri("/slow"), Optional.empty(), "a=b", AuthorizationServerHttp.JSON, () -> {}))
                .expectError()
                .verify(SOON);
    }

    @Test
    void endsACallThatWaitsTooLongForItsTurn() {
        server.hold("/slow");
        AuthorizationServerHttp narrow = AuthorizationServerHttp.create("narrow", 1, Duration.ofMillis(800));

        CompletableFuture<List<String>> outcomes = Flux.just(1, 2)
                .flatMap(call -> outcome(narrow.get(server.uri("/slow"))))
                .collectList()
                .toFuture();

        // In the last moment, when the first has given up, the second may still get its turn.
        await().pollDelay(Duration.ofMillis(300)).until(() -> !outcomes.isDone());
        assertThat(server.asked()).hasSizeLessThanOrEqualTo(1);
        assertThat(outcomes.orTimeout(SOON.toMillis(), TimeUnit.MILLISECONDS).join())
                .containsExactly("failed", "failed");
    }

    @Test
    void refusesToLetAnyNumberOfCallsWait() {
        server.hold("/slow");
        AuthorizationServerHttp narrow = AuthorizationServerHttp.create("crowded", 1, Duration.ofSeconds(2));
        List<Mono<String>> calls = Stream.generate(() -> outcome(narrow.get(server.uri("/slow"))))
                .limit(20)
                .toList();

        // One is under way, eight wait, the others fail at once: the first failure comes long before any deadline.
        StepVerifier.create(Mono.firstWithValue(calls))
                .expectNext("failed")
                .expectComplete()
                .verify(Duration.ofSeconds(1));
    }

    @Test
    void failsWhenNobodyListens() {
        server.close();

        StepVerifier.create(http.get(server.uri("/x")))
                .expectError(IOException.class)
                .verify(SOON);
    }

    @Test
    void printsNothingOfTheBody() {
        AuthorizationServerHttp.Answer answer = new AuthorizationServerHttp.Answer(
                200, Optional.empty(), Optional.empty(), "{\"access_token\":\"secret\"}");

        assertThat(answer).hasToString("Answer[status=200, 25 characters]");
    }

    private static Mono<String> outcome(Mono<AuthorizationServerHttp.Answer> call) {
        return call.map(answer -> "answered").onErrorResume(error -> Mono.just("failed"));
    }
}
