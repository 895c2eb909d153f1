package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.FakeAuthorizationServer.Reply;
import dev.procura.gateway.testkit.FakeAuthorizationServer.TokenEndpoint;
import dev.procura.gateway.testkit.Stack;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever fails, the tier never sees the caller's token: it sees nothing at all. And the caller learns nothing of what the
 * authorization server said.
 */
final class FaultsTest {

    private static final String PROSE = "AADSTS4711 tenant 7f0c2a1e says no";

    private Stack stack = Stack.fresh();

    @BeforeEach
    void forget() {
        stack = Stack.fresh();
        // Ends the row of faults that earlier tests have left behind: the circuit breaker counts them.
        stack.gateway().get("/orders/1", stack.server().userToken("healthy-" + UUID.randomUUID()));
        stack = Stack.fresh();
    }

    @AfterEach
    void behaveAgain() {
        Stack.fresh();
    }

    @ParameterizedTest(name = "{0}: {2} {3}")
    @MethodSource("faults")
    void theTierSeesNothingWhenTheAuthorizationServer(
            String fault, Function<FakeAuthorizationServer, TokenEndpoint> behaviour, int status, String code) {
        String token = stack.server().userToken("mia-" + UUID.randomUUID());
        stack.server().answering(behaviour.apply(stack.server()));

        for (String path : new String[] {"/scoped/1", "/mixed/1", "/orders/1"}) {
            HttpResponse<String> answer = stack.gateway().get(path, token);

            if (path.equals("/scoped/1") || !fault.startsWith("grants")) {
                assertThat(answer.statusCode()).as(path).isEqualTo(status);
                assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
                assertThat(stack.tier().received()).as(path).isEmpty();
            }
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).contains("json");
            assertThat(answer.body() + answer.headers().map())
                    .doesNotContain("AADSTS")
                    .doesNotContain("7f0c2a1e");
            assertThat(stack.tier().received())
                    .noneMatch(received -> received.everything().contains(token));
        }
    }

    @ParameterizedTest(name = "{0}: {2} {3}")
    @MethodSource("faults")
    void theTierSeesNothingOfTheCallerOnAClientCredentialsRouteWhenTheServer(
            String fault, Function<FakeAuthorizationServer, TokenEndpoint> behaviour, int status, String code) {
        String token = stack.server()
                .token(Map.of("sub", "daemon-" + fault.hashCode(), "client_id", "daemon-" + fault.hashCode()));
        stack.server().answering(behaviour.apply(stack.server()));

        stack.gateway().get("/daemons/1", token);

        assertThat(stack.tier().received())
                .noneMatch(received -> received.everything().contains(token));
    }

    @Test
    void theTierSeesNothingWhenTheAuthorizationServerIsTooSlow() {
        CountDownLatch answers = new CountDownLatch(1);
        stack.server().answering(request -> {
            answers.await(20, TimeUnit.SECONDS);
            return stack.server().issue(request);
        });

        HttpResponse<String> answer =
                stack.gateway().get("/impatient/1", stack.server().userToken("ned"));
        answers.countDown();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("authorization_server_unavailable");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(stack.tier().received()).isEmpty();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "is down",
                        server -> request -> {
                            throw new IllegalStateException("closes the connection");
                        },
                        503,
                        "authorization_server_unavailable"),
                fault("fails", server -> refusing(500, "server_error"), 503, "authorization_server_unavailable"),
                fault(
                        "answers HTML",
                        server -> request -> new Reply(200, "text/html", "<html>" + PROSE + "</html>", Map.of()),
                        503,
                        "authorization_server_unavailable"),
                fault(
                        "answers nothing",
                        server -> request -> new Reply(200, "application/json", "", Map.of()),
                        503,
                        "authorization_server_unavailable"),
                fault(
                        "redirects",
                        server -> request -> Reply.json(302, "{}").with("Location", server.issuer() + "/elsewhere"),
                        502,
                        "token_request_refused"),
                fault(
                        "answers half a token",
                        server -> request -> Reply.json(200, "{\"token_type\":\"Bearer\"}"),
                        502,
                        "issued_token_refused"),
                fault(
                        "answers a DPoP token",
                        server -> request -> {
                            Reply reply = server.issue(request);
                            return Reply.json(200, reply.body().replace("\"Bearer\"", "\"DPoP\""));
                        },
                        502,
                        "issued_token_refused"),
                fault(
                        "answers a token with a line break",
                        server -> request -> Reply.json(
                                200,
                                "{\"token_type\":\"Bearer\",\"expires_in\":60,\"access_token\":\"a\\r\\nX-Evil: 1\"}"),
                        502,
                        "issued_token_refused"),
                fault("does not accept the subject", server -> refusing(400, "invalid_grant"), 401, "subject_rejected"),
                fault(
                        "wants a better sign-in",
                        server -> refusing(400, "interaction_required"),
                        401,
                        "step_up_required"),
                fault("wants consent", server -> refusing(400, "consent_required"), 403, "consent_required"),
                fault("denies the target", server -> refusing(400, "invalid_target"), 403, "target_denied"),
                fault(
                        "does not know the grant",
                        server -> refusing(400, "unsupported_grant_type"),
                        502,
                        "token_request_refused"),
                fault("issues for another audience", changing("aud", "somebody-else"), 502, "issued_token_refused"),
                fault("issues for another subject", changing("sub", "mallory"), 502, "issued_token_refused"),
                fault(
                        "issues in another's name",
                        changing("iss", "https://elsewhere.test"),
                        502,
                        "issued_token_refused"),
                fault(
                        "issues an expired token",
                        changing("exp", Instant.now().minusSeconds(5).getEpochSecond()),
                        502,
                        "issued_token_refused"),
                fault(
                        "issues a token for later",
                        changing("nbf", Instant.now().plusSeconds(500).getEpochSecond()),
                        502,
                        "issued_token_refused"),
                fault("issues a bound token", changing("cnf", Map.of("jkt", "abc")), 502, "issued_token_refused"),
                fault("grants less", changing("scope", "other"), 502, "issued_token_refused"),
                fault("grants more", changing("scope", "orders admin"), 502, "issued_token_refused"),
                fault(
                        "hands the caller's token back",
                        server -> request -> Reply.json(
                                200,
                                "{\"token_type\":\"Bearer\",\"expires_in\":60,\"access_token\":\"%s\"}"
                                        .formatted(request.get("subject_token"))),
                        502,
                        "issued_token_refused"));
    }

    private static TokenEndpoint refusing(int status, String error) {
        return request -> Reply.json(status, "{\"error\":\"%s\",\"error_description\":\"%s\"}".formatted(error, PROSE));
    }

    private static Function<FakeAuthorizationServer, TokenEndpoint> changing(String claim, Object value) {
        return server -> request -> server.issue(request, claims -> {
            claims.put(claim, value);
            return claims;
        });
    }

    private static Arguments fault(
            String name, Function<FakeAuthorizationServer, TokenEndpoint> behaviour, int status, String code) {
        return Arguments.of(name, behaviour, status, code);
    }
}
