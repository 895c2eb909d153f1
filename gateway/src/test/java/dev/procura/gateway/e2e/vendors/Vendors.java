package dev.procura.gateway.e2e.vendors;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.procura.gateway.e2e.callers.B2cTokens;
import dev.procura.gateway.e2e.callers.EntraTokens;
import dev.procura.gateway.e2e.callers.LocalIssuers;
import dev.procura.gateway.e2e.callers.OtherTokens;
import dev.procura.gateway.e2e.callers.Token;
import dev.procura.gateway.fixture.ShiftedClock;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One gateway with a client at every vendor, started once and never closed; their token endpoints are WireMock's. Every
 * test begins later than the one before, when no pause and no open circuit of that one is left, and with people whom no
 * other test knows, so that nothing is cached for them.
 */
final class Vendors {

    /** The API behind the routes, as Entra names it. */
    static final String LEDGER = "11aa22bb-0000-4000-8000-00000000000b";

    /** More than any pause here, and than the longest wait of a circuit. */
    private static final Duration BETWEEN_TESTS = Duration.ofSeconds(61);

    private static final Duration LIFE = Duration.ofHours(1);

    /** What the gateway has in its own name is everybody's: it has to be over when the next test begins. */
    private static final Duration OWN_LIFE = Duration.ofSeconds(60);

    private static final AtomicInteger PEOPLE = new AtomicInteger();

    private static final ShiftedClock CLOCK = new ShiftedClock();
    private static final LocalIssuers ISSUERS = LocalIssuers.start();
    private static final WireMockServer SERVER = new WireMockServer(
            wireMockConfig().dynamicPort().bindAddress("127.0.0.1").containerThreads(64));
    private static final RecordingTier TIER = RecordingTier.start();
    private static final TestKey KEY = TestKey.rsa(2048);
    private static final RunningGateway GATEWAY;

    static {
        SERVER.start();
        EntraTokens.publish(ISSUERS);
        B2cTokens.publish(ISSUERS);
        OtherTokens.publish(ISSUERS);
        GATEWAY = RunningGateway.start(
                CLOCK,
                configuration(),
                "--spring.ssl.bundle.pem.client.keystore.certificate=" + KEY.certificatePem(),
                "--spring.ssl.bundle.pem.client.keystore.private-key=" + KEY.privateKeyPem());
    }

    private Vendors() {}

    /** Forgets what was recorded and told to answer, and lets a minute pass. */
    static void fresh() {
        SERVER.resetAll();
        TIER.reset();
        CLOCK.advance(BETWEEN_TESTS);
    }

    static RunningGateway gateway() {
        return GATEWAY;
    }

    static RecordingTier tier() {
        return TIER;
    }

    static ShiftedClock clock() {
        return CLOCK;
    }

    /** Where the issuers of callers' tokens publish their keys. */
    static String origin() {
        return ISSUERS.origin();
    }

    /** Where the token endpoints are. */
    static String serverUri() {
        return "http://127.0.0.1:" + SERVER.port();
    }

    /** Somebody who has not been here before; looks like a part of an object id. */
    static String someone() {
        return "3c3b969c-0000-4e11-a4ef-%012d".formatted(PEOPLE.incrementAndGet());
    }

    static Token dated(Token token) {
        return dated(token, LIFE);
    }

    static Token dated(Token token, Duration life) {
        long now = CLOCK.instant().getEpochSecond();
        return token.with("iat", now - 10).with("nbf", now - 10).with("exp", now + life.toSeconds());
    }

    /** From now on the vendor issues this caller the token that it would. @return the token */
    static String issues(Vendor vendor, Token caller) {
        return issues(vendor, caller, vendor.isInOwnName() ? OWN_LIFE : LIFE);
    }

    static String issues(Vendor vendor, Token caller, Duration life) {
        String token = dated(vendor.issued(caller), life).text();
        answers(vendor.path(), Answer.ok(vendor.success(token)));
        return token;
    }

    /** From now on the token endpoint at this path says this. */
    static void answers(String path, Answer answer) {
        ResponseDefinitionBuilder response = aResponse()
                .withStatus(answer.status())
                .withHeader("Content-Type", answer.contentType())
                .withBody(answer.body());
        answer.headers().forEach(response::withHeader);
        SERVER.stubFor(post(urlEqualTo(path)).willReturn(response));
    }

    /** What token endpoints were asked, whatever the address. */
    static List<Asked> asked() {
        return SERVER.findAll(anyRequestedFor(anyUrl())).stream().map(Asked::of).toList();
    }

