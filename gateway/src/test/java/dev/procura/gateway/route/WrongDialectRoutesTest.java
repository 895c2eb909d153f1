package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a kind of server can never give does not start: docs/configuration.md, Dialects, actor and then. */
final class WrongDialectRoutesTest {

    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String PROVEN = "client-secret: s3cr3t";
    private static final String AT = "issuer: https://id.example.com/corp, " + PROVEN;
    private static final String CONFIGURATION = """
            issuers:
              corp: { issuer: https://id.example.com/corp, audiences: [gateway] }
              ms: { profile: entra, issuer: "https://login.microsoftonline.com/%1$s/v2.0", audiences: [gateway] }
            clients:
              std: { %2$s, dialect: rfc8693, client-id: std }
              spring: { %2$s, dialect: spring, client-id: spring }
              kc: { %2$s, dialect: keycloak, client-id: kc }
              a0: { %2$s, dialect: auth0, client-id: a0 }
              okta: { %2$s, dialect: okta, client-id: okta }
              tx: { issuer: https://id.example.com/corp, dialect: tokenx, client-id: tx, authentication: private-key-jwt, ssl-bundle: gateway-client }
              jwt: { %2$s, dialect: rfc7523, client-id: jwt }
              entra: { issuer: "https://login.microsoftonline.com/%1$s/v2.0", dialect: entra, client-id: entra, %3$s }
              v1: { issuer: "https://sts.windows.net/%1$s/", dialect: entra-v1, client-id: v1, %3$s }
              many: { issuer: "https://login.microsoftonline.com/{tenantid}/v2.0", dialect: entra, client-id: many, %3$s }
              home: { issuer: "https://login.microsoftonline.com/{tenantid}/v2.0", tenant: %1$s, dialect: entra, client-id: home, %3$s }
            routes:
              - id: orders
                path: /orders/**
                uri: https://orders.internal
            """.formatted(TENANT, AT, PROVEN);

    private static final String DEFAULT = "scopes: ['api://x/.default']";
    private static final String A = ", audience: a";
    private static final String ACTOR = ", actor: { client: std, audience: gateway }";

    private static void start(String credential, String require) {
        TestRoutes.of(
                CONFIGURATION + "    credential: { " + credential + " }\n" + "    require: { " + require + " }\n");
    }

