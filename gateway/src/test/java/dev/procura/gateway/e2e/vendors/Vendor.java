package dev.procura.gateway.e2e.vendors;

import dev.procura.gateway.e2e.callers.B2cTokens;
import dev.procura.gateway.e2e.callers.EntraTokens;
import dev.procura.gateway.e2e.callers.OtherTokens;
import dev.procura.gateway.e2e.callers.Token;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A client of the gateway at one vendor, and the route that asks as that client; both are called like the constant. The
 * tokens that go in and come out are as the vendor writes them, and the success is the one of its documentation.
 */
enum Vendor {
    /** At the tenant of each caller. */
    ENTRA(
            "/entra/" + EntraTokens.ORCHID + "/oauth2/v2.0/token",
            user -> EntraTokens.userV2(EntraTokens.ORCHID, user),
            Vendor::issuedByEntra,
            Bodies.ENTRA),
    /** At one tenant, with single scopes instead of all. */
    ENTRA_SINGLE(
            "/single/oauth2/v2.0/token",
            user -> EntraTokens.userV2(EntraTokens.ORCHID, user),
            Vendor::issuedByEntra,
            Bodies.ENTRA),
    /** Says that its tiers can take claims challenges. */
    ENTRA_CAPABLE(
            "/capable/oauth2/v2.0/token",
            user -> EntraTokens.userV2(EntraTokens.ORCHID, user),
            Vendor::issuedByEntra,
            Bodies.ENTRA),
    ENTRA_V1(
            "/azure-ad/oauth2/token",
            user -> EntraTokens.userV1(EntraTokens.ORCHID, user),
            Vendor::issuedByAzureAd,
            Bodies.AZURE_AD),
    /** In the gateway's own name: there is no other way. */
    B2C(
            "/orchid.onmicrosoft.test/B2C_1_signin/oauth2/v2.0/token",
            B2cTokens::flow,
            caller -> B2cTokens.daemon()
                    .with("iss", B2cTokens.QUERY_ISSUER)
                    .with("aud", Vendors.LEDGER)
                    .with("azp", B2cTokens.API),
            Bodies.B2C),
    AUTH0(
            "/auth0/oauth/token",
            user -> OtherTokens.auth0(Vendors.origin(), "auth0|" + user),
            Vendor::issuedByAuth0,
            Bodies.AUTH0),
    /** Custom token exchange, which a profile and an Action of the tenant decide about. */
    AUTH0_CUSTOM(
            "/auth0-custom/oauth/token",
            user -> OtherTokens.auth0(Vendors.origin(), "auth0|" + user),
            Vendor::issuedByAuth0,
            Bodies.AUTH0_CUSTOM),
    OKTA(
            "/okta/oauth2/ausLedger/v1/token",
            user -> OtherTokens.okta(Vendors.origin()).with("uid", "00u" + user).with("sub", user + "@orchid.test"),
            caller -> caller.with("iss", "https://orchid.okta.test/oauth2/ausLedger")
                    .with("aud", "api://ledger")
                    .with("cid", "0oaTheGatewayAtOkta")
                    .with("jti", "AT.issued-" + Vendors.someone())
                    .with("scp", List.of("ledger.read")),
            Bodies.OKTA),
    TOKENX(
            "/tokenx/token",
            user -> OtherTokens.generic(Vendors.origin(), user),
            caller -> caller.without("scope")
                    .with("iss", "https://tokenx.test")
                    .with("aud", "dev-gcp:team:ledger")
                    .with("client_id", "dev-gcp:team:gateway")
                    .with("jti", "issued-" + Vendors.someone()),
            Bodies.TOKENX),
    /** Maps the caller to a user of its own. */
    RFC7523(
            "/partner/token",
            user -> OtherTokens.generic(Vendors.origin(), user),
            caller -> caller.with("iss", "https://partner.test")
                    .with("sub", "user-of-the-partner")
                    .with("aud", "https://ledger.partner.test")
                    .with("client_id", "gateway-at-the-partner")
                    .with("scope", "entries.read")
                    .with("jti", "issued-" + Vendors.someone()),
            Bodies.RFC7523),
    RFC8693(
            "/standard/token",
            user -> OtherTokens.generic(Vendors.origin(), user),
            caller -> caller.with("iss", "https://id.orchid.test")
                    .with("aud", "ledger-api")
                    .with("client_id", "gateway")
                    .with("scope", "entries.read")
                    .with("jti", "issued-" + Vendors.someone()),
            Bodies.RFC8693);

    private final String path;
    private final Function<String, Token> caller;
    private final UnaryOperator<Token> issued;
    private final String success;

    Vendor(String path, Function<String, Token> caller, UnaryOperator<Token> issued, String success) {
        this.path = path;
        this.caller = caller;
        this.issued = issued;
        this.success = success;
    }

    /** Of the client, and of the route. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Of the token endpoint. */
    String path() {
        return path;
    }

    boolean isInOwnName() {
        return this == B2C;
    }

    /** The access token with which somebody comes. */
    Token caller(String user) {
        return Vendors.dated(caller.apply(user));
    }

    /** What the vendor makes of a caller's token. */
    Token issued(Token of) {
        return issued.apply(of);
    }

    /** The documented success around a token. */
    String success(String accessToken) {
        return success.replace("<TOKEN>", accessToken);
    }

    private static Token issuedByEntra(Token caller) {
        return caller.with("aud", Vendors.LEDGER)
                .with("azp", EntraTokens.API)
                .with("azpacr", "1")
                .with("scp", "Entries.Read")
                .with("sub", "another-pairwise-subject-" + caller.claims().get("oid"))
                .with("uti", "issued-" + Vendors.someone());
    }

    private static Token issuedByAzureAd(Token caller) {
        return caller.with("aud", "https://ledger.contoso.test")
                .with("appid", EntraTokens.API)
                .with("appidacr", "1")
                .with("scp", "user_impersonation")
                .with("sub", "another-pairwise-subject-" + caller.claims().get("oid"))
                .with("uti", "issued-" + Vendors.someone());
    }

    private static Token issuedByAuth0(Token caller) {
        return caller.with("iss", "https://orchid.auth0.test/")
                .with("aud", "https://ledger.orchid.test")
                .with("azp", "gwAPI01")
                .with("act", Map.of("sub", "gwAPI01"))
                .with("scope", "ledger.read")
                .with("jti", "issued-" + Vendors.someone());
    }
}
