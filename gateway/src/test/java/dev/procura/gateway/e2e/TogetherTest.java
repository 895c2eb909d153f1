package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.testkit.Stack;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many callers at once. */
final class TogetherTest {

    private Stack stack = Stack.fresh();

    @BeforeEach
    void forget() {
        stack = Stack.fresh();
    }

    @Test
    void aHundredRequestsWithOneTokenOnAColdCacheMakeOneTokenRequest() {
        CountDownLatch everybodyWaits = holdTokenEndpoint();
        String token = stack.server().userToken("nat-" + UUID.randomUUID());

        List<CompletableFuture<HttpResponse<String>>> answers = send(100, token);
        everybodyWaits.countDown();

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(stack.server().tokenRequests()).hasSize(1);
        assertThat(stack.tier().received()).hasSize(100);
        assertThat(stack.tier().received())
                .extracting(received -> received.bearer())
                .containsOnly(stack.tier().last().bearer());
    }

    @Test
    void oneCallerThatGivesUpDoesNotEndTheCallForTheOthers() throws Exception {
        CountDownLatch everybodyWaits = holdTokenEndpoint();
        String token = stack.server().userToken("oda-" + UUID.randomUUID());

        CompletableFuture<HttpResponse<String>> impatient = send(1, token).get(0);
        awaitTokenRequest();
        List<CompletableFuture<HttpResponse<String>>> patient = send(99, token);
        impatient.cancel(true);
        everybodyWaits.countDown();

        assertThat(patient)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(stack.server().tokenRequests()).hasSize(1);
    }

    @Test
    void aTokenHasOneSpelling() {
        String token = stack.server().userToken("pam-" + UUID.randomUUID());
        char last = token.charAt(token.length() - 1);
        String spareBits = token.substring(0, token.length() - 1) + (char) (last + 1);

        for (String spelling :
                List.of(token + "=", token + "==", token + "~", token.replaceFirst("\\.", "~."), spareBits)) {
            HttpResponse<String> answer = send(1, spelling).get(0).join();
            assertThat(answer.statusCode())
                    .as(spelling.substring(spelling.length() - 4))
                    .isIn(400, 401);
        }

        assertThat(stack.server().tokenRequests()).isEmpty();
    }

    @Test
    void manyUsersAtOnceEachGetTheirOwn() {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            HttpRequest request = stack.gateway()
                    .request("/orders/" + i)
                    .header("Authorization", "Bearer " + stack.server().userToken("user-" + i))
                    .build();
            answers.add(stack.gateway().sendAsync(request));
        }

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(stack.tier().received())
                .hasSize(100)
                .allSatisfy(received -> assertThat(OnBehalfOfTest.claim(received, "sub"))
                        .isEqualTo("user-" + received.target().substring("/orders/".length())));
    }

    private CountDownLatch holdTokenEndpoint() {
        CountDownLatch latch = new CountDownLatch(1);
        stack.server().answering(request -> {
            latch.await(10, TimeUnit.SECONDS);
            return stack.server().issue(request);
        });
        return latch;
    }

    private void awaitTokenRequest() {
        org.awaitility.Awaitility.await()
                .until(() -> !stack.server().tokenRequests().isEmpty());
    }

    private List<CompletableFuture<HttpResponse<String>>> send(int count, String token) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(stack.gateway()
                    .sendAsync(stack.gateway()
                            .request("/orders/" + i)
                            .header("Authorization", "Bearer " + token)
                            .build()));
        }
        return answers;
    }
}
