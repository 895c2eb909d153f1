package dev.procura.sample.issuer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The application as it is, on a free port, and a client for it. */
final class RunningIssuer implements AutoCloseable {

    static final String GATEWAY_SECRET = "the gateway's secret: for this test/only+";
    static final String ORDERS_API_SECRET = "the orders API's secret";
    static final String OPAQUE_APP_SECRET = "the opaque app's secret";
    static final String OPAQUE_DAEMON_SECRET = "the opaque daemon's secret";
    static final String PASSWORD = "the users' password";

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager())
            .build();
    private final String url = "http://127.0.0.1:" + freePort();
    private final ConfigurableApplicationContext application;

    RunningIssuer(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=" + URI.create(url).getPort(),
                "--logging.level.root=warn",
                "--sample.issuer=" + url,
                "--sample.gateway-secret=" + GATEWAY_SECRET,
                "--sample.orders-api-secret=" + ORDERS_API_SECRET,
                "--sample.user-password=" + PASSWORD));
        arguments.addAll(List.of(more));
        application = new SpringApplicationBuilder(SampleIssuerApplication.class).run(arguments.toArray(String[]::new));
    }

    static RunningIssuer withOpaqueTokens() {
        return new RunningIssuer(
                "--sample.opaque-app-secret=" + OPAQUE_APP_SECRET,
                "--sample.opaque-daemon-secret=" + OPAQUE_DAEMON_SECRET);
    }

    String url() {
        return url;
    }

    Answer get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url).resolve(path));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    Answer post(String path, List<String> form, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url).resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(encode(form)));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** The sample's own shortcut. */
    String tokenOf(String user) {
        return get("/demo/token?user=" + user).text();
    }

    /** The same shortcut, as another app. */
    String opaqueTokenOf(String user) {
        return get("/demo/token?client=opaque-app&user=" + user).text();
    }

    /** RFC 7662, asked by this client. */
    Answer introspect(Credentials client, String token) {
        return post("/oauth2/introspect", List.of("token", token), "Authorization", client.basic());
    }

    /** RFC 7009, asked by this client. */
    Answer revoke(Credentials client, String token) {
        return post("/oauth2/revoke", List.of("token", token), "Authorization", client.basic());
    }

    /** Asks the token endpoint: names and values in turn. */
    Answer token(Credentials client, String... form) {
        return post("/oauth2/token", List.of(form), "Authorization", client.basic());
    }

    Answer exchange(Credentials client, String subjectToken, String... more) {
        List<String> form = new ArrayList<>(List.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token", subjectToken,
                "subject_token_type", "urn:ietf:params:oauth:token-type:access_token"));
        form.addAll(List.of(more));
        return token(client, form.toArray(String[]::new));
    }

    @Override
    public void close() {
        application.close();
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String encode(List<String> namesAndValues) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < namesAndValues.size(); i++) {
            form.append(URLEncoder.encode(namesAndValues.get(i), StandardCharsets.UTF_8))
                    .append(i % 2 == 0 ? '=' : '&');
        }
        return form.toString();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Who asks. */
    record Credentials(String id, String secret) {

        static final Credentials GATEWAY = new Credentials("gateway", GATEWAY_SECRET);
        static final Credentials ORDERS_API = new Credentials("orders-api", ORDERS_API_SECRET);
        static final Credentials OPAQUE_APP = new Credentials("opaque-app", OPAQUE_APP_SECRET);
        static final Credentials OPAQUE_DAEMON = new Credentials("opaque-daemon", OPAQUE_DAEMON_SECRET);

        String basic() {
            String pair = URLEncoder.encode(id, StandardCharsets.UTF_8) + ":"
                    + URLEncoder.encode(secret, StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
        }
    }

    record Answer(HttpResponse<String> response) {

        int status() {
            return response.statusCode();
        }

        String text() {
            return response.body();
        }

        JsonNode json() {
            return JSON.readTree(response.body());
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String accessToken() {
            return json().get("access_token").stringValue();
        }

        String error() {
            return json().get("error").stringValue();
        }
    }
}
