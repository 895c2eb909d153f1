package dev.procura.gateway.e2e.callers;

import static dev.procura.gateway.e2e.callers.EntraTokens.DAEMON;
import static dev.procura.gateway.e2e.callers.OtherTokens.AUTH0_API;
import static dev.procura.gateway.e2e.callers.OtherTokens.AUTH0_CLIENT;
import static dev.procura.gateway.e2e.callers.OtherTokens.NATIVE_APP;
import static dev.procura.gateway.e2e.callers.OtherTokens.OKTA_CLIENT;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Auth0, Okta, Keycloak, Spring Authorization Server, and RFC 9068 as it is written. */
final class OtherRows {

    private OtherRows() {}

    static Stream<Row> rows(String origin) {
        return Stream.of(
                        auth0Users(origin),
                        auth0Others(origin),
                        okta(origin),
                        keycloak(origin),
                        spring(origin),
                        generic(origin))
                .flatMap(rows -> rows);
    }

    private static Stream<Row> auth0Users(String origin) {
        String waad = "waad|V1_ana-of-another-directory";
        String iss = origin + "/auth0/";
        Map<String, Object> ana = Described.as("user", iss, AUTH0_CLIENT, "sub", waad);
        return Stream.of(
                Row.of("Auth0: a user of an Azure AD connection", OtherTokens.auth0(origin, waad))
                        .seeds(1, 4)
                        .isDescribed(ana),
                Row.of("Auth0: the same by RFC 9068", OtherTokens.auth0Rfc9068(origin, waad))
                        .seeds(1, 4)
                        .isDescribed(ana),
                Row.of(
                                "Auth0: one audience alone",
                                OtherTokens.auth0(origin, waad).with("aud", AUTH0_API))
                        .isDescribed(ana),
                Row.of(
                                "Auth0: a user who gave the password to an application",
                                OtherTokens.auth0(origin, waad).with("gty", "password"))
                        .seeds(1)
                        .isDescribed(ana),
                Row.of(
                                "Auth0: the same, traded for the API's",
                                OtherTokens.auth0(origin, waad).with("gty", "password"))
                        .seeds(1)
                        .on("orders")
                        .isExchanged(),
                Row.of(
                                "Auth0: a user of an organization",
                                OtherTokens.auth0(origin, waad).with("org_id", "org_9ybsU1dN2dKfDkBi"))
                        .seeds(4)
                        .isDescribed(Described.inTenant("org_9ybsU1dN2dKfDkBi", ana)),
                Row.of(
                                "Auth0: a permission",
                                OtherTokens.auth0(origin, waad)
                                        .with("permissions", List.of("orders.read"))
                                        .with("scope", "openid"))
                        .on("scoped")
                        .isDescribed(ana),
                Row.of(
                                "Auth0: a scope that is no permission",
                                OtherTokens.auth0(origin, waad).with("permissions", List.of()))
                        .on("scoped")
                        .isRefused(403, "scope_missing"),
                Row.of("Auth0: a scope where there are no permissions", OtherTokens.auth0(origin, waad))
                        .on("scoped")
                        .isDescribed(ana),
                Row.of(
                                "Auth0: an issuer without its slash",
                                OtherTokens.auth0(origin, waad).with("iss", origin + "/auth0"))
                        .isRefused(401, "issuer_unknown"),
                Row.of(
                                "Auth0: only for the user's profile",
                                OtherTokens.auth0(origin, waad).with("aud", origin + "/auth0/userinfo"))
                        .isRefused(401, "audience_mismatch"),
                Row.of(
                                "Auth0: encrypted, as without an audience",
                                "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiaXNzIjoiaHR0cHM6Ly9vcmNoaWQudGVzdC8ifQ..q2yOqfBf_vGXz1Cn.6Jf-QOHFYyXqXmHb0Kn0.QHdJm5x2lS0eX3Yq8F1ZKg")
                        .isRefused(401, "token_malformed"));
    }

