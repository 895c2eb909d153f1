package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.testkit.FakeAuthorizationServer.TokenRequest;
import dev.procura.gateway.testkit.Stack;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An API calls the next API through the gateway: with the token it was given, and with its own beside it. */
final class SecondTierTest {

    private Stack stack = Stack.fresh();

    @BeforeEach
    void forget() {
        stack = Stack.fresh();
    }

    @Test
    void theTokenIsExchangedAgainAsTheFirstTierWithItsOwnAsTheActor() {
        String actor = actorToken("orders-api");
        String tierToken = tierToken("abe");

        HttpResponse<String> answer = stack.gateway().get("/inventory/1", tierToken, "Actor-Token", actor);

        assertThat(answer.statusCode()).isEqualTo(200);
        TokenRequest request = stack.server().tokenRequests().get(0);
        assertThat(request.clientId()).isEqualTo("orders-api");
        assertThat(request.get("subject_token")).isEqualTo(tierToken);
        assertThat(request.get("actor_token")).isEqualTo(actor);
        assertThat(request.get("actor_token_type")).isEqualTo("urn:ietf:params:oauth:token-type:access_token");
        assertThat(OnBehalfOfTest.claim(stack.tier().last(), "aud")).isEqualTo("[inventory-api]");
        assertThat(stack.tier().last().everything()).doesNotContain(tierToken).doesNotContain(actor);
    }

    @Test
    void aLeakedTierTokenAloneOpensNothing() {
        HttpResponse<String> answer = stack.gateway().get("/inventory/1", tierToken("bea"));

        assertRefused(answer, 401, "actor_token_missing");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    }

    @Test
    void neitherDoesItBesideAnybodyElsesToken() {
        String tierToken = tierToken("cid");

        assertRefused(with(tierToken, actorToken("other-api")), 403, "actor_not_allowed");
        assertRefused(with(tierToken, stack.server().userToken("cid")), 403, "actor_not_allowed");
        assertRefused(
                with(tierToken, stack.server().token(Map.of("client_id", "orders-api", "sub", "cid"))),
                403,
                "actor_not_allowed");
        assertRefused(with(tierToken, tierToken), 401, "actor_token_invalid");
        assertRefused(with(tierToken, "garbage"), 401, "actor_token_invalid");
        assertRefused(
                with(tierToken, stack.server().token(Map.of("sub", "orders-api", "client_id", "orders-api", "exp", 1))),
                401,
                "actor_token_invalid");
        assertRefused(
                with(
                        tierToken,
                        stack.server()
                                .token(Map.of("sub", "orders-api", "client_id", "orders-api", "aud", "orders-api"))),
                401,
                "actor_token_invalid");
    }

    @Test
    void anotherIssuersClientOfTheSameNameIsSomebodyElse() {
        String tierToken = tierToken("fox");
        String namesake = stack.otherServer().token(Map.of("sub", "orders-api", "client_id", "orders-api"));

        assertRefused(with(tierToken, namesake), 403, "actor_not_allowed");
    }

    @Test
    void theActorsTokenIsLookedAtOnCacheHitsToo() {
        String tierToken = tierToken("dan");
        assertThat(with(tierToken, actorToken("orders-api")).statusCode()).isEqualTo(200);
        stack.tier().reset();

        assertRefused(stack.gateway().get("/inventory/1", tierToken), 401, "actor_token_missing");
        assertRefused(with(tierToken, actorToken("other-api")), 403, "actor_not_allowed");
    }

    @Test
    void twoActorTokensNeverShareAnEntry() {
        String tierToken = tierToken("eva");

        with(tierToken, actorToken("orders-api"));
        with(tierToken, actorToken("orders-api"));

        assertThat(stack.server().tokenRequests()).hasSize(2);
    }

    @Test
    void onlyTokensThatTheGatewayObtainedOpenTheSecondTier() {
        String direct = stack.server().token(Map.of("aud", "orders-api", "client_id", "native-app", "sub", "flo"));

        assertRefused(with(direct, actorToken("orders-api")), 403, "client_not_allowed");
    }

    @Test
    void aFrontDoorTokenDoesNotOpenTheSecondTier() {
        assertRefused(with(stack.server().userToken("gil"), actorToken("orders-api")), 401, "audience_mismatch");
    }

    @Test
    void theChainOfActorsMustSurviveTheExchange() {
        String tierToken = stack.server()
                .token(Map.of(
                        "aud", "orders-api", "client_id", "gateway", "sub", "hua", "act", Map.of("sub", "gateway")));

        HttpResponse<String> lost = with(tierToken, actorToken("orders-api"));

        assertThat(lost.statusCode()).isEqualTo(502);
        assertThat(lost.body()).contains("issued_token_refused");
        assertThat(stack.tier().received()).isEmpty();

        stack.server()
                .answering(request -> stack.server().issue(request, claims -> {
                    claims.put("act", Map.of("sub", "orders-api", "act", Map.of("sub", "gateway")));
                    return claims;
                }));
        assertThat(with(tierToken, actorToken("orders-api")).statusCode()).isEqualTo(200);
    }

    @Test
    void theApiWhoseTokenIsBesideHasToBeTheOneThatTheTokenNames() {
        assertThat(with(naming("ivo", "orders-api"), actorToken("orders-api")).statusCode())
                .isEqualTo(200);
        stack = Stack.fresh();

        assertRefused(with(naming("ivo", "gateway"), actorToken("orders-api")), 403, "caller_cannot_be_acted_for");
        assertThat(stack.server().tokenRequests()).isEmpty();
    }

    /** {@code max-actors} is 5 where nothing else is said. */
    @Test
    void aChainOfFiveActorsPassesAndOneOfSixDoesNot() {
        stack.server()
                .answering(request -> stack.server().issue(request, claims -> {
                    claims.put("act", actors(5));
                    return claims;
                }));
        assertThat(with(acting("jan", 5), actorToken("orders-api")).statusCode())
                .isEqualTo(200);

        stack = Stack.fresh();
        assertRefused(with(acting("jan", 6), actorToken("orders-api")), 401, "token_malformed");
        stack.server()
                .answering(request -> stack.server().issue(request, claims -> {
                    claims.put("act", actors(6));
                    return claims;
                }));
        assertRefused(with(acting("jan", 5), actorToken("orders-api")), 403, "caller_cannot_be_acted_for");
    }

    private String naming(String user, String party) {
        return stack.server()
                .token(Map.of(
                        "aud", "orders-api", "client_id", "gateway", "sub", user, "may_act", Map.of("sub", party)));
    }

    private String acting(String user, int actors) {
        return stack.server()
                .token(Map.of("aud", "orders-api", "client_id", "gateway", "sub", user, "act", actors(actors)));
    }

    private static Map<String, Object> actors(int count) {
        Map<String, Object> act = Map.of("sub", "actor-1");
        for (int i = 2; i <= count; i++) {
            act = Map.of("sub", "actor-" + i, "act", act);
        }
        return act;
    }

    private HttpResponse<String> with(String token, String actor) {
        return stack.gateway().get("/inventory/1", token, "Actor-Token", actor);
    }

    private String tierToken(String user) {
        return stack.server().token(Map.of("aud", "orders-api", "client_id", "gateway", "sub", user));
    }

    private String actorToken(String client) {
        return stack.server().token(Map.of("sub", client, "client_id", client));
    }

    private void assertRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(stack.tier().received()).isEmpty();
    }
}
