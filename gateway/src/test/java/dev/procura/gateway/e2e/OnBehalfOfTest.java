package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.FakeAuthorizationServer.TokenRequest;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.Stack;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job: a caller's token goes in, a token for the API behind the route comes out, in the caller's name. */
final class OnBehalfOfTest {

    private Stack stack = Stack.fresh();

    @BeforeEach
    void forget() {
        stack = Stack.fresh();
    }

    @Test
    void theTierGetsATokenForItselfInTheCallersName() throws ParseException {
        String token = stack.server().userToken("dora");

        HttpResponse<String> answer = stack.gateway().get("/orders/1", token);

        assertThat(answer.statusCode()).isEqualTo(200);
        JWTClaimsSet claims = SignedJWT.parse(stack.tier().last().bearer()).getJWTClaimsSet();
        assertThat(claims.getSubject()).isEqualTo("dora");
        assertThat(claims.getAudience()).containsExactly("orders-api");
        assertThat(stack.tier().last().everything()).doesNotContain(token);
    }

    @Test
    void theFormIsThatOfRfc8693() {
        String token = stack.server().userToken("emil");

        stack.gateway().get("/scoped/1", token);

        TokenRequest request = stack.server().tokenRequests().get(0);
        assertThat(FakeAuthorizationServer.fieldsOf(request))
                .containsExactlyInAnyOrder(
                        "grant_type",
                        "subject_token",
                        "subject_token_type",
                        "requested_token_type",
                        "audience",
                        "scope");
        assertThat(request.get("subject_token")).isEqualTo(token);
        assertThat(request.get("audience")).isEqualTo("orders-api");
        assertThat(request.get("scope")).isEqualTo("orders");
        assertThat(request.clientId()).isEqualTo("gateway");
        assertThat(request.clientSecret()).isEqualTo("s3cr3t of the gateway");
    }

    @Test
    void aClientThatPostsItsSecretSendsNoAuthorizationHeader() {
        stack.gateway().get("/billing/1", stack.server().userToken("fay"));

        assertThat(stack.server().tokenRequests().get(0).form())
                .containsEntry("client_id", "gateway")
                .containsEntry("client_secret", "s3cr3t of the gateway");
    }

    @Test
    void theSameTokenIsExchangedOnce() {
        String token = stack.server().userToken("gus");

        stack.gateway().get("/orders/1", token);
        stack.gateway().get("/orders/2", token);
        stack.gateway().get("/orders/3", token);

        assertThat(stack.server().tokenRequests()).hasSize(1);
        assertThat(stack.tier().received()).hasSize(3);
    }

    @Test
    void anotherTokenOfTheSameUserIsExchangedForItself() {
        stack.gateway().get("/orders/1", stack.server().userToken("hal"));
        stack.gateway().get("/orders/1", stack.server().userToken("hal"));

        assertThat(stack.server().tokenRequests()).hasSize(2);
    }

    @Test
    void twoAudiencesAndTwoScopeSetsAreExchangedForThemselves() {
        String token = stack.server().userToken("ida");

        stack.gateway().get("/orders/1", token);
        stack.gateway().get("/scoped/1", token);
        stack.gateway().get("/billing/1", token);

        assertThat(stack.server().tokenRequests())
                .extracting(request -> request.get("audience") + " " + request.get("scope"))
                .containsExactly("orders-api ", "orders-api orders", "billing-api ");
    }

    @Test
    void twoIssuersWithTheSameSubjectAreTwoPeople() throws ParseException {
        String here = stack.server().userToken("jo");
        String there = stack.otherServer().userToken("jo");
        stack.server()
                .answering(request -> stack.server().issue(request, claims -> {
                    claims.put("who", request.get("subject_token").equals(here) ? "here" : "there");
                    return claims;
                }));

        stack.gateway().get("/orders/1", here);
        stack.gateway().get("/orders/1", there);
        stack.gateway().get("/orders/1", here);

        assertThat(stack.server().tokenRequests()).hasSize(2);
        assertThat(stack.tier().received())
                .extracting(received -> claim(received, "who"))
                .containsExactly("here", "there", "here");
    }

    @Test
    void aFilterCanNeitherCopyTheCallersTokenNorReplaceTheRoutesOwn() {
        String token = stack.server().userToken("kim");

        HttpResponse<String> answer = stack.gateway().get("/billing/7", token);

        assertThat(answer.statusCode()).isEqualTo(200);
        RecordingTier.Received received = stack.tier().last();
        assertThat(received.target()).isEqualTo("/7");
        assertThat(received.all("Authorization")).hasSize(1);
        assertThat(claim(received, "aud")).isEqualTo("[billing-api]");
        assertThat(received.everything()).doesNotContain(token).doesNotContain("evil");
    }

    @Test
    void anApplicationIsServedInTheGatewaysNameWhereTheRouteSaysSo() {
        stack.gateway().get("/mixed/1", stack.server().token(Map.of("sub", "daemon", "client_id", "daemon")));

        TokenRequest request = stack.server().tokenRequests().get(0);
        assertThat(request.get("grant_type")).isEqualTo("client_credentials");
        assertThat(claim(stack.tier().last(), "sub")).isEqualTo("gateway");
    }

    @Test
    void aTokenThatNamesAnotherActingPartyIsNotExchanged() {
        Map<String, String> gateway = Map.of("iss", stack.server().issuer(), "sub", "gateway");
        Map<String, String> namesake = Map.of("iss", stack.otherServer().issuer(), "sub", "gateway");

        assertThat(stack.gateway()
                        .get("/orders/1", stack.server().token(Map.of("sub", "mia", "may_act", gateway)))
                        .statusCode())
                .isEqualTo(200);
        stack = Stack.fresh();
        for (Object other : List.of(namesake, Map.of("sub", "orders-api"), "gateway")) {
            HttpResponse<String> answer =
                    stack.gateway().get("/orders/1", stack.server().token(Map.of("sub", "mia", "may_act", other)));

            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("\"code\":\"caller_cannot_be_acted_for\"");
        }
        assertThat(stack.server().tokenRequests()).isEmpty();
        assertThat(stack.tier().received()).isEmpty();
    }

    @Test
    void theAnswerAndTheStatusOfTheTierArriveUnchanged() {
        HttpResponse<String> answer =
                stack.gateway().get("/orders/status/418", stack.server().userToken("lea"));

        assertThat(answer.statusCode()).isEqualTo(418);
        assertThat(answer.body()).isEqualTo("tier says 418");
        assertThat(answer.headers().allValues("X-Tier")).isEqualTo(List.of("yes"));
    }

    static String claim(RecordingTier.Received received, String name) {
        try {
            return String.valueOf(
                    SignedJWT.parse(received.bearer()).getJWTClaimsSet().getClaim(name));
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
