package dev.procura.gateway.e2e.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import dev.procura.gateway.e2e.LoopbackHttpClient;
import dev.procura.gateway.e2e.callers.EntraTokens;
import dev.procura.gateway.e2e.callers.Token;
import dev.procura.gateway.testkit.RecordingTier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What is Entra's own: tenants that are strangers to each other, two versions of tokens, challenges for a new sign-in. */
final class EntraTenantsTest {

    private static final String OF_LILY = "/entra/" + EntraTokens.LILY + "/oauth2/v2.0/token";

    @BeforeEach
    void fresh() {
        Vendors.fresh();
    }

    private static Token ofLily(String user) {
        return Vendors.dated(EntraTokens.userV2(EntraTokens.LILY, user));
    }

    private static String lilyIssues(Token caller) {
        String token = Vendors.dated(Vendor.ENTRA.issued(caller)).text();
        Vendors.answers(OF_LILY, Answer.ok(Vendor.ENTRA.success(token)));
        return token;
    }

    /** Object id and sub are the same; the tenant alone differs. */
    @Test
    void theSameUserOfTwoTenantsIsTwoPeople() {
        String user = Vendors.someone();
        Token here = Vendor.ENTRA.caller(user);
        Token there = ofLily(user);
        String issuedHere = Vendors.issues(Vendor.ENTRA, here);
        String issuedThere = lilyIssues(there);

        for (Token caller : List.of(here, there, here, there, there, here)) {
            assertThat(Attempt.of(Vendor.ENTRA, caller).status()).isEqualTo(200);
        }

        assertThat(Vendors.tier().received())
                .extracting(RecordingTier.Received::bearer)
                .containsExactly(issuedHere, issuedThere, issuedHere, issuedThere, issuedThere, issuedHere);
        assertThat(Vendors.asked()).extracting(Asked::path).containsExactly(Vendor.ENTRA.path(), OF_LILY);
        assertThat(Vendors.asked().get(0).fields()).contains("assertion=" + here.text());
        assertThat(Vendors.asked().get(1).fields()).contains("assertion=" + there.text());
    }

    /** The very same claims but for the tenant, and a server that mixes the two up. */
    @Test
    void aTokenOfAnotherTenantIsNoneOfTheCallers() {
        Token there = ofLily(Vendors.someone());
        Token wrong = there.with("tid", EntraTokens.ORCHID).with("iss", EntraTokens.v2(EntraTokens.ORCHID));
        lilyIssues(wrong);

        Attempt attempt = Attempt.of(Vendor.ENTRA, there);

        assertThat(attempt.code()).isEqualTo("issued_token_refused");
        assertThat(Vendors.tier().received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429, 401})
    void aTenantWhoseEndpointFailsDoesNotStopTheOther(int status) {
        Vendors.answers(
                OF_LILY,
                Answer.json(status, Bodies.entra(status == 401 ? "invalid_client" : "server_error", "7000215"))
                        .retryAfter("30"));
        for (int i = 0; i < 8; i++) {
            assertThat(Attempt.of(Vendor.ENTRA, ofLily(Vendors.someone())).status())
                    .isEqualTo(status == 401 ? 502 : 503);
        }

        for (int i = 0; i < 3; i++) {
            Token here = Vendor.ENTRA.caller(Vendors.someone());
            Vendors.issues(Vendor.ENTRA, here);
            assertThat(Attempt.of(Vendor.ENTRA, here).status()).isEqualTo(200);
        }
        assertThat(Vendors.asked())
                .extracting(Asked::path)
                .filteredOn(Vendor.ENTRA.path()::equals)
                .hasSize(3);
        assertThat(Vendors.asked())
                .extracting(Asked::path)
                .filteredOn(OF_LILY::equals)
                .hasSizeLessThan(8);
    }

    /** Which version a token has is up to the API that it is for, not to the endpoint that was asked. */
    @Test
    void aTokenOfVersion1IsTakenFromTheEndpointOfVersion2() {
        Token caller = Vendor.ENTRA.caller(Vendors.someone());
        String issued = Vendors.dated(Vendor.ENTRA
                        .issued(caller)
                        .without("azp", "azpacr")
                        .with("iss", EntraTokens.v1(EntraTokens.ORCHID))
                        .with("appid", EntraTokens.API)
                        .with("ver", "1.0"))
                .text();
        Vendors.answers(Vendor.ENTRA.path(), Answer.ok(Vendor.ENTRA.success(issued)));

        assertThat(Attempt.of(Vendor.ENTRA, caller).status()).isEqualTo(200);
        assertThat(Vendors.tier().last().bearer()).isEqualTo(issued);
    }

