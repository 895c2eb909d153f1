package dev.procura.gateway.e2e.callers;

import dev.procura.gateway.fixture.ShiftedClock;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.util.stream.Stream;

/**
 * One gateway that trusts every family of issuers, started once. Its own tokens come from a server that is none of them.
 * Where a family writes a public address into {@code iss}, so do the tokens here; the documents are on loopback all the
 * same, by {@code metadata-uri} or {@code jwks-uri}.
 */
final class Callers {

    private static final Callers SHARED = new Callers();

    private final ShiftedClock clock = new ShiftedClock();
    private final LocalIssuers issuers = LocalIssuers.start();
    private final FakeAuthorizationServer server = FakeAuthorizationServer.start();
    private final RecordingTier tier = RecordingTier.start();
    private final String configuration;
    private final RunningGateway gateway;

    private Callers() {
        EntraTokens.publish(issuers);
        B2cTokens.publish(issuers);
        OtherTokens.publish(issuers);
        configuration = configuration(issuers.origin(), server.issuer(), tier.uri());
        gateway = RunningGateway.start(clock, configuration);
    }

    /** With nothing recorded. Tokens of earlier tests stay cached. */
    static Callers fresh() {
        SHARED.server.reset();
        SHARED.tier.reset();
        return SHARED;
    }

    ShiftedClock clock() {
        return clock;
    }

    LocalIssuers issuers() {
        return issuers;
    }

    FakeAuthorizationServer server() {
        return server;
    }

    RecordingTier tier() {
        return tier;
    }

    RunningGateway gateway() {
        return gateway;
    }

    /** What the operator wrote, and so may read in any log: the issuers too that a template and its tenants stand for. */
    String configuration() {
        return configuration
                + Stream.of(EntraTokens.ORCHID, EntraTokens.LILY)
                        .flatMap(tenant -> Stream.of(EntraTokens.v1(tenant), EntraTokens.v2(tenant)))
                        .toList();
    }

