package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.Stack;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes unchanged, what is taken off, and what happens when the tier fails. */
final class TransparencyTest {

    private Stack stack = Stack.fresh();

    @BeforeEach
    void forget() {
        stack = Stack.fresh();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders/1?a=b",
                "/orders/1?a=b&a=c&d",
                "/orders/a%20b?q=a%20b+c",
                "/orders/1?filter[name]=x&filter[age]=a%20b",
                "/orders/1?q=%E4%F6&x=%7Bid%7D",
                "/orders/1?url=https://x.test/?a=1&b=2",
                "/orders/%C3%A4/%25/~x",
                "/orders/1?a=%2F%2e%3B"
            })
    void pathAndQueryArriveToTheLetter(String target) {
        stack.gateway().get(target, stack.server().userToken("uma"));

        assertThat(stack.tier().last().target()).isEqualTo(target);
    }

    @Test
    void theCallersOwnHeadersArriveUnchanged() {
        stack.gateway()
                .get(
                        "/orders/1",
                        stack.server().userToken("val"),
                        "X-Custom",
                        "a, b",
                        "Accept-Language",
                        "de;q=0.9",
                        "X_Odd.Name",
                        "1",
                        "If-None-Match",
                        "\"x\"");

        RecordingTier.Received received = stack.tier().last();
        assertThat(received.header("X-Custom")).hasValue("a, b");
        assertThat(received.header("Accept-Language")).hasValue("de;q=0.9");
        assertThat(received.header("X_Odd.Name")).hasValue("1");
        assertThat(received.header("If-None-Match")).hasValue("\"x\"");
    }

    @Test
    void theTierGetsNoHeaderThatTheCallerDidNotSendButTheWayThatItCame() {
        stack.gateway().raw("GET /public/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(stack.tier().last().headers())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("host", "Via");
        assertThat(stack.tier().last().header("Via")).hasValue("1.1 api.example.test");
    }

    @Test
    void aBodyThatWouldBeHeldInMemoryIsBounded() {
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        String head = "DELETE /public/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

        // Closing with half of the body unread may cost the client the answer; the tier must get nothing either way.
        String answer =
                stack.gateway().raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(20) + "0\r\n\r\n");
        assertThat(answer.isEmpty() || answer.startsWith("HTTP/1.1 413")).isTrue();
        assertThat(stack.gateway().raw(head + "Content-Length: 2000000\r\n\r\n"))
                .contains("413", "body_too_large");
        assertThat(stack.tier().received()).isEmpty();

        assertThat(stack.gateway().raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(stack.tier().last().bodyBytes()).isEqualTo(0x4000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders/1", "/legacy/1", "/public/1", "/reports/1", "/billing/1"})
    void whatCouldPassForACredentialIsTakenOffOnEveryRoute(String target) {
        String token = stack.server().token(Map.of("sub", "will", "roles", "report-reader"));

        HttpResponse<String> answer = stack.gateway()
                .get(
                        target,
                        token,
                        "DPoP",
                        "proof",
                        "Txn-Token",
                        "txn",
                        "Actor-Token",
                        "actor",
                        "Client-Cert",
                        ":x:",
                        "Procura-User-Context",
                        "forged",
                        "procura_user_context",
                        "forged",
                        "Procura.User.Context",
                        "forged",
                        "Author_ization",
                        "kept",
                        "Actor_Token",
                        "actor",
                        "Cookie",
                        "session=secret; locale=de",
                        "authorization_",
                        "kept");

        assertThat(answer.statusCode()).isEqualTo(200);
        RecordingTier.Received received = stack.tier().last();
        assertThat(received.headers())
                .extracting(Map.Entry::getKey)
                .doesNotContain(
                        "DPoP",
                        "Txn-Token",
                        "Actor-Token",
                        "Actor_Token",
                        "Client-Cert",
                        "procura_user_context",
                        "Procura.User.Context");
        assertThat(received.everything()).doesNotContain("forged").doesNotContain("session=secret");
        assertThat(received.all("Authorization")).hasSize(target.startsWith("/public") ? 0 : 1);
        assertThat(received.everything().contains(token)).isEqualTo(target.startsWith("/legacy"));
        assertThat(received.header("Cookie").orElse("")).isEqualTo(target.startsWith("/orders") ? "locale=de" : "");
        assertThat(received.all("Procura-User-Context")).hasSize(target.startsWith("/reports") ? 1 : 0);
    }

    @Test
    void whatTheCallerSaysOfForwardingIsNotPassedOn() {
        stack.gateway()
                .get(
                        "/public/1",
                        stack.server().userToken("xen"),
                        "X-Forwarded-Host",
                        "evil.test",
                        "Forwarded",
                        "host=evil.test");

        assertThat(stack.tier().last().everything()).doesNotContain("evil.test");
    }

    @Test
    void aTierThatDoesNotAnswerIs502AndOneThatTakesTooLong504() {
        assertProblem(stack.gateway().get("/gone/1"), 502, "tier_unreachable");
        assertProblem(stack.gateway().get("/public/cut"), 502, "tier_unreachable");
        assertProblem(stack.gateway().get("/orders/slow", stack.server().userToken("yan")), 504, "tier_timeout");
    }

    @Test
    void aRouteWithAllPlacesTakenIs503WithRetryAfterAndHealsByItself() {
        CompletableFuture<HttpResponse<String>> first = stack.gateway()
                .sendAsync(stack.gateway().request("/narrow/slow").build());
        org.awaitility.Awaitility.await().until(() -> !stack.tier().received().isEmpty());

        HttpResponse<String> second = stack.gateway().get("/narrow/1");

        assertProblem(second, 503, "route_busy");
        assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(first.join().statusCode()).isEqualTo(504);
        assertThat(stack.gateway().get("/narrow/1").statusCode()).isEqualTo(200);
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }
}
