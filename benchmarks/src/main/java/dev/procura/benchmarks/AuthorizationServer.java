package dev.procura.benchmarks;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Publishes keys and exchanges tokens (RFC 8693), as slowly as it is told, and counts. It believes every token and every
 * client: what it costs does not count, and it stands on loopback for as long as a run.
 */
final class AuthorizationServer implements AutoCloseable {

    private static final Duration LIFE = Duration.ofHours(1);

    private final ECKey key;
    private final ECDSASigner signer;
    private final DisposableServer server;
    private final AtomicInteger calls = new AtomicInteger();
    private final Set<String> subjects = ConcurrentHashMap.newKeySet();
    private volatile List<RSAKey> published = List.of();
    private volatile Duration delay = Duration.ZERO;

    AuthorizationServer() throws JOSEException {
        // Its signatures cost a tenth of those of RSA: it shares a core with the load.
        this.key = new ECKeyGenerator(Curve.P_256).keyID("issued").generate();
        this.signer = new ECDSASigner(key);
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.get("/.well-known/openid-configuration", this::metadata)
                        .get("/keys", (request, response) -> json(response, keySet()))
                        .post("/token", this::token))
                .bindNow();
    }

    String issuer() {
        return "http://127.0.0.1:" + server.port();
    }

    void publish(RSAKey callers) {
        published = List.of(callers);
    }

    /** How long it takes to answer, from now on. */
    void takes(Duration delay) {
        this.delay = delay;
    }

    /** @return how many exchanges were asked for since the last time */
    int callsSince() {
        subjects.clear();
        return calls.getAndSet(0);
    }

    /** For how many tokens exchanges were asked since the last time. */
    int distinctSubjects() {
        return subjects.size();
    }

    private Publisher<Void> metadata(HttpServerRequest request, HttpServerResponse response) {
        return json(response, """
                {"issuer":"%1$s","jwks_uri":"%1$s/keys","token_endpoint":"%1$s/token",\
                "authorization_endpoint":"%1$s/authorize","response_types_supported":["code"],\
                "subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"],\
                "grant_types_supported":["urn:ietf:params:oauth:grant-type:token-exchange"]}""".formatted(issuer()));
    }

    private String keySet() {
        JWKSet set = published.isEmpty()
                ? new JWKSet(key.toPublicJWK())
                : new JWKSet(List.of(published.get(0), key.toPublicJWK()));
        return set.toString();
    }

    private Publisher<Void> token(HttpServerRequest request, HttpServerResponse response) {
        Mono<String> answer = request.receive().aggregate().asString().map(this::exchange);
        Duration wait = delay;
        return (wait.isZero() ? answer : answer.delayElement(wait)).flatMap(body -> Mono.from(json(response, body)));
    }

    private String exchange(String form) {
        calls.incrementAndGet();
        Map<String, List<String>> parameters = new QueryStringDecoder(form, false).parameters();
        String subjectToken =
                parameters.getOrDefault("subject_token", List.of("")).get(0);
        subjects.add(subjectToken);
        try {
            String subject = SignedJWT.parse(subjectToken).getJWTClaimsSet().getSubject();
            return """
                    {"access_token":"%s","issued_token_type":"urn:ietf:params:oauth:token-type:access_token",\
                    "token_type":"Bearer","expires_in":%d,"scope":"orders:read"}""".formatted(issue(subject), LIFE.toSeconds());
        } catch (ParseException | JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private String issue(String subject) throws JOSEException {
        Instant now = Instant.now();
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                new JWTClaimsSet.Builder()
                        .issuer(issuer())
                        .subject(subject)
                        .audience("orders-api")
                        .expirationTime(Date.from(now.plus(LIFE)))
                        .issueTime(Date.from(now))
                        .jwtID(UUID.randomUUID().toString())
                        .claim("client_id", "gateway")
                        .claim("scope", "orders:read")
                        .claim("act", Map.of("sub", "gateway"))
                        .build());
        jwt.sign(signer);
        return jwt.serialize();
    }

    private static Publisher<Void> json(HttpServerResponse response, String body) {
        return response.header("Content-Type", "application/json").sendString(Mono.just(body));
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
