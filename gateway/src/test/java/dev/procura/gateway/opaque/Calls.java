package dev.procura.gateway.opaque;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Blocking calls of one server, with cookies, each of them bounded; redirects are not followed. */
final class Calls {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .cookieHandler(new CookieManager())
            .build();
    private final String base;

    Calls(String base) {
        this.base = base;
    }

    HttpResponse<String> get(String path, Map<String, String> query) {
        return send(to(path + "?" + encoded(query)));
    }

    HttpResponse<String> post(String path, Map<String, String> form) {
        return send(posted(path, form));
    }

    HttpResponse<String> post(String path, String client, String secret, Map<String, String> form) {
        String pair = encoded(client) + ":" + encoded(secret);
        String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        return send(posted(path, form).header("Authorization", "Basic " + basic));
    }

    /** The member of an answer that has to be there. */
    static String member(HttpResponse<String> answer, String name) {
        return JSON.readTree(expect(200, answer).body()).get(name).stringValue();
    }

    static HttpResponse<String> expect(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new AssertionError("%s answered %d, not %d: %s"
                    .formatted(answer.uri().getPath(), answer.statusCode(), status, answer.body()));
        }
        return answer;
    }

    private HttpRequest.Builder to(String target) {
        return HttpRequest.newBuilder(URI.create(base + target)).timeout(Duration.ofSeconds(30));
    }

    private HttpRequest.Builder posted(String path, Map<String, String> form) {
        return to(path).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
