package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.Stack;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is turned away at the door: with the right status, a challenge, and without a word to the authorization server. */
final class InboundTest {

    private Stack stack = Stack.fresh();

    @BeforeEach
    void forget() {
        stack = Stack.fresh();
    }

    @Test
    void aRequestWithoutATokenGetsAChallengeWithoutAnErrorCode() {
        HttpResponse<String> answer = stack.gateway().get("/orders/1");

        assertRefused(answer, 401, "token_missing");
        assertThat(challenge(answer))
                .isEqualTo("Bearer realm=\"procura\", resource_metadata=\"https://api.example.test"
                        + "/.well-known/oauth-protected-resource/orders\"");
    }

    @ParameterizedTest(name = "{0}: {2} {3}")
    @MethodSource("badTokens")
    void isRefused(String name, String token, int status, String code) {
        HttpResponse<String> answer = stack.gateway().get("/orders/1", token);

        assertRefused(answer, status, code);
        assertThat(challenge(answer)).startsWith("Bearer realm=\"procura\", error=\"");
        assertThat(challenge(answer))
                .contains(status == 403 ? "insufficient_scope" : status == 400 ? "invalid_request" : "invalid_token");
    }

    static Stream<Arguments> badTokens() {
        FakeAuthorizationServer server = Stack.fresh().server();
        long now = Instant.now().getEpochSecond();
        Map<String, Object> noExpiry = new HashMap<>();
        noExpiry.put("exp", null);
        return Stream.of(
                Arguments.of("garbage", "garbage", 401, "token_malformed"),
                Arguments.of("three dots", "a.b.c", 401, "token_malformed"),
                Arguments.of("characters that no token has", "ab,cd", 400, "invalid_authorization"),
                Arguments.of(
                        "two tokens in one header",
                        server.userToken("x") + " " + server.userToken("y"),
                        400,
                        "invalid_authorization"),
                Arguments.of("20 KB", "a".repeat(20_000), 401, "token_too_large"),
                Arguments.of("100 KB", "a".repeat(100_000), 401, "token_too_large"),
                Arguments.of("a header that is no object", "bnVsbA.e30.c2ln", 401, "token_malformed"),
                Arguments.of(
                        "a token with its last letters changed",
                        tampered(server.userToken("x")),
                        401,
                        "signature_invalid"),
                Arguments.of(
                        "a token of a key that nobody knows",
                        server.sign(Map.of(), FakeAuthorizationServer.newKey()),
                        401,
                        "key_unknown"),
                Arguments.of(
                        "an unknown issuer",
                        server.token(Map.of("iss", "https://elsewhere.test")),
                        401,
                        "issuer_unknown"),
                Arguments.of(
                        "another issuer's name with this issuer's key",
                        server.token(Map.of("iss", Stack.fresh().otherServer().issuer())),
                        401,
                        "key_unknown"),
                Arguments.of(
                        "another audience", server.token(Map.of("aud", "somebody-else")), 401, "audience_mismatch"),
                Arguments.of("a tier's token", server.token(Map.of("aud", "orders-api")), 401, "audience_mismatch"),
                Arguments.of("an expired token", server.token(Map.of("exp", now - 60)), 401, "token_expired"),
                Arguments.of("a token without an end", server.token(noExpiry), 401, "token_malformed"),
                Arguments.of("a token for later", server.token(Map.of("nbf", now + 300)), 401, "token_not_yet_valid"),
                Arguments.of(
                        "a token bound to a key",
                        server.token(Map.of("cnf", Map.of("jkt", "x"))),
                        401,
                        "proof_missing"),
                Arguments.of("a token of nobody", server.token(Map.of("sub", "")), 401, "identity_missing"),
                Arguments.of(
                        "a token that lacks the scope", server.token(Map.of("scope", "other")), 403, "scope_missing"),
                Arguments.of(
                        "an application's token",
                        server.token(Map.of("sub", "daemon", "client_id", "daemon")),
                        403,
                        "caller_kind_refused"));
    }

    @Test
    void aMissingScopeIsNamed() {
        HttpResponse<String> answer =
                stack.gateway().get("/orders/1", stack.server().token(Map.of("scope", "")));

        assertThat(challenge(answer)).contains("error=\"insufficient_scope\"").contains("scope=\"orders.read\"");
    }

    @Test
    void aMissingRoleAndAForeignApplicationAreRefused() {
        assertRefused(stack.gateway().get("/reports/1", stack.server().userToken("pia")), 403, "role_missing");
        assertRefused(
                stack.gateway().get("/billing/1", stack.server().token(Map.of("client_id", "other-app"))),
                403,
                "client_not_allowed");
    }

