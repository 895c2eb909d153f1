package dev.procura.gateway.testkit;

/** One authorization server, one tier and one gateway, started once and shared by the test classes that need no other. */
public final class Stack {

    private static final Stack SHARED = new Stack();

    private final FakeAuthorizationServer server = FakeAuthorizationServer.start();
    private final FakeAuthorizationServer otherServer = FakeAuthorizationServer.start();
    private final RecordingTier tier = RecordingTier.start();
    private final RunningGateway gateway = RunningGateway.start(configuration(server, otherServer, tier));

    private Stack() {}

    /** With nothing recorded, and everybody behaving. Tokens of earlier tests stay cached: use users of your own. */
    public static Stack fresh() {
        SHARED.server.reset();
        SHARED.otherServer.reset();
        SHARED.tier.reset();
        return SHARED;
    }

    public FakeAuthorizationServer server() {
        return server;
    }

    public FakeAuthorizationServer otherServer() {
        return otherServer;
    }

    public RecordingTier tier() {
        return tier;
    }

    public RunningGateway gateway() {
        return gateway;
    }

    private static String configuration(
            FakeAuthorizationServer server, FakeAuthorizationServer otherServer, RecordingTier tier) {
        return """
                procura:
                  public-url: https://api.example.test
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway, orders-api] }
                    partner: { issuer: "%2$s", audiences: [gateway], only-where-named: true }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: "s3cr3t of the gateway", timeout: 20s }
                    impatient: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: "s3cr3t of the gateway", timeout: 500ms }
                    gateway-post: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: "s3cr3t of the gateway", authentication: client-secret-post }
                    orders-api: { issuer: "%1$s", dialect: spring, client-id: orders-api, client-secret: "s3cr3t of orders" }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp, partner], scopes: [orders.read] }
                      credential: { on-behalf-of: gateway, audience: orders-api }
                      cookies: [locale]
                      limits: { timeout: 2s }
                    - id: orders-scoped
                      path: /scoped/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: orders-api, scopes: [orders], allow-scopes: [audit] }
                    - id: billing
                      path: /billing/**
                      uri: %3$s
                      require: { audiences: [gateway], any-scope: [billing.read, orders.read], clients: [native-app] }
                      credential: { on-behalf-of: gateway-post, audience: billing-api }
                      filters: [ { name: StripPrefix, args: { parts: 1 } }, 'MapRequestHeader=Authorization,X-Copied', 'AddRequestHeader=Authorization,Bearer evil']
                    - id: impatient
                      path: /impatient/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: impatient, audience: orders-api }
                    - id: mixed
                      path: /mixed/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: orders-api, app-callers: client-credentials }
                    - id: inventory
                      path: /inventory/**
                      uri: %3$s
                      tier: 2
                      require: { audiences: [orders-api], clients: [gateway], actor-token: true }
                      credential: { on-behalf-of: orders-api, audience: inventory-api }
                    - id: reports
                      path: /reports/**
                      uri: %3$s
                      require: { audiences: [gateway], roles: [report-reader] }
                      credential: { client-credentials: gateway, audience: reports-api, user-context: signed }
                    - id: daemons
                      path: /daemons/**
                      uri: %3$s
                      require: { audiences: [gateway], caller: app }
                      credential: { client-credentials: gateway, audience: daemons-api }
                    - id: legacy
                      path: /legacy/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { pass-through: true }
                    - id: status
                      path: /public/**
                      uri: %3$s
                      require: { caller: anyone }
                      credential: { none: true }
                    - id: well-known
                      path: /.well-known/**
                      uri: %3$s
                      require: { caller: anyone }
                      credential: { none: true }
                    - id: gone
                      path: /gone/**
                      uri: http://127.0.0.1:9
                      require: { caller: anyone }
                      credential: { none: true }
                    - id: narrow
                      path: /narrow/**
                      uri: %3$s
                      require: { caller: anyone }
                      credential: { none: true }
                      limits: { max-in-flight: 1, timeout: 1s }
                    - id: strong
                      path: /strong/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp], scopes: [orders.read], acr: [phr, mfa], max-age: 5m }
                      credential: { pass-through: true }
                    - id: page
                      path: /page/**
                      methods: [GET]
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { pass-through: true }
                spring.cloud.gateway.server.webflux.globalcors:
                  add-to-simple-url-handler-mapping: true
                  cors-configurations:
                    "[/page/**]": { allowed-origins: ["https://app.example.test"], allowed-methods: [GET], allowed-headers: [authorization] }
                """.formatted(server.issuer(), otherServer.issuer(), tier.uri());
    }
}