    private static Stream<Row> auth0Others(String origin) {
        String iss = origin + "/auth0/";
        Map<String, Object> machine = Described.as("app", iss, DAEMON, "sub", DAEMON + "@clients");
        Token agent = OtherTokens.auth0Rfc9068(origin, "agent_7Qk2b9xTzLm").with("client_id", DAEMON);
        return Stream.of(
                Row.of("Auth0: an application where it is listed", OtherTokens.auth0Machine(origin))
                        .seeds(25)
                        .on("applications")
                        .isDescribed(machine),
                Row.of(
                                "Auth0: an application by RFC 9068",
                                OtherTokens.auth0Machine(origin)
                                        .without("azp", "gty")
                                        .header("typ", "at+jwt")
                                        .with("client_id", DAEMON))
                        .on("applications")
                        .isDescribed(machine),
                Row.of("Auth0: an application where users are meant", OtherTokens.auth0Machine(origin))
                        .seeds(25)
                        .isRefused(403, "caller_kind_refused"),
                Row.of(
                                "Auth0: another application's subject",
                                OtherTokens.auth0Machine(origin).with("sub", "another-client@clients"))
                        .on("applications")
                        .isRefused(403, "caller_kind_refused"),
                Row.of(
                                "Auth0: an application that gave a password",
                                OtherTokens.auth0Machine(origin).with("gty", "password"))
                        .on("applications")
                        .isRefused(403, "caller_kind_refused"),
                Row.of(
                                "Auth0: a user with an application's grant",
                                OtherTokens.auth0(origin, "auth0|5f7c8ec7c33c6c004bbafe82")
                                        .with("gty", "client-credentials"))
                        .isRefused(403, "caller_kind_refused"),
                Row.of("Auth0: an agent where users are meant", agent).isRefused(403, "caller_kind_refused"),
                Row.of("Auth0: an agent where applications are meant", agent)
                        .on("applications")
                        .isRefused(403, "caller_kind_refused"),
                Row.of("Auth0: an agent where it is listed", agent)
                        .on("anybody")
                        .isDescribed(Described.as("unknown", iss, DAEMON, "sub", "agent_7Qk2b9xTzLm")),
                Row.of("Auth0: an ID token", OtherTokens.auth0IdToken(origin))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "Auth0: an ID token for the API",
                                OtherTokens.auth0IdToken(origin)
                                        .with("aud", AUTH0_API)
                                        .without("nonce"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "Auth0: an ID token of the hybrid flow",
                                OtherTokens.auth0IdToken(origin)
                                        .with("azp", AUTH0_CLIENT)
                                        .with("at_hash", "hash-of-the-access-token"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"));
    }

    private static Stream<Row> okta(String origin) {
        String iss = origin + "/oauth2/default";
        Map<String, Object> ana = Described.as("user", iss, OKTA_CLIENT, "uid", "00uoktauseridofana");
        return Stream.of(
                Row.of("Okta: a user", OtherTokens.okta(origin)).isDescribed(ana),
                Row.of("Okta: a user with a scope in a list", OtherTokens.okta(origin))
                        .on("scoped")
                        .isDescribed(ana),
                Row.of("Okta: a user, traded for the API's", OtherTokens.okta(origin))
                        .on("orders")
                        .isExchanged(),
                Row.of("Okta: an application where it is listed", OtherTokens.oktaMachine(origin))
                        .seeds(25)
                        .on("applications")
                        .isDescribed(Described.as("app", iss, DAEMON, "sub", DAEMON)),
                Row.of("Okta: an application where users are meant", OtherTokens.oktaMachine(origin))
                        .isRefused(403, "caller_kind_refused"),
                Row.of(
                                "Okta: an application with a user's id",
                                OtherTokens.oktaMachine(origin).with("uid", "00uoktauseridofana"))
                        .isRefused(403, "caller_kind_refused"),
                Row.of(
                                "Okta: neither a user nor the client",
                                OtherTokens.okta(origin).without("uid"))
                        .isRefused(401, "identity_missing"),
                Row.of("Okta: an ID token", OtherTokens.oktaIdToken(origin))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "Okta: an ID token without the hash",
                                OtherTokens.oktaIdToken(origin).without("at_hash"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of("Okta: an issuer with a slash", OtherTokens.okta(origin).with("iss", iss + "/"))
                        .isRefused(401, "issuer_unknown"));
    }

    private static Stream<Row> keycloak(String origin) {
        String iss = origin + "/realms/corp";
        Map<String, Object> ana = Described.as("user", iss, NATIVE_APP, "sub", "b1a8a0c6-keycloak-user-of-ana");
        Token refresh = OtherTokens.keycloak(origin).with("typ", "Refresh").with("aud", iss);
        return Stream.of(
                Row.of("Keycloak: a user", OtherTokens.keycloak(origin)).isDescribed(ana),
                Row.of("Keycloak: a user with a role of the realm", OtherTokens.keycloak(origin))
                        .on("clerks")
                        .isDescribed(ana),
                Row.of(
                                "Keycloak: a user without it",
                                OtherTokens.keycloak(origin).without("realm_access"))
                        .on("clerks")
                        .isRefused(403, "role_missing"),
                Row.of("Keycloak: a service account where it is listed", OtherTokens.keycloakServiceAccount(origin))
                        .seeds(25)
                        .on("applications")
                        .isDescribed(Described.as("app", iss, DAEMON, "sub", "b1a8a0c6-keycloak-user-of-ana")),
                Row.of("Keycloak: a service account where users are meant", OtherTokens.keycloakServiceAccount(origin))
                        .isRefused(403, "caller_kind_refused"),
                Row.of("Keycloak: an ID token", OtherTokens.keycloakIdToken(origin))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "Keycloak: an ID token for the gateway, without the hash",
                                OtherTokens.keycloakIdToken(origin)
                                        .with("aud", "gateway")
                                        .without("at_hash"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of("Keycloak: a refresh token", refresh.signedBy(OtherTokens.HS512))
                        .isRefused(401, "algorithm_refused"),
                Row.of("Keycloak: a refresh token under the realm's key", refresh)
                        .isRefused(401, "token_type_refused"),
                Row.of("Keycloak: an offline token under the realm's key", refresh.with("typ", "Offline"))
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "Keycloak: only for its account console",
                                OtherTokens.keycloak(origin).with("aud", "account"))
                        .isRefused(401, "audience_mismatch"));
    }

    private static Stream<Row> spring(String origin) {
        String iss = origin + "/spring";
        Map<String, Object> ana = Described.as("user", iss, NATIVE_APP, "sub", "ana-of-spring");
        return Stream.of(
                Row.of("Spring: a user", OtherTokens.spring(origin)).isDescribed(ana),
                Row.of("Spring: a user with a scope in a list", OtherTokens.spring(origin))
                        .on("scoped")
                        .isDescribed(ana),
                Row.of(
                                "Spring: a stock token, which names no client",
                                OtherTokens.spring(origin).without("client_id"))
                        .isRefused(403, "caller_kind_refused"),
                Row.of(
                                "Spring: an application where it is listed",
                                OtherTokens.spring(origin).with("sub", DAEMON).with("client_id", DAEMON))
                        .seeds(25)
                        .on("applications")
                        .isDescribed(Described.as("app", iss, DAEMON, "sub", DAEMON)),
                Row.of(
                                "Spring: an ID token",
                                OtherTokens.spring(origin)
                                        .without("client_id", "scope")
                                        .with("aud", NATIVE_APP)
                                        .with("azp", NATIVE_APP)
                                        .with("sid", "session-of-spring")
                                        .with("nonce", "nonce-of-the-code-flow"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"));
    }

    private static Stream<Row> generic(String origin) {
        String iss = origin + "/generic";
        Map<String, Object> ana = Described.as("user", iss, NATIVE_APP, "sub", "ana-of-rfc-9068");
        Token token = OtherTokens.generic(origin, "ana-of-rfc-9068");
        Stream<Row> algorithms = Stream.of(
                        OtherTokens.PS256, OtherTokens.ES256, OtherTokens.ES384, OtherTokens.ES512, OtherTokens.ED25519)
                .map(key -> Row.of("RFC 9068: signed with " + key.algorithm(), token.signedBy(key))
                        .isDescribed(ana));
        Stream<Row> rows = Stream.of(
                Row.of("RFC 9068: a user", token).isDescribed(ana),
                Row.of("RFC 9068: the long name of the type", token.header("typ", "application/AT+JWT"))
                        .isDescribed(ana),
                Row.of("RFC 9068: an access token with a nonce", token.with("nonce", "nonce-of-the-client"))
                        .isDescribed(ana),
                Row.of(
                                "RFC 9068: an application where it is listed",
                                token.with("sub", DAEMON).with("client_id", DAEMON))
                        .seeds(25)
                        .on("applications")
                        .isDescribed(Described.as("app", iss, DAEMON, "sub", DAEMON)),
                Row.of(
                                "RFC 9068: an algorithm that this issuer does not use",
                                OtherTokens.spring(origin).signedBy(OtherTokens.ES384))
                        .isRefused(401, "algorithm_refused"),
                Row.of(
                                "RFC 9068: a curve's key under another algorithm",
                                token.signedBy(OtherTokens.ES384).header("alg", "ES512"))
                        .isRefused(401, "signature_invalid"),
                Row.of(
                                "RFC 9068: an Edwards key under another one's name",
                                token.signedBy(SigningKey.ed25519(OtherTokens.ED25519.kid())))
                        .isRefused(401, "signature_invalid"),
                Row.of("RFC 9068: one issuer under the key of another", token.signedBy(OtherTokens.OTHER_RSA))
                        .isRefused(401, "key_unknown"),
                Row.of(
                                "RFC 9068: that key under a name that is known",
                                token.signedBy(OtherTokens.OTHER_RSA.called(OtherTokens.RSA.kid())))
                        .isRefused(401, "signature_invalid"),
                Row.of("OpenID Connect: an ID token", OtherTokens.genericIdToken(origin))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "OpenID Connect: an ID token with a hash and no nonce",
                                OtherTokens.genericIdToken(origin)
                                        .without("nonce")
                                        .with("at_hash", "hash-of-the-access-token"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "OpenID Connect: an ID token for its own client",
                                OtherTokens.genericIdToken(origin)
                                        .without("nonce")
                                        .with("azp", "gateway"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"));
        return Stream.concat(rows, algorithms);
    }
}
