package dev.procura.gateway.e2e.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An issuer changes its signing key, and nobody has to do anything about it. */
final class KeyRolloverTest {

    private static final String PLACE = "/rollover/.well-known/openid-configuration";

    private final Callers callers = Callers.fresh();
    private final String issuer = callers.issuers().origin() + "/rollover";
    private final Token before = OtherTokens.generic(callers.issuers().origin(), "ana-of-the-rollover")
            .with("iss", issuer);

    @Test
    void aNewKeyWorksAtOnceAndAWithdrawnOneStops() {
        Token after = before.signedBy(OtherTokens.OTHER_RSA);
        assertThat(get(before).statusCode()).isEqualTo(200);

        callers.issuers().publish(PLACE, issuer, OtherTokens.RSA, OtherTokens.OTHER_RSA);
        assertThat(get(after).statusCode()).isEqualTo(200);
        assertThat(get(before).statusCode()).isEqualTo(200);

        callers.issuers().publish(PLACE, issuer, OtherTokens.OTHER_RSA);
        callers.clock().advance(Duration.ofSeconds(3));
        assertThat(get(before).body()).contains("\"code\":\"key_unknown\"");
        assertThat(get(after).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(Token token) {
        return callers.gateway().get("/people/1", token.text());
    }
}
