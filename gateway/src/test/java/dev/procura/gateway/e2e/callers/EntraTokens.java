package dev.procura.gateway.e2e.callers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What Entra ID and Azure AD write into their tokens, and how their key sets say whose tokens a key signs. */
public final class EntraTokens {

    public static final String ORCHID = "0a1b2c3d-0000-4000-8000-00000000000a";
    public static final String LILY = "0a1b2c3d-0000-4000-8000-00000000000b";
    public static final String ALIAS = "0a1b2c3d-0000-4000-8000-00000000000c";
    public static final String SPA_TENANT = "0a1b2c3d-0000-4000-8000-00000000000d";
    public static final String FEDERATION = "0a1b2c3d-0000-4000-8000-00000000000e";
    public static final String UNLISTED = "0a1b2c3d-0000-4000-8000-0000000000ff";

    /** Where personal accounts live, the same for everybody. */
    public static final String CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";

    public static final String API = "5d1e0000-aaaa-4aaa-8aaa-000000000001";
    public static final String SPA_CLIENT = "5d1e0000-aaaa-4aaa-8aaa-000000000002";
    public static final String NATIVE_CLIENT = "5d1e0000-aaaa-4aaa-8aaa-000000000003";
    public static final String DAEMON = "5d1e0000-aaaa-4aaa-8aaa-000000000004";
    public static final String GROUP = "5d1e0000-aaaa-4aaa-8aaa-000000000005";

    public static final String ANA = "3c3b969c-0000-4e11-a4ef-00000000000a";
    public static final String BEN = "3c3b969c-0000-4e11-a4ef-00000000000b";

    private static final String V2 = "https://login.microsoftonline.com/{tenantid}/v2.0";

    public static final SigningKey SHARED = SigningKey.rsa("entra-shared");
    public static final SigningKey OF_LILY = SigningKey.rsa("entra-lily");
    public static final SigningKey OF_CONSUMERS = SigningKey.rsa("entra-consumers");
    public static final SigningKey UNPUBLISHED = SigningKey.rsa("entra-unpublished");

    private EntraTokens() {}

    public static void publish(LocalIssuers issuers) {
        SigningKey shared = SHARED.signingFor(V2);
        SigningKey ofLily = OF_LILY.signingFor(v2(LILY));
        SigningKey ofConsumers = OF_CONSUMERS.signingFor(v2(CONSUMERS));
        String wellKnown = "/.well-known/openid-configuration";
        for (String tenant : List.of(ORCHID, LILY, SPA_TENANT)) {
            issuers.publish("/login/" + tenant + "/v2.0" + wellKnown, v2(tenant), shared, ofConsumers, ofLily);
        }
        // Of version 1.0 the keys say nothing, and lily has one of its own that orchid does not publish.
        issuers.publish("/login/" + ORCHID + wellKnown, v1(ORCHID), SHARED);
        issuers.publish("/login/" + LILY + wellKnown, v1(LILY), SHARED, OF_LILY);
        issuers.publishKeys("/alias/keys", SHARED);
        issuers.publish(
                "/entra/" + ORCHID + "/v2.0" + wellKnown, issuers.origin() + "/entra/" + ORCHID + "/v2.0", SHARED);
        // One document for all tenants of a cloud; what it says of itself is the template.
        issuers.publish(
                "/cloud/common/v2.0" + wellKnown,
                cloud("{tenantid}"),
                SHARED.signingFor(cloud("{tenantid}")),
                OF_LILY.signingFor(cloud(LILY)));
        String any = issuers.origin() + "/any/{tenantid}/v2.0";
        issuers.publish(
                "/any/common/v2.0" + wellKnown,
                any,
                SHARED.signingFor(any.replace("tenantid", "TenantId")),
                OF_CONSUMERS.signingFor(any.replace("{tenantid}", CONSUMERS)));
        issuers.publishText(
                "/FederationMetadata/2007-06/FederationMetadata.xml",
                "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\"/>");
    }