    @Test
    void anIssuerThatHasToBeNamedOpensNoOtherRoute() {
        HttpResponse<String> answer =
                stack.gateway().get("/billing/1", stack.otherServer().userToken("quin"));

        assertRefused(answer, 401, "issuer_not_accepted_here");
    }

    @Test
    void twoAuthorizationHeadersAreRefused() {
        String token = stack.server().userToken("ray");

        HttpResponse<String> answer = stack.gateway()
                .send(stack.gateway()
                        .request("/orders/1")
                        .header("Authorization", "Bearer " + token)
                        .header("Authorization", "Bearer " + token)
                        .build());

        assertRefused(answer, 400, "invalid_authorization");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders/1?access_token=x", "/orders/1?a=b&access%5Ftoken=x", "/public/1?access_token=x"})
    void aTokenInTheQueryIsRefusedOnEveryRoute(String target) {
        assertRefused(stack.gateway().get(target, stack.server().userToken("sam")), 400, "token_in_query");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/public/..%2forders/1",
                "/public/%2e%2e/orders/1",
                "/public/../orders/1",
                "/public/./1",
                "/public//1",
                "//status/1",
                "/public/1;v=2",
                "/public/1%3bv=2",
                "/public/a%5cb",
                "/public/a%00b",
                "/public/a%0ab",
                "/public/a%252fb",
                "/public/%c0%af"
            })
    void aPathThatCanBeReadInTwoWaysIsRefused(String target) {
        String answer = stack.gateway().raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"invalid_path\"");
        assertThat(stack.tier().received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://x/public/1 HTTP/1.1\r\nHost: x",
                "GET public/1 HTTP/1.1\r\nHost: x",
                "GET /public/1 HTTP/1.1",
                "GET /public/1 HTTP/1.1\r\nHost: x\r\nHost: y",
                "GET /public/{1} HTTP/1.1\r\nHost: x",
                "GET /public/1?q=%zz HTTP/1.1\r\nHost: x",
                "GET /public/1#x HTTP/1.1\r\nHost: x",
                "POST /public/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\nContent-Length: 1",
                "TRACE /public/1 HTTP/1.1\r\nHost: x",
                "BREW /public/1 HTTP/1.1\r\nHost: x"
            })
    void aRequestThatCannotBeUnderstoodInOneWayIsRefused(String head) {
        String answer = stack.gateway().raw(head + "\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json")
                .contains("\"code\":\"");
        assertThat(stack.tier().received()).isEmpty();
    }

    @Test
    void aHeaderThatIsMuchTooLargeIsRefusedWithAReasonToo() {
        String answer = stack.gateway()
                .raw("GET /orders/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + "a".repeat(200_000) + "\r\n\r\n");

        assertThat(answer.isEmpty() || answer.startsWith("HTTP/1.1 400")).isTrue();
        assertThat(stack.tier().received()).isEmpty();
    }

    @Test
    void otherSchemesThanBearerCountAsNoCredentials() {
        HttpResponse<String> answer = stack.gateway()
                .send(stack.gateway()
                        .request("/orders/1")
                        .header("Authorization", "Basic YWxpY2U6c2VjcmV0")
                        .build());

        assertRefused(answer, 401, "token_missing");
    }

    @Test
    void aPathWithoutARouteIsNotFound() {
        HttpResponse<String> answer =
                stack.gateway().get("/nowhere", stack.server().userToken("tim"));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"code\":\"no_route\"");
    }

    @Test
    void nobodyElseAnswers() {
        assertThat(stack.gateway().get("/actuator/health").statusCode()).isEqualTo(404);
        assertThat(stack.gateway().get("/login").statusCode()).isEqualTo(404);
        assertThat(stack.gateway().get("/orders/1").headers().map())
                .doesNotContainKeys("set-cookie", "x-frame-options");
    }

    private void assertRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(challenge(answer)).startsWith("Bearer ");
        assertThat(stack.tier().received()).isEmpty();
        assertThat(stack.server().tokenRequests()).isEmpty();
    }

    private static String challenge(HttpResponse<String> answer) {
        assertThat(answer.headers().allValues("WWW-Authenticate")).hasSize(1);
        return answer.headers().firstValue("WWW-Authenticate").orElseThrow();
    }

    private static String tampered(String token) {
        return token.substring(0, token.length() - 8) + "AAAAAAAA";
    }
}
