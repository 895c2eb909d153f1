package dev.procura.gateway.e2e.callers;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The public documents of many issuers on one loopback port: metadata and key sets, nothing else. */
public final class LocalIssuers {

    private final HttpServer server;
    private final Map<String, String> documents = new ConcurrentHashMap<>();

    private LocalIssuers(HttpServer server) {
        this.server = server;
        server.createContext("/", this::answer);
        server.start();
    }

    public static LocalIssuers start() {
        try {
            return new LocalIssuers(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /**
     * OpenID Connect metadata and its key set.
     *
     * @param place where the metadata is: path, and query if it has one
     * @param issuer what it says of itself
     */
    public void publish(String place, String issuer, SigningKey... keys) {
        String keySet = "/keys" + place;
        publishKeys(keySet, keys);
        documents.put(place, JSONObjectUtils.toJSONString(Map.of("issuer", issuer, "jwks_uri", origin() + keySet)));
    }

    public void publishKeys(String place, SigningKey... keys) {
        List<Map<String, Object>> members =
                Stream.of(keys).map(SigningKey::member).toList();
        documents.put(place, JSONObjectUtils.toJSONString(Map.of("keys", members)));
    }

    /** A document of another kind. */
    public void publishText(String place, String text) {
        documents.put(place, text);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String document = documents.get(exchange.getRequestURI().toString());
        byte[] body = (document == null ? "" : document).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(document == null ? 404 : 200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