    private static String configuration(String origin, String server, String tier) {
        return """
                spring.cloud.gateway.server.webflux.globalcors.cors-configurations:
                  '[/**]': { allowed-origins: ["https://app.orchid.test"], allowed-methods: [GET], allowed-headers: [authorization] }
                procura:
                  public-url: https://api.example.test
                  issuers:
                    entra: { profile: entra, issuer: "https://login.microsoftonline.com/{tenantid}/v2.0", metadata-uri: "ORIGIN/login/{tenantid}/v2.0/.well-known/openid-configuration", tenants: [ORCHID, LILY], audiences: [API] }
                    entra-v1: { profile: entra, issuer: "https://sts.windows.net/{tenantid}/", metadata-uri: "ORIGIN/login/{tenantid}/.well-known/openid-configuration", tenants: [ORCHID, LILY], audiences: [API, "api://API", "https://api.orchid.test", "https://api.orchid.test/"] }
                    alias: { profile: entra, issuer: "https://login.windows.net/ALIAS", jwks-uri: "ORIGIN/alias/keys", audiences: [API] }
                    discovered: { profile: entra, issuer: "ORIGIN/entra/{tenantid}/v2.0", tenants: [ORCHID], audiences: [API] }
                    cloud: { profile: entra, issuer: "https://login.cloud.orchid.test/{tenantid}/v2.0", metadata-uri: "ORIGIN/cloud/common/v2.0/.well-known/openid-configuration", tenants: [ORCHID, LILY], audiences: [API] }
                    any-tenant: { profile: entra, issuer: "ORIGIN/any/{tenantid}/v2.0", tenants: ["*"], audiences: [API], only-where-named: true }
                    spa: { profile: entra, issuer: "https://login.microsoftonline.com/SPA-TENANT/v2.0", metadata-uri: "ORIGIN/login/{tenantid}/v2.0/.well-known/openid-configuration", audiences: [SPA-CLIENT], id-tokens: accept }
                    b2c: { profile: b2c, issuer: "B2C-ISSUER", metadata-uri: "ORIGIN/orchid.onmicrosoft.test/{policy}/v2.0/.well-known/openid-configuration", policies: [B2C_1A_ResourceOwnerv2, B2C_1_signin], audiences: [B2C-API] }
                    b2c-query: { profile: b2c, issuer: "QUERY-ISSUER", metadata-uri: "ORIGIN/orchid.onmicrosoft.test/v2.0/.well-known/openid-configuration?p={policy}", policies: [B2C_1A_ROPC_Auth], audiences: [B2C-API] }
                    b2c-tfp: { profile: b2c, issuer: "ORIGIN/tfp/B2C-TENANT/B2C_1_signin/v2.0/", policies: [B2C_1_signin], audiences: [B2C-API] }
                    auth0: { profile: auth0, issuer: "ORIGIN/auth0/", audiences: ["https://gateway.orchid.test"] }
                    okta: { profile: okta, issuer: "ORIGIN/oauth2/default", audiences: ["api://default"] }
                    keycloak: { profile: keycloak, issuer: "ORIGIN/realms/corp", audiences: [gateway] }
                    spring: { issuer: "ORIGIN/spring", audiences: [gateway] }
                    generic: { issuer: "ORIGIN/generic", audiences: [gateway], algorithms: [RS256, PS256, ES256, ES384, ES512, EdDSA] }
                    mirror: { issuer: "ORIGIN/mirror", audiences: [gateway] }
                    rollover: { issuer: "ORIGIN/rollover", audiences: [gateway], keys: { refresh: 1s, cool-down: 1s } }
                    federation: { profile: entra, issuer: "https://sts.windows.net/FEDERATION/", metadata-uri: "ORIGIN/FederationMetadata/2007-06/FederationMetadata.xml", audiences: [API] }
                  clients:
                    gateway: { issuer: "SERVER", dialect: rfc8693, client-id: gateway, client-secret: "s3cr3t of the gateway" }
                  routes:
                    - { id: people, path: "/people/**", uri: "TIER", credential: { client-credentials: gateway, audience: people-api, user-context: signed } }
                    - { id: orders, path: "/orders/**", uri: "TIER", credential: { on-behalf-of: gateway, audience: orders-api } }
                    - { id: mapped, path: "/mapped/**", uri: "TIER", credential: { on-behalf-of: gateway, audience: orders-api, subject: mapped } }
                    - { id: legacy, path: "/legacy/**", uri: "TIER", credential: { pass-through: true } }
                    - { id: plain, path: "/plain/**", uri: "TIER", credential: { client-credentials: gateway, audience: plain-api } }
                    - { id: daemons, path: "/daemons/**", uri: "TIER", require: { caller: app, roles: [orders.process] }, credential: { client-credentials: gateway, audience: people-api, user-context: signed } }
                    - { id: applications, path: "/applications/**", uri: "TIER", require: { caller: app, clients: [DAEMON] }, credential: { client-credentials: gateway, audience: people-api, user-context: signed } }
                    - { id: anybody, path: "/anybody/**", uri: "TIER", require: { caller: any, clients: [DAEMON, native-app] }, credential: { client-credentials: gateway, audience: people-api, user-context: signed } }
                    - { id: grouped, path: "/grouped/**", uri: "TIER", require: { groups: [GROUP] }, credential: { client-credentials: gateway, audience: people-api, user-context: signed } }
                    - { id: scoped, path: "/scoped/**", uri: "TIER", require: { scopes: [orders.read] }, credential: { client-credentials: gateway, audience: people-api, user-context: signed } }
                    - { id: clerks, path: "/clerks/**", uri: "TIER", require: { roles: [clerk] }, credential: { client-credentials: gateway, audience: people-api, user-context: signed } }
                    - { id: common, path: "/common/**", uri: "TIER", require: { issuers: [any-tenant] }, credential: { client-credentials: gateway, audience: people-api, user-context: signed } }
                """.replace("ORIGIN", origin)
                .replace("SERVER", server)
                .replace("TIER", tier)
                .replace("ORCHID", EntraTokens.ORCHID)
                .replace("LILY", EntraTokens.LILY)
                .replace("ALIAS", EntraTokens.ALIAS)
                .replace("SPA-TENANT", EntraTokens.SPA_TENANT)
                .replace("SPA-CLIENT", EntraTokens.SPA_CLIENT)
                .replace("FEDERATION", EntraTokens.FEDERATION)
                .replace("DAEMON", EntraTokens.DAEMON)
                .replace("GROUP", EntraTokens.GROUP)
                .replace("B2C-ISSUER", B2cTokens.ISSUER)
                .replace("QUERY-ISSUER", B2cTokens.QUERY_ISSUER)
                .replace("B2C-TENANT", B2cTokens.TENANT)
                .replace("B2C-API", B2cTokens.API)
                .replace("API", EntraTokens.API);
    }
}
