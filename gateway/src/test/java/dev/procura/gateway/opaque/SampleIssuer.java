package dev.procura.gateway.opaque;

import dev.procura.gateway.testkit.FreePort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The sample issuer's jar in a process of its own, with the clients whose tokens are opaque. */
final class SampleIssuer implements AutoCloseable {

    private static final String APP = "opaque-app";
    private static final String DAEMON = "opaque-daemon";
    private static final String PASSWORD = UUID.randomUUID().toString();

    private final Process process;
    private final Path log;
    private final String url;

    private SampleIssuer(Process process, Path log, String url) {
        this.process = process;
        this.log = log;
        this.url = url;
    }

    /** Starts it and returns when it takes requests. */
    static SampleIssuer start() {
        int port = FreePort.find();
        String url = "http://127.0.0.1:" + port;
        try {
            Path log = Files.createTempFile("procura-test", ".log");
            ProcessBuilder builder = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-Xmx192m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-jar",
                            jar().toString(),
                            "--server.port=" + port,
                            "--sample.issuer=" + url)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            setUp(builder.environment());
            SampleIssuer issuer = new SampleIssuer(builder.start(), log, url);
            Runtime.getRuntime().addShutdownHook(new Thread(issuer.process::destroyForcibly));
            issuer.awaitReady();
            return issuer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void setUp(Map<String, String> environment) {
        environment.keySet().retainAll(Set.of("PATH", "HOME", "TMPDIR"));
        environment.put("SAMPLE_GATEWAY_SECRET", secretOf("gateway"));
        environment.put("SAMPLE_ORDERS_API_SECRET", secretOf("orders-api"));
        environment.put("SAMPLE_OPAQUE_APP_SECRET", secretOf(APP));
        environment.put("SAMPLE_OPAQUE_DAEMON_SECRET", secretOf(DAEMON));
        environment.put("SAMPLE_USER_PASSWORD", PASSWORD);
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

    private void awaitReady() {
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the sample issuer ended:\n" + Files.readString(log));
            }
            return Files.readString(log).contains("Started SampleIssuerApplication");
        });
    }

    private static Path jar() {
        File jar = new File(System.getProperty("procura.root"), "sample-issuer/target/sample-issuer.jar");
        if (!jar.isFile()) {
            throw new IllegalStateException(jar + " is missing: `mvn verify` packages it before the gateway is tested,"
                    + " and so does `mvn -am -pl gateway verify`");
        }
        return jar.toPath();
    }

    /** Returns when it is gone, so that nobody is answered any more. */
    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
