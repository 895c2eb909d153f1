package dev.procura.gateway.e2e.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application in a browser, on another origin than the gateway. */
final class SinglePageAppTest {

    private static final String OWN = "https://app.orchid.test";

    private Callers callers = Callers.fresh();

    @BeforeEach
    void forget() {
        callers = Callers.fresh();
    }

    @Test
    void asksBeforehandWithoutAToken() {
        HttpResponse<String> answer = preflight(OWN);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue(OWN);
        assertThat(answer.headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElseThrow()
                        .toLowerCase(Locale.ROOT))
                .contains("authorization");
        assertThat(callers.tier().received()).isEmpty();
    }

    @Test
    void isToldNothingWhenItIsSomebodyElses() {
        HttpResponse<String> answer = preflight("https://app.elsewhere.test");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void canReadWhyItsIdTokenWasRefused() {
        String idToken =
                EntraTokens.idTokenV2(EntraTokens.ORCHID, EntraTokens.API).text();

        HttpResponse<String> answer = callers.gateway().get("/people/1", idToken, "Origin", OWN);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("\"code\":\"token_type_refused\"");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue(OWN);
        assertThat(String.join(",", answer.headers().allValues("Access-Control-Expose-Headers")))
                .contains("WWW-Authenticate");
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("error=\"invalid_token\"");
    }

    @Test
    void callsSeveralApisWithOneAccessToken() {
        String token = EntraTokens.userV2(EntraTokens.ORCHID, EntraTokens.ANA).text();

        assertThat(callers.gateway().get("/people/1", token, "Origin", OWN).statusCode())
                .isEqualTo(200);
        assertThat(callers.gateway().get("/orders/1", token, "Origin", OWN).statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> preflight(String origin) {
        return callers.gateway()
                .send(callers.gateway()
                        .request("/people/1")
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .header("Origin", origin)
                        .header("Access-Control-Request-Method", "GET")
                        .header("Access-Control-Request-Headers", "authorization")
                        .build());
    }
}