    @ParameterizedTest(name = "{0}: {1}: {2}")
    @MethodSource({"targets", "types", "actors", "steps"})
    void namesTheKeyAndSaysWhatIsWrong(String key, String reason, String credential) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> start(credential, "issuers: [corp, ms]"))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.routes[0].credential" + key);
                    assertThat(invalid.reason()).contains(reason);
                    assertThat(invalid.example()).isNotBlank().doesNotContain("null");
                });
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                row(".resource", "Keycloak", "on-behalf-of: kc, resource: 'https://o.test'"),
                row(".resource", "Auth0", "on-behalf-of: a0, resource: 'https://o.test'"),
                row(".resource", "Auth0", "client-credentials: a0, resource: 'https://o.test'"),
                row(".scopes", "is missing", "on-behalf-of: okta" + A),
                row(".scopes", "is missing", "client-credentials: okta" + A),
                row(".scopes", "OpenID Connect", "on-behalf-of: okta, scopes: [orders, openid]" + A),
                row(".scopes", "OpenID Connect", "on-behalf-of: okta, scopes: [offline_access]" + A),
                row(".resource", "Okta", "on-behalf-of: okta, scopes: [orders], resource: 'https://o.test'"),
                row(".resource", "TokenX", "on-behalf-of: tx, resource: 'https://o.test'"),
                row(".scopes", "TokenX", "on-behalf-of: tx, scopes: [orders]" + A),
                row(".client-credentials", "no such grant", "client-credentials: tx" + A),
                row(".app-callers", "no such grant", "on-behalf-of: tx, app-callers: client-credentials" + A),
                row(".scopes", "is missing", "on-behalf-of: entra" + A),
                row(".scopes", "one API", "on-behalf-of: entra, scopes: ['api://x/A', 'api://y/B']" + A),
                row(".scopes", "one API", "on-behalf-of: entra, scopes: [orders]" + A),
                row(".scopes", "one API", "on-behalf-of: entra, scopes: [/orders]" + A),
                row(".scopes", "one API", "on-behalf-of: entra, scopes: ['api://x/A', B]" + A),
                row(".scopes", "beside it", "on-behalf-of: entra, scopes: ['api://x/.default', 'api://x/A']" + A),
                row(".scopes", ".default alone", "client-credentials: entra, scopes: ['api://x/A']" + A),
                row(
                        ".scopes",
                        ".default alone",
                        "on-behalf-of: entra, app-callers: client-credentials, scopes: ['api://x/A']" + A),
                row(".resource", "version 2.0", "on-behalf-of: entra, resource: 'https://o.test', " + DEFAULT),
                row(".resource", "is missing", "on-behalf-of: v1" + A),
                row(".resource", "is missing", "client-credentials: v1" + A),
                row(".scopes", "version 1.0", "on-behalf-of: v1, resource: 'https://o.test', scopes: [a]"),
                row(".client-credentials", "set tenant", "client-credentials: many, " + DEFAULT + A),
                row(
                        ".app-callers",
                        "set tenant",
                        "on-behalf-of: many, app-callers: client-credentials, " + DEFAULT + A));
    }

    static Stream<Arguments> types() {
        String type = ", subject-token-type: '%s'";
        Stream<Arguments> others = Stream.of("spring", "kc", "okta", "tx", "jwt", "entra", "v1")
                .map(client -> row(
                        ".subject-token-type",
                        "rfc8693 and auth0 alone",
                        "on-behalf-of: " + client + A + type.formatted("https://x.test/t")));
        Stream<Arguments> reserved = Stream.of(
                        "urn:ietf:params:oauth:token-type:jwt",
                        "URN:IETF:params:oauth:token-type:jwt",
                        "urn:auth0:x",
                        "urn:okta:x",
                        "https://auth0.com/x",
                        "HTTP://OKTA.com/x")
                .map(name -> row(".subject-token-type", "Auth0 keeps", "on-behalf-of: a0" + A + type.formatted(name)));
        return Stream.of(
                        others,
                        reserved,
                        Stream.of(
                                row(".subject-token-type", "absolute", "on-behalf-of: std" + A + type.formatted("jwt")),
                                row(
                                        ".subject-token-type",
                                        "no meaning",
                                        "client-credentials: std" + A + type.formatted("urn:x:y"))))
                .flatMap(rows -> rows);
    }

    static Stream<Arguments> actors() {
        String on = "on-behalf-of: std" + A;
        Stream<Arguments> others = Stream.of("kc" + A, "a0" + A, "tx" + A, "jwt" + A, "okta, scopes: [orders]" + A)
                .map(client -> row(".actor", "sends no actor_token", "on-behalf-of: " + client + ACTOR));
        return Stream.concat(
                others,
                Stream.of(
                        row(".actor", "sends no actor_token", "on-behalf-of: entra, " + DEFAULT + A + ACTOR),
                        row(".actor", "no meaning", "client-credentials: std" + A + ACTOR),
                        row(".actor", "no meaning", "pass-through: true" + ACTOR),
                        row(".actor.client", "missing", on + ", actor: { audience: gateway }"),
                        row(".actor.audience", "missing", on + ", actor: { client: std }"),
                        row(".actor.audience", "", on + ", actor: { client: std, audience: ' ' }"),
                        row(".actor.client", "no block", on + ", actor: { client: nobody, audience: gateway }"),
                        row(".actor.client", "no such grant", on + ", actor: { client: tx, audience: gateway }"),
                        row(".actor.client", "set tenant", on + ", actor: { client: many, audience: gateway }"),
                        row(
                                ".actor.scopes",
                                "no single",
                                on + ", actor: { client: std, audience: g, scopes: ['a b'] }"),
                        row(".actor.scopes", "is missing", on + ", actor: { client: okta, audience: gateway }")));
    }

    static Stream<Arguments> steps() {
        String on = "on-behalf-of: std" + A + ", then: ";
        return Stream.of(
                row(".then", "no meaning", "client-credentials: std" + A + ", then: { client: jwt, audience: a }"),
                row(".then", "no meaning", "none: true, then: { client: jwt, audience: a }"),
                row(
                        ".app-callers",
                        "no second step",
                        on + "{ client: jwt, audience: b }, app-callers: client-credentials"),
                row(".then.client", "missing", on + "{ audience: b }"),
                row(".then.client", "no block", on + "{ client: nobody, audience: b }"),
                row(".then.client", "no such grant", on + "{ client: std, audience: b }"),
                row(".then.client", "no such grant", on + "{ client: entra, audience: b }"),
                row(".then.client", "no such grant", on + "{ client: a0, audience: b }"),
                row(".then.audience", "is missing", on + "{ client: jwt }"),
                row(".then.audience", "is empty", on + "{ client: jwt, audience: '' }"),
                row(".then.resource", "absolute", on + "{ client: jwt, resource: 'https://o.test#x' }"),
                row(".then.resource", "Keycloak", on + "{ client: kc, resource: 'https://o.test' }"),
                row(".then.scopes", "no single", on + "{ client: jwt, audience: b, scopes: ['a b'] }"),
                row(".then.allow-scopes", "no single", on + "{ client: jwt, audience: b, allow-scopes: [''] }"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "on-behalf-of: std, audience: a, subject-token-type: 'urn:ietf:params:oauth:token-type:jwt'",
                "on-behalf-of: std, audience: a, actor: { client: kc, audience: gateway }",
                "on-behalf-of: spring, audience: a, actor: { client: std, audience: gateway }",
                "on-behalf-of: a0, audience: a, subject-token-type: 'https://x.test/t', actor: { client: std, audience: g }",
                "on-behalf-of: okta, audience: a, scopes: [orders]",
                "on-behalf-of: tx, audience: 'cluster:namespace:app'",
                "on-behalf-of: jwt, audience: a",
                "on-behalf-of: std, audience: a, then: { client: jwt, audience: b, subject: mapped }",
                "on-behalf-of: std, audience: a, then: { client: kc, audience: b, scopes: [orders] }",
                "client-credentials: home, audience: a, scopes: ['api://x/.default']"
            })
    void whatCanWorkStarts(String credential) {
        start(credential, "issuers: [corp]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "on-behalf-of: entra, audience: a, scopes: ['api://x/.default']",
                "on-behalf-of: entra, audience: a, scopes: ['api://x/A', 'api://x/B']",
                "on-behalf-of: many, audience: a, scopes: ['https://x.test//.default']",
                "on-behalf-of: home, audience: a, scopes: ['api://x/.default'], app-callers: client-credentials",
                "on-behalf-of: v1, resource: 'https://o.test'"
            })
    void whatCanWorkForCallersOfEntraStarts(String credential) {
        start(
                credential,
                "issuers: [ms]" + (credential.contains("app-callers") ? ", caller: any, clients: [daemon]" : ""));
    }

    private static Arguments row(String key, String reason, String credential) {
        return Arguments.of(key, reason, credential);
    }
}
