package dev.procura.gateway.e2e.callers;

import com.nimbusds.jose.util.Base64URL;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Everything that is signed by a trusted key, or looks like a token, and opens nothing. */
final class OtherKindRows {

    private OtherKindRows() {}

    static Stream<Row> rows(String origin) {
        return Stream.of(untrusted(origin), otherKinds(origin), noTokens()).flatMap(rows -> rows);
    }

    private static Stream<Row> untrusted(String origin) {
        Token token = OtherTokens.generic(origin, "subject-of-the-attack");
        return Stream.of(
                Row.of(
                                "bound to a key by DPoP",
                                token.with("cnf", Map.of("jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")))
                        .isRefused(401, "proof_missing"),
                Row.of(
                                "bound to a certificate",
                                token.with("cnf", Map.of("x5t#S256", "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2")))
                        .isRefused(401, "proof_missing"),
                Row.of(
                                "of Entra, bound to a key",
                                EntraTokens.userV2(EntraTokens.ORCHID, EntraTokens.ANA)
                                        .with("cnf", Map.of("kid", "thumbprint-of-a-key")))
                        .isRefused(401, "proof_missing"),
                Row.of("a header that brings its own key", token.header("jwk", OtherTokens.OTHER_RSA.member()))
                        .isRefused(401, "token_malformed"),
                Row.of("a header that says where its key is", token.header("jku", "https://attacker.test/keys"))
                        .isRefused(401, "token_malformed"),
                Row.of("an extension that has to be understood", token.header("crit", List.of("exp")))
                        .isRefused(401, "token_malformed"),
                Row.of("no algorithm", token.header("alg", "none")).isRefused(401, "token_malformed"),
                Row.of("a shared secret", token.signedBy(OtherTokens.HS512)).isRefused(401, "algorithm_refused"),
                Row.of("no end", token.without("exp")).isRefused(401, "token_malformed"),
                Row.of("an actor that is a text", token.with("act", "somebody-of-no-account"))
                        .isRefused(401, "token_malformed"),
                Row.of("no issuer", token.without("iss")).isRefused(401, "issuer_unknown"),
                Row.of("nobody", token.without("sub")).isRefused(401, "identity_missing"));
    }

    /** With the type of their standard, and again as an issuer would write them that gives no types. */
    private static Stream<Row> otherKinds(String origin) {
        String iss = origin + "/generic";
        String statement = "txn-97053963-771d-49cc-a4e3-20aad399c312";
        Map<String, Token> kinds = new LinkedHashMap<>();
        kinds.put(
                "a logout token",
                kind(origin, "logout+jwt")
                        .with("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()))
                        .with("sid", "session-that-has-ended"));
        kinds.put(
                "a security event",
                kind(origin, "secevent+jwt")
                        .with(
                                "events",
                                Map.of(
                                        "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
                                        Map.of())));
        kinds.put(
                "a transaction token",
                kind(origin, "txntoken+jwt")
                        .with("txn", statement)
                        .with("tctx", Map.of("action", "transfer-of-money"))
                        .with("rctx", Map.of("req_ip", "203.0.113.79")));
        kinds.put(
                "an introspection answer",
                kind(origin, "token-introspection+jwt")
                        .with("token_introspection", Map.of("active", true, "sub", "subject-inside-the-answer")));
        kinds.put(
                "a proof of possession",
                kind(origin, "dpop+jwt")
                        .with("htm", "GET")
                        .with("htu", "https://api.example.test/people/1")
                        .with("ath", "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"));
        Stream<Row> typed = kinds.entrySet().stream()
                .map(kind -> Row.of(kind.getKey(), kind.getValue()).isRefused(401, "token_type_refused"));
        Stream<Row> untyped = kinds.entrySet().stream()
                .map(kind -> Row.of(
                                kind.getKey() + " under the type jwt",
                                kind.getValue().header("typ", "JWT"))
                        .isRefused(401, "token_type_refused"));
        Token assertion = OtherTokens.generic(origin, "client-that-proves-itself")
                .header("typ", "JWT")
                .without("scope", "client_id")
                .with("iss", "client-that-proves-itself");
        Stream<Row> others = Stream.of(
                Row.of(
                                "a proof as it is made, without an issuer",
                                kinds.get("a proof of possession")
                                        .without("iss", "sub", "aud", "exp")
                                        .signedBy(OtherTokens.ES256)
                                        .header("jwk", OtherTokens.ES256.member()))
                        .isRefused(401, "issuer_unknown"),
                Row.of(
                                "an identity assertion",
                                kind(origin, "oauth-id-jag+jwt").with("client_id", OtherTokens.NATIVE_APP))
                        .isRefused(401, "token_type_refused"),
                Row.of("a client assertion", assertion).isRefused(401, "issuer_unknown"),
                Row.of(
                                "a client assertion of the issuer itself",
                                assertion.with("iss", iss).with("sub", iss))
                        .isRefused(401, "token_type_refused"),
                Row.of("the gateway's own user context", kind(origin, "procura-user-context+jwt"))
                        .isRefused(401, "token_type_refused"));
        return Stream.of(typed, untyped, others).flatMap(rows -> rows);
    }

    private static Token kind(String origin, String type) {
        return OtherTokens.generic(origin, "subject-of-another-kind")
                .without("client_id", "scope")
                .header("typ", type);
    }

    private static Stream<Row> noTokens() {
        String assertion =
                "<Assertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><Subject>ana</Subject></Assertion>";
        return Stream.of(
                Row.of("no token", "").isRefused(401, "token_missing"),
                Row.of("a SAML assertion", Base64URL.encode(assertion).toString())
                        .seeds(3)
                        .isRefused(401, "token_malformed"),
                Row.of("an opaque token", "2YotnFZFEjr1zCsicMWpAA-opaque").isRefused(401, "token_malformed"),
                Row.of("a refresh token of Entra", "0.AXEAvwAfo0dB8kWk8rQ.AwABAAAAvPM1KaPlrEqdFSBzjqfTGAMxZGUTdM0t")
                        .isRefused(401, "token_malformed"),
                Row.of(
                                "a JWT whose payload is a list",
                                Base64URL.encode("{\"alg\":\"RS256\"}") + "." + Base64URL.encode("[\"nothing-to-see\"]")
                                        + "." + Base64URL.encode("signature"))
                        .isRefused(401, "token_malformed"));
    }
}
