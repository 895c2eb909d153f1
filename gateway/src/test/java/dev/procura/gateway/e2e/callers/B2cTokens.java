package dev.procura.gateway.e2e.callers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Azure AD B2C's tokens: those of its documentation of the resource-owner flow, claim by claim, and what differs elsewhere. */
public final class B2cTokens {

    public static final String TENANT = "f06c2fe8-709f-4030-85dc-38a4bfd9e82d";
    public static final String ISSUER = "https://te.cpim.windows.net/" + TENANT + "/v2.0/";
    public static final String QUERY_ISSUER = "https://orchid.b2clogin.test/" + TENANT + "/v2.0/";
    public static final String API = "bef22d56-552f-4a5b-b90a-1988a7d634ce";
    public static final String SENTENCE = "Not supported currently. Use oid claim.";
    public static final String OWNER_POLICY = "B2C_1A_ResourceOwnerv2";
    public static final String SIGN_IN_POLICY = "B2C_1_signin";
    public static final String SERVICE_PRINCIPAL = "3c3b969c-8c49-4e11-a4ef-0000000000da";

    public static final SigningKey OF_OWNER_POLICY = SigningKey.rsa("b2c-resource-owner");
    public static final SigningKey OF_SIGN_IN = SigningKey.rsa("b2c-sign-in");

    private B2cTokens() {}

    public static void publish(LocalIssuers issuers) {
        String wellKnown = "/v2.0/.well-known/openid-configuration";
        issuers.publish("/orchid.onmicrosoft.test/" + OWNER_POLICY + wellKnown, ISSUER, OF_OWNER_POLICY);
        issuers.publish("/orchid.onmicrosoft.test/" + SIGN_IN_POLICY + wellKnown, ISSUER, OF_SIGN_IN);
        issuers.publish("/orchid.onmicrosoft.test" + wellKnown + "?p=B2C_1A_ROPC_Auth", QUERY_ISSUER, OF_OWNER_POLICY);
        issuers.publish("/tfp/" + TENANT + "/" + SIGN_IN_POLICY + wellKnown, tfpIssuer(issuers.origin()), OF_SIGN_IN);
    }

    public static String tfpIssuer(String origin) {
        return origin + "/tfp/" + TENANT + "/" + SIGN_IN_POLICY + "/v2.0/";
    }

    /** The documented access token: these claims and no others, {@code sub} the same sentence for everybody. */
    public static Token access(String object) {
        long now = Token.time().instant().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("exp", now + 3600);
        claims.put("nbf", now);
        claims.put("aud", API);
        claims.put("oid", object);
        claims.put("sub", SENTENCE);
        claims.put("azp", API);
        claims.put("ver", "1.0");
        claims.put("iat", now);
        return Token.of("JWT", OF_OWNER_POLICY, claims);
    }

    /** The documented ID token beside it. */
    public static Token idToken(String object) {
        return access(object)
                .without("azp")
                .with("acr", "b2c_1a_resourceownerv2")
                .with("auth_time", Token.time().instant().getEpochSecond())
                .with("at_hash", "GzACBMRmrIpboNvAm4xLXA");
    }

    /** Of the client-credentials grant: what an application was granted stands in {@code scp}. */
    public static Token daemon() {
        return access("")
                .without("oid")
                .with("sub", SERVICE_PRINCIPAL)
                .with("azp", EntraTokens.DAEMON)
                .with("scp", "orders.process");
    }

    /** Of a user flow that says more: policy, name, addresses. */
    public static Token flow(String object) {
        return access(object)
                .signedBy(OF_SIGN_IN)
                .with("sub", object)
                .with("tfp", SIGN_IN_POLICY)
                .with("scp", "orders.read")
                .with("name", "Ana of the flow")
                .with("emails", List.of("ana.flow@orchid.test"));
    }
}
