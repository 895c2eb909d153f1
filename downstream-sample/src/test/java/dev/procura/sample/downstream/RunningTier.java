package dev.procura.sample.downstream;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The application as it is, on a free port, and a client for it. */
final class RunningTier implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    private final ConfigurableApplicationContext application;

    RunningTier(Map<String, ?> properties) {
        application = new SpringApplicationBuilder(DownstreamSampleApplication.class)
                .run(Stream.concat(
                                Stream.of("--server.port=0", "--logging.level.root=warn"),
                                properties.entrySet().stream()
                                        .map(property ->
                                                "--sample.%s=%s".formatted(property.getKey(), property.getValue())))
                        .toArray(String[]::new));
    }

    Answer get(String path, String token, String... headers) throws IOException, InterruptedException {
        return send(request(path).GET().header("Authorization", "Bearer " + token), headers);
    }

    Answer post(String path, String token) throws IOException, InterruptedException {
        return send(request(path)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .header("Authorization", "Bearer " + token));
    }

    Answer getWithoutToken(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    @Override
    public void close() {
        application.close();
    }

    private HttpRequest.Builder request(String path) {
        String port = application.getEnvironment().getRequiredProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private static Answer send(HttpRequest.Builder request, String... headers)
            throws IOException, InterruptedException {
        HttpRequest built =
                headers.length == 0 ? request.build() : request.headers(headers).build();
        return new Answer(HTTP.send(built, HttpResponse.BodyHandlers.ofString()));
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
    }
}
