package dev.procura.gateway.e2e.callers;

import static dev.procura.gateway.e2e.callers.B2cTokens.API;
import static dev.procura.gateway.e2e.callers.B2cTokens.ISSUER;
import static dev.procura.gateway.e2e.callers.B2cTokens.OF_OWNER_POLICY;
import static dev.procura.gateway.e2e.callers.B2cTokens.OF_SIGN_IN;
import static dev.procura.gateway.e2e.callers.B2cTokens.OWNER_POLICY;
import static dev.procura.gateway.e2e.callers.B2cTokens.QUERY_ISSUER;
import static dev.procura.gateway.e2e.callers.B2cTokens.SENTENCE;
import static dev.procura.gateway.e2e.callers.B2cTokens.SERVICE_PRINCIPAL;
import static dev.procura.gateway.e2e.callers.B2cTokens.SIGN_IN_POLICY;
import static dev.procura.gateway.e2e.callers.B2cTokens.access;
import static dev.procura.gateway.e2e.callers.B2cTokens.daemon;
import static dev.procura.gateway.e2e.callers.B2cTokens.flow;
import static dev.procura.gateway.e2e.callers.B2cTokens.idToken;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Azure AD B2C. */
final class B2cRows {

    private static final String ANA = "3c3b969c-8c49-4e11-a4ef-fdb2f392f049";

    private B2cRows() {}

    static Stream<Row> rows(String origin) {
        return Stream.of(documented(origin), policies(), nobody(), applications())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> documented(String origin) {
        long now = Token.time().instant().getEpochSecond();
        return Stream.of(
                Row.of("the documented access token", access(ANA)).seeds(15, 16).isDescribed(user(ISSUER, ANA)),
                Row.of("the same, traded for the API's", access(ANA))
                        .seeds(15, 16)
                        .on("mapped")
                        .isExchanged(),
                Row.of("the same, where the answer has to name the caller's sub, which is nobody's", access(ANA))
                        .seeds(16)
                        .on("orders")
                        .isRefused(403, "caller_cannot_be_acted_for"),
                Row.of("the documented ID token", idToken(ANA)).seeds(15, 20).isRefused(401, "token_type_refused"),
                Row.of("an ID token without the hash", idToken(ANA).without("at_hash"))
                        .seeds(15, 20)
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "the documented refresh token",
                                "eyJraWQiOiJacW9pQlp2TW5pYVc2MUY0TnlfR3REVk1EVFBLbUJLb0FUcWQ1ZWFja1hBIiwidmVyIjoiMS4wIiwiemlwIjoiRGVmbGF0ZSIsInNlciI6IjEuMCJ9.aJ_2UW14dh4saWTQ.y6KKeA9EcsW9zW-g.TrTSgn4WBt18gezegxihBla9SLSTC3Yf.mjk92wMk-zUSrzuuuXPVeg")
                        .seeds(15)
                        .isRefused(401, "token_malformed"),
                Row.of("metadata with the policy in the query", access(ANA).with("iss", QUERY_ISSUER))
                        .seeds(15)
                        .isDescribed(user(QUERY_ISSUER, ANA)),
                Row.of("an issuer that names its policy", flow(ANA).with("iss", B2cTokens.tfpIssuer(origin)))
                        .seeds(15)
                        .isDescribed(user(B2cTokens.tfpIssuer(origin), ANA)),
                Row.of(
                                "times that are texts",
                                access(ANA)
                                        .with("exp", String.valueOf(now + 3600))
                                        .with("nbf", String.valueOf(now))
                                        .with("iat", String.valueOf(now)))
                        .seeds(15)
                        .isDescribed(user(ISSUER, ANA)),
                Row.of("an end that is a text, and over", access(ANA).with("exp", String.valueOf(now - 60)))
                        .seeds(12, 15)
                        .isRefused(401, "token_expired"),
                Row.of("an end that is another text", access(ANA).with("exp", "tomorrow at nine"))
                        .isRefused(401, "token_malformed"),
                Row.of("another audience", access(ANA).with("aud", EntraTokens.SPA_CLIENT))
                        .isRefused(401, "audience_mismatch"),
                Row.of(
                                "the issuer without its slash",
                                access(ANA).with("iss", ISSUER.substring(0, ISSUER.length() - 1)))
                        .isRefused(401, "issuer_unknown"));
    }

