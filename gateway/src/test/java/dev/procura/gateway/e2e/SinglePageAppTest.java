package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.testkit.Stack;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page of another origin calls the API: what a browser asks first, and what the page may read. */
class SinglePageAppTest {

    private static final String APP = "https://app.example.test";

    private final Stack stack = Stack.fresh();

    @Test
    void asksBeforeItsFirstCallAndNeedsNoTokenForThat() {
        HttpResponse<String> answer = preflight("/page/1", APP, "GET");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains(APP);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Methods")).contains("GET");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers")).contains("authorization");
        assertThat(stack.tier().received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"https://evil.example.test, GET", "https://app.example.test, DELETE"})
    void isToldNoWhenTheOriginOrTheMethodIsNotListed(String origin, String method) {
        HttpResponse<String> answer = preflight("/page/1", origin, method);

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(stack.tier().received()).isEmpty();
    }

    /** Only a question may come without a token: the request itself never does, whatever its headers look like. */
    @ParameterizedTest
    @CsvSource({"GET, ''", "GET, GET", "OPTIONS, ''"})
    void doesNotGetPastTheTokenByLookingLikeAQuestion(String method, String asked) {
        HttpRequest.Builder request =
                stack.gateway().request("/page/1", "Origin", APP).method(method, HttpRequest.BodyPublishers.noBody());
        if (!asked.isEmpty()) {
            request.header("Access-Control-Request-Method", asked);
        }

        HttpResponse<String> answer = stack.gateway().send(request.build());

        assertThat(answer.statusCode()).isIn(401, 403, 404);
        assertThat(stack.tier().received()).isEmpty();
    }

    @Test
    void readsWhyItWasRefused() {
        HttpResponse<String> answer = stack.gateway()
                .send(stack.gateway().request("/page/1", "Origin", APP).build());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains(APP);
        assertThat(answer.headers().firstValue("Access-Control-Expose-Headers"))
                .hasValueSatisfying(exposed -> assertThat(exposed).contains("WWW-Authenticate", "Retry-After"));
    }

    @Test
    void getsItsAnswerWithAToken() {
        String token = stack.server().userToken("page-user");

        HttpResponse<String> answer = stack.gateway().get("/page/1", token, "Origin", APP);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Access-Control-Allow-Origin")).containsExactly(APP);
    }

    @Test
    void isNotServedFromElsewhereWhereNothingIsSaid() {
        HttpResponse<String> answer = preflight("/orders/1", APP, "GET");

        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(stack.tier().received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/.well-known/oauth-protected-resource/page", "/.well-known/jwks.json"})
    void readsWhatIsPublishedForEverybody(String path) {
        HttpResponse<String> answer = stack.gateway()
                .send(stack.gateway()
                        .request(path, "Origin", "https://any.example.test")
                        .build());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
        assertThat(preflight(path, "https://any.example.test", "GET").statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> preflight(String path, String origin, String method) {
        return stack.gateway()
                .send(stack.gateway()
                        .request(
                                path,
                                "Origin",
                                origin,
                                "Access-Control-Request-Method",
                                method,
                                "Access-Control-Request-Headers",
                                "authorization")
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .build());
    }
}
