package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.testkit.Stack;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A route that wants a strong and recent sign-in, and what its callers are told (RFC 9470). */
class StepUpTest {

    private static final String CHALLENGE = "Bearer realm=\"procura\", error=\"insufficient_user_authentication\","
            + " error_description=\"A stronger or more recent sign-in is needed\", acr_values=\"phr mfa\","
            + " max_age=\"300\", resource_metadata=\"https://api.example.test/.well-known/oauth-protected-resource/strong\"";

    private final Stack stack = Stack.fresh();

    @Test
    void letsAStrongAndRecentSignInThrough() {
        assertThat(call(Map.of("acr", "mfa", "auth_time", secondsAgo(10))).statusCode())
                .isEqualTo(200);
        assertThat(call(Map.of("acr", "phr", "auth_time", secondsAgo(290))).statusCode())
                .isEqualTo(200);
    }

    @Test
    void asksForAStrongerOne() {
        assertChallenged(call(Map.of("acr", "pwd", "auth_time", secondsAgo(10))));
        assertChallenged(call(Map.of("auth_time", secondsAgo(10))));
    }

    @Test
    void asksForAMoreRecentOne() {
        assertChallenged(call(Map.of("acr", "mfa", "auth_time", secondsAgo(400))));
        assertChallenged(call(Map.of("acr", "mfa")));
        assertChallenged(call(Map.of("acr", "mfa", "auth_time", "just now")));
    }

    @Test
    void doesNotAskThoseToSignInAgainWhoLackTheRightAnyway() {
        HttpResponse<String> answer = call(Map.of("scope", "none"));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("scope_missing");
    }

    private HttpResponse<String> call(Map<String, Object> claims) {
        return stack.gateway().get("/strong/1", stack.server().token(claims));
    }

    private void assertChallenged(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().allValues("WWW-Authenticate")).containsExactly(CHALLENGE);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(stack.tier().received()).isEmpty();
    }

    private static long secondsAgo(long seconds) {
        return Instant.now().minusSeconds(seconds).getEpochSecond();
    }
}