    private static Stream<Row> policies() {
        return Stream.of(
                Row.of("a listed policy in tfp", flow(ANA)).seeds(15).isDescribed(user(ISSUER, ANA)),
                Row.of("a listed policy in lower case in acr", access(ANA).with("acr", "b2c_1a_resourceownerv2"))
                        .seeds(15)
                        .isDescribed(user(ISSUER, ANA)),
                Row.of("a policy that is not listed in tfp", flow(ANA).with("tfp", "B2C_1_password_reset"))
                        .seeds(15)
                        .isRefused(401, "issuer_unknown"),
                Row.of("a policy that is not listed in acr", access(ANA).with("acr", "b2c_1_password_reset"))
                        .seeds(15)
                        .isRefused(401, "issuer_unknown"),
                Row.of("a listed policy in tfp, and another in acr", flow(ANA).with("acr", "b2c_1_password_reset"))
                        .seeds(15)
                        .isRefused(401, "issuer_unknown"),
                Row.of("a policy under the key of another one", flow(ANA).signedBy(OF_OWNER_POLICY))
                        .seeds(15)
                        .isRefused(401, "key_unknown"),
                Row.of(
                                "that key under the name of its own",
                                flow(ANA).signedBy(OF_OWNER_POLICY.called(OF_SIGN_IN.kid())))
                        .seeds(15)
                        .isRefused(401, "signature_invalid"),
                Row.of(
                                "the other way round",
                                access(ANA).with("tfp", OWNER_POLICY).signedBy(OF_SIGN_IN))
                        .seeds(15)
                        .isRefused(401, "key_unknown"),
                Row.of("no policy under the key of either", access(ANA).signedBy(OF_SIGN_IN))
                        .seeds(15)
                        .isDescribed(user(ISSUER, ANA)),
                Row.of(
                                "a policy of the other block",
                                access(ANA).with("tfp", SIGN_IN_POLICY).with("iss", QUERY_ISSUER))
                        .seeds(15)
                        .isRefused(401, "issuer_unknown"),
                Row.of("no policy under a key of none", access(ANA).signedBy(EntraTokens.UNPUBLISHED))
                        .seeds(15)
                        .isRefused(401, "key_unknown"));
    }

    private static Stream<Row> nobody() {
        return Stream.of(
                Row.of("the constant subject without an object id", access(ANA).without("oid"))
                        .seeds(16)
                        .isRefused(401, "identity_missing"),
                Row.of(
                                "the same in other letters",
                                access(ANA).without("oid").with("sub", " " + SENTENCE.toUpperCase(Locale.ROOT)))
                        .seeds(16)
                        .isRefused(401, "identity_missing"),
                Row.of("the constant as object id", access(SENTENCE)).seeds(16).isRefused(401, "identity_missing"),
                Row.of("an empty object id", access("")).seeds(16).isRefused(401, "identity_missing"),
                Row.of("an object id that is a list", access(ANA).with("oid", List.of(ANA)))
                        .seeds(16)
                        .isRefused(401, "identity_missing"),
                Row.of("neither object id nor subject", access(ANA).without("oid", "sub"))
                        .seeds(16)
                        .isRefused(401, "identity_missing"),
                Row.of("a subject of one's own without an object id", flow(ANA).without("oid"))
                        .seeds(16)
                        .isDescribed(Described.as("user", ISSUER, API, "sub", ANA)));
    }

    private static Stream<Row> applications() {
        Map<String, Object> untold = Described.as("unknown", ISSUER, EntraTokens.DAEMON, "sub", SERVICE_PRINCIPAL);
        Token quiet = flow(ANA).without("name", "emails").with("azp", OtherTokens.NATIVE_APP);
        return Stream.of(
                Row.of("an application where users are meant", daemon())
                        .seeds(25)
                        .isRefused(403, "caller_kind_refused"),
                Row.of("an application where applications are meant", daemon())
                        .seeds(25)
                        .on("applications")
                        .isRefused(403, "caller_kind_refused"),
                Row.of("an application to be acted for", daemon())
                        .seeds(25)
                        .on("orders")
                        .isRefused(403, "caller_kind_refused"),
                Row.of("an application where it is listed", daemon())
                        .seeds(25)
                        .on("anybody")
                        .isDescribed(untold),
                Row.of("a user flow that says nothing of a person", quiet).isRefused(403, "caller_kind_refused"),
                Row.of("the same where its client is listed", quiet)
                        .on("anybody")
                        .isDescribed(Described.as("unknown", ISSUER, OtherTokens.NATIVE_APP, "oid", ANA)),
                Row.of("an application with its own object id", daemon().with("oid", SERVICE_PRINCIPAL))
                        .seeds(25)
                        .isRefused(403, "caller_kind_refused"),
                Row.of("an application that is not listed", daemon().with("azp", EntraTokens.SPA_CLIENT))
                        .seeds(25)
                        .on("anybody")
                        .isRefused(403, "client_not_allowed"));
    }

    private static Map<String, Object> user(String iss, String object) {
        return Described.as("user", iss, API, "oid", object);
    }
}
