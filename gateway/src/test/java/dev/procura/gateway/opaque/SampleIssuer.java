package dev.procura.gateway.opaque;

import dev.procura.gateway.testkit.SampleIssuerProcess;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;

/** The sample issuer, with the clients whose tokens are opaque. */
final class SampleIssuer implements AutoCloseable {

    private static final String APP = "opaque-app";
    private static final String DAEMON = "opaque-daemon";
    private static final String PASSWORD = UUID.randomUUID().toString();

    private final SampleIssuerProcess process;
    private final String url;

    private SampleIssuer(SampleIssuerProcess process) {
        this.process = process;
        this.url = process.url();
    }

    /** Starts it and returns when it takes requests. */
    static SampleIssuer start() {
        return new SampleIssuer(SampleIssuerProcess.start(
                "http",
                Map.of(
                        "SAMPLE_GATEWAY_SECRET", secretOf("gateway"),
                        "SAMPLE_ORDERS_API_SECRET", secretOf("orders-api"),
                        "SAMPLE_OPAQUE_APP_SECRET", secretOf(APP),
                        "SAMPLE_OPAQUE_DAEMON_SECRET", secretOf(DAEMON),
                        "SAMPLE_USER_PASSWORD", PASSWORD)));
    }

    String url() {
        return url;
    }

    /** Made up for this run, and another one for each client: the server refuses two with the same. */
    static String secretOf(String client) {
        return client + "-" + PASSWORD;
    }

    String jwtOf(String user) {
        return demoToken(user, "native-app");
    }

    /** What an API sends as its Actor-Token. */
    String ownTokenOf(String client) {
        return Calls.member(
                ask(client, Map.of("grant_type", "client_credentials", "audience", "gateway")), "access_token");
    }

    String opaqueTokenOf(String user) {
        return demoToken(user, APP);
    }

    String opaqueTokenOfAnApplication(String scope) {
        return Calls.member(ask(DAEMON, Map.of("grant_type", "client_credentials", "scope", scope)), "access_token");
    }

    /** Got as any app gets one: the user signs in, and the app redeems the code. */
    String refreshTokenOf(String user) {
        SignIn signIn = new SignIn(new Calls(url), APP);
        String code = signIn.code(user, PASSWORD, "orders.read");
        return Calls.member(ask(APP, signIn.redeemed(code)), "refresh_token");
    }

    /** RFC 7009, by the app that the token was issued to. */
    void revoke(String token) {
        Calls.expect(200, new Calls(url).post("/oauth2/revoke", APP, secretOf(APP), Map.of("token", token)));
    }

    private HttpResponse<String> ask(String client, Map<String, String> form) {
        return new Calls(url).post("/oauth2/token", client, secretOf(client), form);
    }

    private String demoToken(String user, String app) {
        return Calls.expect(200, new Calls(url).get("/demo/token", Map.of("user", user, "client", app)))
                .body();
    }

    /** Returns when it is gone, so that nobody is answered any more. */
    void stop() {
        process.close();
    }

    @Override
    public void close() {
        stop();
    }
}
