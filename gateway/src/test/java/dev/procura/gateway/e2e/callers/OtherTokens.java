package dev.procura.gateway.e2e.callers;

import com.nimbusds.jose.jwk.Curve;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The tokens of Auth0, Okta, Keycloak, Spring Authorization Server, and of whoever keeps RFC 9068. */
public final class OtherTokens {

    public static final SigningKey RSA = SigningKey.rsa("rsa");
    public static final SigningKey OTHER_RSA = SigningKey.rsa("other-rsa");
    public static final SigningKey PS256 = SigningKey.rsa("ps256", "PS256");
    public static final SigningKey ES256 = SigningKey.ec("es256", Curve.P_256, "ES256");
    public static final SigningKey ES384 = SigningKey.ec("es384", Curve.P_384, "ES384");
    public static final SigningKey ES512 = SigningKey.ec("es512", Curve.P_521, "ES512");
    public static final SigningKey ED25519 = SigningKey.ed25519("ed25519");
    public static final SigningKey HS512 = SigningKey.hs512("hs512");

    public static final String AUTH0_API = "https://gateway.orchid.test";
    public static final String AUTH0_CLIENT = "gXk0AuthZeroClientOfTheApp";
    public static final String OKTA_CLIENT = "0oaOktaClientOfTheApp";
    public static final String NATIVE_APP = "native-app";

    private OtherTokens() {}

    public static void publish(LocalIssuers issuers) {
        String wellKnown = "/.well-known/openid-configuration";
        String origin = issuers.origin();
        issuers.publish("/auth0" + wellKnown, origin + "/auth0/", RSA);
        issuers.publish("/oauth2/default" + wellKnown, origin + "/oauth2/default", RSA);
        issuers.publish("/realms/corp" + wellKnown, origin + "/realms/corp", RSA);
        issuers.publish("/.well-known/oauth-authorization-server/spring", origin + "/spring", RSA);
        issuers.publish("/generic" + wellKnown, origin + "/generic", RSA, PS256, ES256, ES384, ES512, ED25519);
        issuers.publish("/mirror" + wellKnown, origin + "/mirror", OTHER_RSA);
        issuers.publish("/rollover" + wellKnown, origin + "/rollover", RSA);
    }

    /** Auth0's own profile. */
    public static Token auth0(String origin, String subject) {
        return Token.of("JWT", RSA, dated())
                .with("iss", origin + "/auth0/")
                .with("sub", subject)
                .with("aud", List.of(AUTH0_API, origin + "/auth0/userinfo"))
                .with("azp", AUTH0_CLIENT)
                .with("scope", "openid profile orders.read");
    }

    /** The profile of RFC 9068 at Auth0. */
    public static Token auth0Rfc9068(String origin, String subject) {
        return auth0(origin, subject)
                .without("azp")
                .header("typ", "at+jwt")
                .with("client_id", AUTH0_CLIENT)
                .with("jti", "jti-" + UUID.randomUUID());
    }

    public static Token auth0Machine(String origin) {
        return auth0(origin, EntraTokens.DAEMON + "@clients")
                .with("aud", AUTH0_API)
                .with("azp", EntraTokens.DAEMON)
                .with("gty", "client-credentials")
                .with("scope", "orders.read");
    }

    public static Token auth0IdToken(String origin) {
        return auth0(origin, "auth0|5f7c8ec7c33c6c004bbafe82")
                .without("azp", "scope")
                .with("aud", AUTH0_CLIENT)
                .with("nonce", "nonce-of-the-single-page-app")
                .with("sid", "session-of-the-single-page-app")
                .with("nickname", "ana.of.auth0");
    }

    public static Token okta(String origin) {
        return Token.of("", RSA, dated())
                .with("ver", 1)
                .with("jti", "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE")
                .with("iss", origin + "/oauth2/default")
                .with("aud", "api://default")
                .with("sub", "ana.okta@orchid.test")
                .with("cid", OKTA_CLIENT)
                .with("uid", "00uoktauseridofana")
                .with("scp", List.of("openid", "orders.read"));
    }

    public static Token oktaMachine(String origin) {
        return okta(origin)
                .without("uid")
                .with("sub", EntraTokens.DAEMON)
                .with("cid", EntraTokens.DAEMON)
                .with("scp", List.of("orders.read"));
    }

    public static Token oktaIdToken(String origin) {
        return okta(origin)
                .without("cid", "uid", "scp")
                .with("sub", "00uoktauseridofana")
                .with("aud", OKTA_CLIENT)
                .with("jti", "ID.ymwVjTEdMgTNPwvO4mCbrJjuuqUjiRPLbSuXHFqyDR4")
                .with("amr", List.of("pwd"))
                .with("idp", "00oidentityproviderofokta")
                .with("auth_time", Token.time().instant().getEpochSecond())
                .with("at_hash", "preview_at_hash_of_okta");
    }

    public static Token keycloak(String origin) {
        return Token.of("JWT", RSA, dated())
                .with("jti", "onrtac:" + UUID.randomUUID())
                .with("iss", origin + "/realms/corp")
                .with("aud", List.of("gateway", "account"))
                .with("sub", "b1a8a0c6-keycloak-user-of-ana")
                .with("typ", "Bearer")
                .with("azp", NATIVE_APP)
                .with("sid", "6f3c-keycloak-session")
                .with("acr", "1")
                .with("scope", "openid profile orders.read")
                .with("realm_access", Map.of("roles", List.of("clerk")))
                .with("preferred_username", "ana.keycloak");
    }

    public static Token keycloakIdToken(String origin) {
        return keycloak(origin)
                .without("scope", "realm_access")
                .with("aud", NATIVE_APP)
                .with("typ", "ID")
                .with("at_hash", "hash-of-the-access-token");
    }

    public static Token keycloakServiceAccount(String origin) {
        return keycloak(origin)
                .without("sid")
                .with("jti", "trrtcc:" + UUID.randomUUID())
                .with("azp", EntraTokens.DAEMON)
                .with("client_id", EntraTokens.DAEMON)
                .with("clientHost", "203.0.113.78")
                .with("clientAddress", "203.0.113.78")
                .with("preferred_username", "service-account-of-the-daemon");
    }

    /** As the server writes it once a customizer adds client and audience: scope is a list, there is no typ. */
    public static Token spring(String origin) {
        return Token.of("", RSA, dated())
                .with("iss", origin + "/spring")
                .with("sub", "ana-of-spring")
                .with("aud", "gateway")
                .with("client_id", NATIVE_APP)
                .with("jti", UUID.randomUUID().toString())
                .with("scope", List.of("openid", "orders.read"));
    }

    public static Token generic(String origin, String subject) {
        return Token.of("at+jwt", RSA, dated())
                .with("iss", origin + "/generic")
                .with("sub", subject)
                .with("aud", "gateway")
                .with("client_id", NATIVE_APP)
                .with("jti", UUID.randomUUID().toString())
                .with("scope", "orders.read");
    }

    public static Token genericIdToken(String origin) {
        return generic(origin, "subject-of-an-id-token")
                .without("client_id", "scope", "jti")
                .header("typ", "JWT")
                .with("nonce", "nonce-of-the-relying-party")
                .with("auth_time", Token.time().instant().getEpochSecond());
    }

    private static Map<String, Object> dated() {
        long now = Token.time().instant().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iat", now - 10);
        claims.put("exp", now + 3600);
        return claims;
    }
}