    public static String cloud(String tenant) {
        return "https://login.cloud.orchid.test/" + tenant + "/v2.0";
    }

    public static String v1(String tenant) {
        return "https://sts.windows.net/" + tenant + "/";
    }

    public static String v2(String tenant) {
        return V2.replace("{tenantid}", tenant);
    }

    /** A user's access token of version 2.0, got by a native (public) client. */
    public static Token userV2(String tenant, String object) {
        Map<String, Object> claims = common(tenant, object);
        claims.put("iss", v2(tenant));
        claims.put("aud", API);
        claims.put("azp", NATIVE_CLIENT);
        claims.put("azpacr", "0");
        claims.put("name", "Ana Almeida");
        claims.put("preferred_username", "ana.almeida@orchid.test");
        claims.put("scp", "orders.read orders.write");
        claims.put("ver", "2.0");
        return Token.of("JWT", SHARED, claims);
    }

    /** The same user's of version 1.0. */
    public static Token userV1(String tenant, String object) {
        Map<String, Object> claims = common(tenant, object);
        claims.put("iss", v1(tenant));
        claims.put("aud", "https://api.orchid.test");
        claims.put("acr", "1");
        claims.put("amr", List.of("pwd", "mfa"));
        claims.put("appid", NATIVE_CLIENT);
        claims.put("appidacr", "0");
        claims.put("family_name", "Almeida");
        claims.put("given_name", "Anabela");
        claims.put("ipaddr", "203.0.113.77");
        claims.put("name", "Ana Almeida");
        claims.put("scp", "orders.read orders.write");
        claims.put("unique_name", "ana.almeida@orchid.test");
        claims.put("upn", "ana.almeida@orchid.test");
        claims.put("ver", "1.0");
        return Token.of("JWT", SHARED, claims).header("x5t", SHARED.kid());
    }

    /** Of the client-credentials grant: no scp, and roles only where an administrator granted one. */
    public static Token daemonV2(String tenant) {
        Map<String, Object> claims = common(tenant, "3c3b969c-0000-4e11-a4ef-0000000000da");
        claims.put("sub", claims.get("oid"));
        claims.put("iss", v2(tenant));
        claims.put("aud", API);
        claims.put("azp", DAEMON);
        claims.put("azpacr", "1");
        claims.put("idtyp", "app");
        claims.put("roles", List.of("orders.process"));
        claims.put("ver", "2.0");
        return Token.of("JWT", SHARED, claims);
    }

    public static Token daemonV1(String tenant) {
        return daemonV2(tenant)
                .without("azp", "azpacr", "idtyp")
                .with("iss", v1(tenant))
                .with("idp", v1(tenant))
                .with("appid", DAEMON)
                .with("appidacr", "2")
                .with("ver", "1.0");
    }

    /** For the client, not for an API: no claim names a client beside the audience. */
    public static Token idTokenV2(String tenant, String client) {
        return userV2(tenant, ANA)
                .without("azp", "azpacr", "scp")
                .with("aud", client)
                .with("nonce", "n-0S6_WzA2Mj-of-the-client");
    }

    public static Token idTokenV1(String tenant, String client) {
        return userV1(tenant, ANA)
                .without("appid", "appidacr", "scp", "acr")
                .with("aud", client)
                .with("nonce", "n-0S6_WzA2Mj-of-the-client");
    }

    private static Map<String, Object> common(String tenant, String object) {
        long now = Token.time().instant().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iat", now - 10);
        claims.put("nbf", now - 10);
        claims.put("exp", now + 3600);
        claims.put("oid", object);
        claims.put("rh", "0.AXEArEFERENCEofthehistory");
        claims.put("sub", "pairwise-subject-of-" + object);
        claims.put("tid", tenant);
        claims.put("uti", UUID.randomUUID().toString());
        return claims;
    }
}