    @Test
    void aTokenOfVersion2IsTakenFromTheEndpointOfVersion1() {
        Token caller = Vendor.ENTRA_V1.caller(Vendors.someone());
        String issued = Vendors.dated(Vendor.ENTRA_V1
                        .issued(caller)
                        .without("appid", "appidacr")
                        .with("iss", EntraTokens.v2(EntraTokens.ORCHID))
                        .with("azp", EntraTokens.API)
                        .with("ver", "2.0"))
                .text();
        Vendors.answers(Vendor.ENTRA_V1.path(), Answer.ok(Vendor.ENTRA_V1.success(issued)));

        assertThat(Attempt.of(Vendor.ENTRA_V1, caller).status()).isEqualTo(200);
        assertThat(Vendors.tier().last().bearer()).isEqualTo(issued);
    }

    /** Its text is what counts for 3599 seconds, whatever the token itself says later. */
    @Test
    void aLifetimeThatIsATextEndsTheEntry() {
        Token caller = Vendor.ENTRA_V1.caller(Vendors.someone());
        String token = Vendors.dated(Vendor.ENTRA_V1.issued(caller)).text();
        Vendors.answers(
                Vendor.ENTRA_V1.path(),
                Answer.ok(Vendor.ENTRA_V1.success(token).replace("\"expires_in\":\"3599\"", "\"expires_in\":\"100\"")));

        assertThat(Attempt.of(Vendor.ENTRA_V1, caller).status()).isEqualTo(200);
        assertThat(Attempt.of(Vendor.ENTRA_V1, caller).status()).isEqualTo(200);
        assertThat(Vendors.asked()).hasSize(1);
        Vendors.clock().advance(Duration.ofSeconds(100));
        assertThat(Attempt.of(Vendor.ENTRA_V1, caller).status()).isEqualTo(200);
        assertThat(Vendors.asked()).hasSize(2);
    }

    /** Through Microsoft's own client library: refused with a challenge, signed in again as demanded, served. */
    @Test
    void microsoftsClientAnswersTheChallengeAndIsServed() {
        String user = Vendors.someone();
        Token weak = Vendor.ENTRA.caller(user);
        Token strong = Vendor.ENTRA.caller(user).with("acrs", "c1");
        Vendors.answers(
                Vendor.ENTRA.path(),
                Answer.json(400, Bodies.entra("interaction_required", "50076", Bodies.claims(Bodies.CLAIMS))));
        List<TokenRequestContext> signIns = new ArrayList<>();
        List<String> issued = new ArrayList<>();
        TokenCredential credential = context -> {
            signIns.add(context);
            if (context.getClaims() == null) {
                return Mono.just(
                        new AccessToken(weak.text(), OffsetDateTime.now().plusHours(1)));
            }
            issued.add(Vendors.issues(Vendor.ENTRA, strong));
            return Mono.just(new AccessToken(strong.text(), OffsetDateTime.now().plusHours(1)));
        };

        try (HttpResponse response = new HttpPipelineBuilder()
                .httpClient(new LoopbackHttpClient(Vendors.gateway().port()))
                .policies(new BearerTokenAuthenticationPolicy(credential, "api://gateway/.default"))
                .build()
                .send(new HttpRequest(HttpMethod.GET, "https://api.example.test/entra/1"))
                .blockOptional(Duration.ofSeconds(10))
                .orElseThrow()) {
            assertThat(response.getStatusCode()).isEqualTo(200);
        }

        assertThat(signIns).extracting(TokenRequestContext::getClaims).containsExactly(null, Bodies.CLAIMS);
        assertThat(Vendors.tier().received())
                .extracting(RecordingTier.Received::bearer)
                .containsExactlyElementsOf(issued);
        assertThat(Vendors.asked()).hasSize(2);
    }

    @Test
    void theChallengeDecodesToTheVeryClaimsThatEntraDemanded() {
        Vendors.answers(
                Vendor.ENTRA.path(),
                Answer.json(400, Bodies.entra("interaction_required", "50076", Bodies.claims(Bodies.CLAIMS))));

        String challenge = Attempt.of(Vendor.ENTRA, Vendor.ENTRA.caller(Vendors.someone()))
                .challenges()
                .get(0);

        String encoded = challenge.replaceFirst(".* claims=\"([^\"]*)\".*", "$1");
        assertThat(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8))
                .isEqualTo(Bodies.CLAIMS);
    }
}
