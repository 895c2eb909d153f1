package dev.procura.gateway.testkit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * An authorization server of our own, for what a real one cannot be made to do. Issues real, signed tokens; what it answers
 * at the token endpoint can be replaced. It does not check subject tokens: it shows what the gateway sends and how the
 * gateway takes what comes back, never that an exchange was right.
 */
public final class FakeAuthorizationServer implements AutoCloseable {

    /** A request to the token endpoint. */
    public record TokenRequest(Map<String, String> form, String clientId, String clientSecret) {

        public String get(String name) {
            return form.getOrDefault(name, "");
        }
    }

    /** An answer of the token endpoint. */
    public record Reply(int status, String contentType, String body, Map<String, String> headers) {

        public static Reply json(int status, String body) {
            return new Reply(status, "application/json", body, Map.of());
        }

        public Reply with(String header, String value) {
            return new Reply(status, contentType, body, Map.of(header, value));
        }
    }

    /** What the token endpoint does. */
    @FunctionalInterface
    public interface TokenEndpoint {
        Reply answer(TokenRequest request) throws Exception;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-authorization-server");
        thread.setDaemon(true);
        return thread;
    });
    private final String issuer;
    private final List<TokenRequest> tokenRequests = new CopyOnWriteArrayList<>();
    private final AtomicInteger keyFetches = new AtomicInteger();
    private volatile RSAKey key;
    private volatile TokenEndpoint tokenEndpoint = this::issue;

    private FakeAuthorizationServer(HttpServer server) {
        this.server = server;
        this.issuer = "http://127.0.0.1:" + server.getAddress().getPort();
        this.key = newKey();
        server.setExecutor(threads);
        server.createContext(
                "/.well-known/openid-configuration", exchange -> send(exchange, Reply.json(200, metadata())));
        server.createContext("/jwks", exchange -> {
            keyFetches.incrementAndGet();
            send(exchange, Reply.json(200, new JWKSet(key.toPublicJWK()).toString()));
        });
        server.createContext("/token", this::answerTokenRequest);
        server.start();
    }

    public static FakeAuthorizationServer start() {
        try {
            return new FakeAuthorizationServer(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String issuer() {
        return issuer;
    }

    public String tokenUri() {
        return issuer + "/token";
    }

    public List<TokenRequest> tokenRequests() {
        return List.copyOf(tokenRequests);
    }

    public int keyFetches() {
        return keyFetches.get();
    }

    /** Forgets the requests and behaves again. */
    public void reset() {
        tokenRequests.clear();
        tokenEndpoint = this::issue;
    }

    public void answering(TokenEndpoint endpoint) {
        this.tokenEndpoint = endpoint;
    }

    /** A new key in place of the old one. */
    public void rotateKey() {
        key = newKey();
    }

    /** What it signs with now, for tokens of other kinds. */
    public RSAKey key() {
        return key;
    }

    /** A user's token for the front door: audience {@code gateway}, client {@code native-app}. */
    public String userToken(String user) {
        return token(Map.of("sub", user));
    }

    /** The same, with claims added or replaced; a null removes one. */
    public String token(Map<String, ?> claims) {
        return sign(claims, key);
    }

    public String sign(Map<String, ?> claims, RSAKey with) {
        Instant now = Instant.now();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("iss", issuer);
        all.put("sub", "alice");
        all.put("aud", "gateway");
        all.put("client_id", "native-app");
        all.put("scope", "orders.read");
        all.put("iat", now.getEpochSecond());
        all.put("exp", now.plusSeconds(300).getEpochSecond());
        all.put("jti", UUID.randomUUID().toString());
        claims.forEach((name, value) -> all.put(name, value));
        JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder();
        all.forEach(builder::claim);
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(with.getKeyID())
                        .type(new JOSEObjectType("at+jwt"))
                        .build(),
                builder.build());
        try {
            jwt.sign(new RSASSASigner(with));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    public static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a well-behaved server answers. */
    public Reply issue(TokenRequest request) {
        return issue(request, claims -> claims);
    }

    /** The same, with the claims of the issued token changed. */
    public Reply issue(TokenRequest request, UnaryOperator<Map<String, Object>> change) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("aud", request.get("audience"));
        claims.put("client_id", request.clientId());
        claims.put("scope", request.get("scope"));
        claims.put("sub", request.form().containsKey("subject_token") ? subject(request) : request.clientId());
        return Reply.json(200, """
                {"access_token":"%s","token_type":"Bearer","expires_in":300,\
                "issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}""".formatted(token(change.apply(claims))));
    }

    private static String subject(TokenRequest request) {
        try {
            return SignedJWT.parse(request.get("subject_token"))
                    .getJWTClaimsSet()
                    .getSubject();
        } catch (ParseException e) {
            return "nobody";
        }
    }

    private void answerTokenRequest(HttpExchange exchange) throws IOException {
        if (exchange.getRequestHeaders().getFirst("Content-Length") == null) {
            // As servers do that read no chunked form.
            send(exchange, new Reply(411, "text/plain", "Length Required", Map.of()));
            return;
        }
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> form = new LinkedHashMap<>();
        for (String field : body.split("&", -1)) {
            String[] parts = field.split("=", 2);
            form.put(decode(parts[0]), decode(parts.length > 1 ? parts[1] : ""));
        }
        TokenRequest request = authenticated(exchange, form);
        tokenRequests.add(request);
        Reply reply;
        try {
            reply = tokenEndpoint.answer(request);
        } catch (Exception e) {
            exchange.close();
            return;
        }
        send(exchange, reply);
    }

    private static TokenRequest authenticated(HttpExchange exchange, Map<String, String> form) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization == null) {
            return new TokenRequest(form, form.getOrDefault("client_id", ""), form.getOrDefault("client_secret", ""));
        }
        String pair = new String(
                Base64.getDecoder().decode(authorization.substring("Basic ".length())), StandardCharsets.UTF_8);
        String[] parts = pair.split(":", 2);
        return new TokenRequest(form, decode(parts[0]), decode(parts[1]));
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", reply.contentType());
        reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String metadata() {
        return """
                {"issuer":"%1$s","jwks_uri":"%1$s/jwks","token_endpoint":"%1$s/token"}""".formatted(issuer);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Names of the form fields of a request, in the order in which they came. */
    public static List<String> fieldsOf(TokenRequest request) {
        return new ArrayList<>(request.form().keySet());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
