package dev.procura.gateway.e2e.vendors;

import static dev.procura.gateway.e2e.vendors.Bodies.ACCESS_TOKEN_TYPE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.e2e.callers.B2cTokens;
import dev.procura.gateway.e2e.callers.EntraTokens;
import dev.procura.gateway.e2e.callers.Token;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The exact form that leaves for each vendor: every field, no other, none twice; how the client proves itself; where to. */
final class QuestionsTest {

    private static final String JWT_BEARER = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final String EXCHANGE = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String ON_BEHALF_OF = "requested_token_use=on_behalf_of";
    private static final String CLIENT_ID = "client_id=" + EntraTokens.API;
    private static final String SECRET = "client_secret=" + Asked.SECRET;

    private static final String ASSERTION_TYPE =
            "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    @BeforeEach
    void fresh() {
        Vendors.fresh();
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void isAskedInTheWordsOfTheVendor(Vendor vendor) {
        Token caller = vendor.caller(Vendors.someone());
        Vendors.issues(vendor, caller);

        assertThat(Attempt.of(vendor, caller).status()).isEqualTo(200);

        assertThat(Vendors.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.target()).isEqualTo("POST " + vendor.path());
            assertThat(asked.fields()).containsExactlyInAnyOrderElementsOf(fields(vendor, caller.text()));
            assertThat(asked.authorization()).isEqualTo(authorization(vendor));
            assertThat(asked.contentType()).startsWith("application/x-www-form-urlencoded");
            assertThat(asked.accept()).isEqualTo("application/json");
        });
    }

    private static List<String> fields(Vendor vendor, String token) {
        return switch (vendor) {
            case ENTRA ->
                List.of(
                        JWT_BEARER,
                        "assertion=" + token,
                        ON_BEHALF_OF,
                        "scope=api://ledger/.default",
                        CLIENT_ID,
                        SECRET);
            case ENTRA_SINGLE ->
                List.of(JWT_BEARER, "assertion=" + token, ON_BEHALF_OF, "scope=api://ledger/Entries.Read", CLIENT_ID);
            case ENTRA_CAPABLE ->
                List.of(
                        JWT_BEARER,
                        "assertion=" + token,
                        ON_BEHALF_OF,
                        "scope=api://ledger/.default",
                        CLIENT_ID,
                        "claims={\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}",
                        ASSERTION_TYPE,
                        "client_assertion=PS256 JWT x5t#S256 of " + EntraTokens.API + " for " + Vendors.serverUri()
                                + "/capable/oauth2/v2.0/token within PT5M");
            case ENTRA_V1 ->
                List.of(
                        JWT_BEARER,
                        "assertion=" + token,
                        ON_BEHALF_OF,
                        "resource=https://ledger.contoso.test",
                        "scope=openid",
                        CLIENT_ID,
                        SECRET);
            case B2C ->
                List.of(
                        "grant_type=client_credentials",
                        "scope=https://orchid.onmicrosoft.test/ledger/.default",
                        "client_id=" + B2cTokens.API,
                        SECRET);
            case AUTH0 ->
                List.of(
                        EXCHANGE,
                        "subject_token=" + token,
                        "subject_token_type=" + ACCESS_TOKEN_TYPE,
                        "requested_token_type=" + ACCESS_TOKEN_TYPE,
                        "audience=https://ledger.orchid.test",
                        "scope=ledger.read",
                        "client_id=gwAPI01",
                        SECRET);
            case AUTH0_CUSTOM ->
                List.of(
                        EXCHANGE,
                        "subject_token=" + token,
                        "subject_token_type=https://orchid.test/tokens/gateway",
                        "audience=https://ledger.orchid.test",
                        "client_id=gwAPI01",
                        SECRET);
            case OKTA ->
                List.of(
                        EXCHANGE,
                        "subject_token=" + token,
                        "subject_token_type=" + ACCESS_TOKEN_TYPE,
                        "audience=api://ledger",
                        "scope=ledger.read");
            case TOKENX ->
                List.of(
                        EXCHANGE,
                        "subject_token=" + token,
                        "subject_token_type=urn:ietf:params:oauth:token-type:jwt",
                        "audience=dev-gcp:team:ledger",
                        ASSERTION_TYPE,
                        "client_assertion=RS256 JWT of dev-gcp:team:gateway for https://tokenx.test within PT1M");
            case RFC7523 -> List.of(JWT_BEARER, "assertion=" + token, "scope=entries.read");
            case RFC8693 ->
                List.of(
                        EXCHANGE,
                        "subject_token=" + token,
                        "subject_token_type=" + ACCESS_TOKEN_TYPE,
                        "requested_token_type=" + ACCESS_TOKEN_TYPE,
                        "audience=ledger-api",
                        "scope=entries.read");
        };
    }

    private static String authorization(Vendor vendor) {
        return switch (vendor) {
            case ENTRA_SINGLE -> Asked.basic(EntraTokens.API);
            case OKTA -> Asked.basic("0oaTheGatewayAtOkta");
            case RFC7523 -> Asked.basic("gateway-at-the-partner");
            case RFC8693 -> Asked.basic("gateway");
            default -> "";
        };
    }
}