    static double alarms(String code) {
        return GATEWAY.bean(MeterRegistry.class).find(Alarms.COUNTER).tag("code", code).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    static double alarms() {
        return GATEWAY.bean(MeterRegistry.class).find(Alarms.COUNTER).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static String configuration() {
        return """
                procura:
                  public-url: https://api.example.test
                  issuers:
                    entra: { profile: entra, issuer: "https://login.microsoftonline.com/{tenantid}/v2.0", metadata-uri: "<ORIGIN>/login/{tenantid}/v2.0/.well-known/openid-configuration", tenants: ["<ORCHID>", "<LILY>"], audiences: ["<API>"] }
                    entra-v1: { profile: entra, issuer: "https://sts.windows.net/{tenantid}/", metadata-uri: "<ORIGIN>/login/{tenantid}/.well-known/openid-configuration", tenants: ["<ORCHID>", "<LILY>"], audiences: ["https://api.orchid.test"] }
                    b2c: { profile: b2c, issuer: "<B2C-ISSUER>", metadata-uri: "<ORIGIN>/orchid.onmicrosoft.test/{policy}/v2.0/.well-known/openid-configuration", policies: [B2C_1A_ResourceOwnerv2, B2C_1_signin], audiences: ["<B2C-API>"] }
                    auth0: { profile: auth0, issuer: "<ORIGIN>/auth0/", audiences: ["https://gateway.orchid.test"] }
                    okta: { profile: okta, issuer: "<ORIGIN>/oauth2/default", audiences: ["api://default"] }
                    generic: { issuer: "<ORIGIN>/generic", audiences: [gateway] }
                  clients:
                    entra: { issuer: "https://login.microsoftonline.com/{tenantid}/v2.0", token-uri: "<SERVER>/entra/{tenantid}/oauth2/v2.0/token", dialect: entra, tenant: "<ORCHID>", client-id: "<API>", client-secret: "<SECRET>", authentication: client-secret-post }
                    entra-single: { issuer: "https://login.microsoftonline.com/<ORCHID>/v2.0", token-uri: "<SERVER>/single/oauth2/v2.0/token", dialect: entra, client-id: "<API>", client-secret: "<SECRET>" }
                    entra-capable: { issuer: "https://login.microsoftonline.com/<ORCHID>/v2.0", token-uri: "<SERVER>/capable/oauth2/v2.0/token", dialect: entra, client-id: "<API>", client-capabilities: [cp1], authentication: private-key-jwt, ssl-bundle: client }
                    entra-v1: { issuer: "https://sts.windows.net/<ORCHID>/", token-uri: "<SERVER>/azure-ad/oauth2/token", dialect: entra-v1, client-id: "<API>", client-secret: "<SECRET>", authentication: client-secret-post }
                    b2c: { issuer: "<B2C-SERVER>", token-uri: "<SERVER>/orchid.onmicrosoft.test/B2C_1_signin/oauth2/v2.0/token", dialect: entra, client-id: "<B2C-API>", client-secret: "<SECRET>", authentication: client-secret-post }
                    auth0: { issuer: "https://orchid.auth0.test/", token-uri: "<SERVER>/auth0/oauth/token", dialect: auth0, client-id: gwAPI01, client-secret: "<SECRET>", authentication: client-secret-post }
                    auth0-custom: { issuer: "https://orchid.auth0.test/", token-uri: "<SERVER>/auth0-custom/oauth/token", dialect: auth0, client-id: gwAPI01, client-secret: "<SECRET>", authentication: client-secret-post }
                    okta: { issuer: "https://orchid.okta.test/oauth2/ausLedger", token-uri: "<SERVER>/okta/oauth2/ausLedger/v1/token", dialect: okta, client-id: 0oaTheGatewayAtOkta, client-secret: "<SECRET>" }
                    tokenx: { issuer: "https://tokenx.test", token-uri: "<SERVER>/tokenx/token", dialect: tokenx, client-id: "dev-gcp:team:gateway", authentication: private-key-jwt, ssl-bundle: client }
                    rfc7523: { issuer: "https://partner.test", token-uri: "<SERVER>/partner/token", dialect: rfc7523, client-id: gateway-at-the-partner, client-secret: "<SECRET>" }
                    rfc8693: { issuer: "https://id.orchid.test", token-uri: "<SERVER>/standard/token", dialect: rfc8693, client-id: gateway, client-secret: "<SECRET>" }
                  routes:
                    - { id: entra, path: "/entra/**", uri: "<TIER>", credential: { on-behalf-of: entra, audience: "<LEDGER>", scopes: ["api://ledger/.default"] } }
                    - { id: entra-single, path: "/entra-single/**", uri: "<TIER>", credential: { on-behalf-of: entra-single, audience: "<LEDGER>", scopes: ["api://ledger/Entries.Read"] } }
                    - { id: entra-capable, path: "/entra-capable/**", uri: "<TIER>", credential: { on-behalf-of: entra-capable, audience: "<LEDGER>", scopes: ["api://ledger/.default"] } }
                    - { id: entra-v1, path: "/entra-v1/**", uri: "<TIER>", credential: { on-behalf-of: entra-v1, resource: "https://ledger.contoso.test" } }
                    - { id: b2c, path: "/b2c/**", uri: "<TIER>", credential: { client-credentials: b2c, audience: "<LEDGER>", scopes: ["https://orchid.onmicrosoft.test/ledger/.default"] } }
                    - { id: auth0, path: "/auth0/**", uri: "<TIER>", credential: { on-behalf-of: auth0, audience: "https://ledger.orchid.test", scopes: [ledger.read] } }
                    - { id: auth0-custom, path: "/auth0-custom/**", uri: "<TIER>", credential: { on-behalf-of: auth0-custom, audience: "https://ledger.orchid.test", subject-token-type: "https://orchid.test/tokens/gateway" } }
                    - { id: okta, path: "/okta/**", uri: "<TIER>", credential: { on-behalf-of: okta, audience: "api://ledger", scopes: [ledger.read] } }
                    - { id: tokenx, path: "/tokenx/**", uri: "<TIER>", credential: { on-behalf-of: tokenx, audience: "dev-gcp:team:ledger" } }
                    - { id: rfc7523, path: "/rfc7523/**", uri: "<TIER>", credential: { on-behalf-of: rfc7523, audience: "https://ledger.partner.test", scopes: [entries.read], subject: mapped } }
                    - { id: rfc8693, path: "/rfc8693/**", uri: "<TIER>", credential: { on-behalf-of: rfc8693, audience: ledger-api, scopes: [entries.read] } }
                    - { id: entra-any, path: "/entra-any/**", uri: "<TIER>", require: { caller: any, clients: [<DAEMON>] }, credential: { on-behalf-of: entra, audience: "<LEDGER>", scopes: ["api://ledger/.default"] } }
                    - { id: entra-apps, path: "/entra-apps/**", uri: "<TIER>", require: { clients: [<DAEMON>] }, credential: { on-behalf-of: entra, audience: "<LEDGER>", scopes: ["api://ledger/.default"], app-callers: client-credentials } }
                    - { id: entra-v1-apps, path: "/entra-v1-apps/**", uri: "<TIER>", require: { clients: [<DAEMON>] }, credential: { on-behalf-of: entra-v1, resource: "https://ledger.contoso.test", app-callers: client-credentials } }
                    - { id: auth0-apps, path: "/auth0-apps/**", uri: "<TIER>", require: { clients: [<DAEMON>] }, credential: { on-behalf-of: auth0, audience: "https://ledger.orchid.test", app-callers: client-credentials } }
                    - { id: okta-apps, path: "/okta-apps/**", uri: "<TIER>", require: { clients: [<DAEMON>] }, credential: { on-behalf-of: okta, audience: "api://ledger", scopes: [ledger.read], app-callers: client-credentials } }
                    - { id: rfc8693-apps, path: "/rfc8693-apps/**", uri: "<TIER>", require: { clients: [<DAEMON>] }, credential: { on-behalf-of: rfc8693, audience: ledger-api, scopes: [entries.read], app-callers: client-credentials } }
                """.replace("<ORIGIN>", ISSUERS.origin())
                .replace("<SERVER>", serverUri())
                .replace("<TIER>", TIER.uri())
                .replace("<SECRET>", Asked.SECRET)
                .replace("<ORCHID>", EntraTokens.ORCHID)
                .replace("<LILY>", EntraTokens.LILY)
                .replace("<API>", EntraTokens.API)
                .replace("<DAEMON>", EntraTokens.DAEMON)
                .replace("<LEDGER>", LEDGER)
                .replace("<B2C-ISSUER>", B2cTokens.ISSUER)
                .replace("<B2C-SERVER>", B2cTokens.QUERY_ISSUER)
                .replace("<B2C-API>", B2cTokens.API);
    }
}
