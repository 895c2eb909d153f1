package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.token.Secret;
import dev.procura.gateway.token.TokenValue;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What leaves for the token endpoint, field by field, for each method but that of the connection itself. */
final class ClientAuthenticationTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final URI ANYWHERE = URI.create("https://id.example.com/token");
    private static final List<Received> RECEIVED = new CopyOnWriteArrayList<>();

    private static TestKey rsa;
    private static TestKey p256;
    private static LoopbackServer server;

    private final AskingClient asking = new AskingClient();

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void start() {
        rsa = TestKey.rsa(2048);
        p256 = TestKey.p256();
        server = LoopbackServer.handling(request -> {
            RECEIVED.add(Received.of(request));
            LoopbackServer.answer(request, 200, "{\"access_token\":\"issued\",\"token_type\":\"Bearer\"}");
        });
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void listen() {
        RECEIVED.clear();
        asking.bundles.registerBundle("rsa", rsa.bundle());
        asking.bundles.registerBundle("p256", p256.bundle());
    }

    private static String endpoint() {
        return server.address() + "/token";
    }

    private Received sentBy(String block) {
        return sentBy(asking.clientOf("token-uri: '" + endpoint() + "', " + block));
    }

    private Received sentBy(Clients clients) {
        asking.ask(clients).blockOptional(SOON).orElseThrow();
        return RECEIVED.get(RECEIVED.size() - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "gateway, secret, gateway:secret",
        "gate:way, se:cret, gate%3Away:se%3Acret",
        "gateway, 100%, gateway:100%25",
        "gateway, %3A, gateway:%253A",
        "gate way, my secret, gate+way:my+secret",
        "gateway, a+b, gateway:a%2Bb",
        "gäteway, schlüssel, g%C3%A4teway:schl%C3%BCssel",
        "gateway, 密, gateway:%E5%AF%86",
        "https://api.example.com/x, a&b=c, https%3A%2F%2Fapi.example.com%2Fx:a%26b%3Dc",
        "gateway, *-_.~, gateway:*-_.%7E",
    })
    void basicFormEncodesIdAndSecretFirst(String id, String secret, String pair) {
        Form form = new Form();
        String header = new ClientSecretBasic(() -> Secret.of(secret))
                .authenticate(form, id, ANYWHERE)
                .orElseThrow();

        assertThat(header).startsWith("Basic ");
        assertThat(new String(
                        Base64.getDecoder().decode(header.substring("Basic ".length())), StandardCharsets.US_ASCII))
                .isEqualTo(pair);
        assertThat(form.encode()).isEmpty();
    }

    @Test
    void basicSendsAHeaderAndNothingInTheForm() {
        Received sent = sentBy("client-secret: 'my secret'");

        assertThat(sent.authorization()).contains("Basic " + base64("gateway:my+secret"));
        assertThat(sent.added()).isEmpty();
    }

    @Test
    void postPutsIdAndSecretIntoTheFormAndNothingIntoAHeader() {
        Received sent = sentBy("authentication: client-secret-post, client-secret: 'a:b%c&d ü'");

        assertThat(sent.authorization()).isEmpty();
        assertThat(sent.added()).isEqualTo(Map.of("client_id", "gateway", "client_secret", "a:b%c&d ü"));
    }

    @Test
    void aSecretMayStandInAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "from a file\n");

        Received basic = sentBy("client-secret-file: '" + file + "'");
        Received post = sentBy("authentication: client-secret-post, client-secret-file: 'file:" + file + "'");

        assertThat(basic.authorization()).contains("Basic " + base64("gateway:from+a+file"));
        assertThat(basic.added()).isEmpty();
        assertThat(post.authorization()).isEmpty();
        assertThat(post.added()).isEqualTo(Map.of("client_id", "gateway", "client_secret", "from a file"));
    }

    @Test
    void anAssertionMayStandInAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "eyJhbGciOiJSUzI1NiJ9.e30.c2ln\n");

        Received sent = sentBy("authentication: assertion-file, assertion-file: '" + file + "'");

        assertThat(sent.authorization()).isEmpty();
        assertThat(sent.added())
                .isEqualTo(Map.of("client_assertion_type", TYPE, "client_assertion", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"));
    }

    @Test
    void aSignedAssertionHasTheClaimsOfTheStandardAndNoOthers() throws Exception {
        Received sent = sentBy("authentication: private-key-jwt, ssl-bundle: rsa");

        assertThat(sent.authorization()).isEmpty();
        assertThat(sent.added()).containsOnlyKeys("client_assertion_type", "client_assertion");
        assertThat(sent.added()).containsEntry("client_assertion_type", TYPE);
        SignedJWT assertion = sent.assertion();
        assertSigned(assertion, rsa);
        assertThat(assertion.getHeader().toJSONObject()).isEqualTo(Map.of("typ", "JWT", "alg", "RS256"));
        Map<String, Object> claims = new LinkedHashMap<>(assertion.getPayload().toJSONObject());
        assertThat((String) claims.remove("jti")).hasSizeGreaterThan(30);
        assertThat(claims)
                .isEqualTo(Map.of(
                        "iss",
                        "gateway",
                        "sub",
                        "gateway",
                        "aud",
                        endpoint(),
                        "iat",
                        NOW.getEpochSecond(),
                        "nbf",
                        NOW.getEpochSecond(),
                        "exp",
                        NOW.plusSeconds(60).getEpochSecond()));
    }

    @Test
    void everyRequestHasAnAssertionOfItsOwn() throws Exception {
        Clients clients =
                asking.clientOf("token-uri: '" + endpoint() + "', authentication: private-key-jwt, ssl-bundle: p256");

        SignedJWT first = sentBy(clients).assertion();
        asking.clock.advance(Duration.ofMinutes(5));
        SignedJWT second = sentBy(clients).assertion();

        assertThat(second.getJWTClaimsSet().getJWTID())
                .isNotEqualTo(first.getJWTClaimsSet().getJWTID());
        assertThat(second.getJWTClaimsSet().getIssueTime()).isEqualTo(NOW.plusSeconds(300));
        assertThat(second.getJWTClaimsSet().getExpirationTime()).isEqualTo(NOW.plusSeconds(360));
    }

    @ParameterizedTest
    @CsvSource({
        "rsa, '', RS256",
        "rsa, RS256, RS256",
        "rsa, ps256, PS256",
        "p256, '', ES256",
        "p256, ES256, ES256",
    })
    void theKeyOrTheConfigurationSaysWhatSigns(String bundle, String algorithm, String expected) throws Exception {
        String setting = algorithm.isEmpty() ? "" : ", assertion-algorithm: " + algorithm;

        SignedJWT assertion = sentBy("authentication: private-key-jwt, ssl-bundle: " + bundle + setting)
                .assertion();

        assertThat(assertion.getHeader().toJSONObject()).isEqualTo(Map.of("typ", "JWT", "alg", expected));
        assertSigned(assertion, bundle.equals("rsa") ? rsa : p256);
    }

    @Test
    void theConfigurationMaySayTheRest() throws Exception {
        SignedJWT assertion = sentBy("authentication: private-key-jwt, ssl-bundle: p256, key-id: k-2027,"
                        + " assertion-audience: 'urn:example:sts', assertion-life: 5m")
                .assertion();

        assertThat(assertion.getHeader().toJSONObject())
                .isEqualTo(Map.of("typ", "JWT", "alg", "ES256", "kid", "k-2027"));
        assertThat(assertion.getPayload().toJSONObject())
                .containsEntry("aud", "urn:example:sts")
                .containsEntry("exp", NOW.plusSeconds(300).getEpochSecond());
    }

    /** The two that Entra ID has documented, by its pages of 2024 and of 2025. */
    @Test
    void bothShapesOfEntraCanBeMade() throws Exception {
        SignedJWT older = sentBy("authentication: private-key-jwt, ssl-bundle: rsa, assertion-algorithm: RS256,"
                        + " assertion-thumbprint: x5t, assertion-life: 10m")
                .assertion();
        SignedJWT newer = sentBy("authentication: private-key-jwt, ssl-bundle: rsa, assertion-algorithm: PS256,"
                        + " assertion-thumbprint: x5t-s256, assertion-life: 5m")
                .assertion();

        assertThat(older.getHeader().toJSONObject())
                .isEqualTo(Map.of("typ", "JWT", "alg", "RS256", "x5t", thumbprint("SHA-1")));
        assertThat(newer.getHeader().toJSONObject())
                .isEqualTo(Map.of("typ", "JWT", "alg", "PS256", "x5t#S256", thumbprint("SHA-256")));
        for (SignedJWT shape : List.of(older, newer)) {
            assertSigned(shape, rsa);
            assertThat(shape.getPayload().toJSONObject())
                    .containsOnlyKeys("aud", "iss", "sub", "jti", "nbf", "iat", "exp")
                    .containsEntry("aud", endpoint());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DialectName.class,
            names = {"KEYCLOAK", "SPRING"})
    void theseServersWantTheIssuerForAnAudience(DialectName dialect) {
        Clients with = asking.clients(("gateway: { client-id: gateway, dialect: %s, issuer: 'https://id.example.com/r',"
                        + " token-uri: '%s', authentication: private-key-jwt, ssl-bundle: rsa }")
                .formatted(dialect, endpoint()));
        Clients without = asking.clients(("gateway: { client-id: gateway, dialect: %s,"
                        + " token-uri: '%s', authentication: private-key-jwt, ssl-bundle: rsa }")
                .formatted(dialect, endpoint()));

        assertThat(audience(with)).isEqualTo("https://id.example.com/r");
        assertThat(audience(without)).isEqualTo(endpoint());
    }

    /** Spring Authorization Server refuses an assertion without it; an introspection endpoint of its own, too. */
    @Test
    void springHasTheClientNamedBesideAnAssertionOnceAndNobodyElseHas() throws IOException {
        Path file = Files.writeString(folder.resolve("assertion"), "from.a.file");
        String byKey = "authentication: private-key-jwt, ssl-bundle: rsa";
        String byFile = "authentication: assertion-file, assertion-file: '" + file + "'";
        for (String method : List.of(byKey, byFile)) {
            for (DialectName dialect : List.of(DialectName.SPRING, DialectName.RFC8693, DialectName.KEYCLOAK)) {
                Clients clients = asking.clients("gateway: { client-id: gateway, dialect: %s, token-uri: '%s', %s }"
                        .formatted(dialect, endpoint(), method));
                URI introspection = URI.create(server.address() + "/introspect");

                asking.ask(clients).blockOptional(SOON).orElseThrow();
                Map<String, String> atTheTokenEndpoint = last().form();
                clients.create("key", "corp", "gateway", introspection)
                        .ask(TokenValue.of("opaque"))
                        .blockOptional(SOON)
                        .orElseThrow();
                Map<String, String> atIntrospection = last().form();

                for (Map<String, String> form : List.of(atTheTokenEndpoint, atIntrospection)) {
                    assertThat(form.get("client_id"))
                            .as(dialect + " " + method)
                            .isEqualTo(dialect == DialectName.SPRING ? "gateway" : null);
                }
            }
        }
    }

    private static Received last() {
        return RECEIVED.get(RECEIVED.size() - 1);
    }

    private String audience(Clients clients) {
        asking.ask(clients).blockOptional(SOON).orElseThrow();
        return (String) RECEIVED.get(RECEIVED.size() - 1)
                .assertion()
                .getPayload()
                .toJSONObject()
                .get("aud");
    }

    @Test
    void anIdentifierThatTheDialectHasWrittenIsNotWrittenTwice() throws IOException {
        Form form = new Form().add("client_id", "gateway");

        new ClientSecretPost(() -> Secret.of("s")).authenticate(form, "gateway", ANYWHERE);
        new TlsClientAuth(() -> {
                    throw new AssertionError("not asked for");
                })
                .authenticate(form, "gateway", ANYWHERE);

        assertThat(form.encode()).isEqualTo("client_id=gateway&client_secret=s");
    }

    /** RFC 7662 section 2.1 leaves the method open; it is the client's. */
    @Test
    void anIntrospectionEndpointIsAskedInTheSameWay() throws Exception {
        Clients clients =
                asking.clientOf("token-uri: '" + endpoint() + "', authentication: private-key-jwt, ssl-bundle: rsa");
        URI introspection = URI.create(server.address() + "/introspect");

        clients.create("key", "corp", "gateway", introspection)
                .ask(TokenValue.of("opaque"))
                .blockOptional(SOON)
                .orElseThrow();

        Received sent = RECEIVED.get(RECEIVED.size() - 1);
        assertThat(sent.authorization()).isEmpty();
        assertThat(sent.form())
                .containsOnlyKeys("token", "token_type_hint", "client_assertion_type", "client_assertion");
        assertSigned(sent.assertion(), rsa);
        assertThat(sent.assertion().getJWTClaimsSet().getAudience()).containsExactly(introspection.toString());
    }

    private static void assertSigned(SignedJWT jwt, TestKey key) throws Exception {
        JWSVerifier verifier = key.certificate().getPublicKey() instanceof RSAPublicKey rsaKey
                ? new RSASSAVerifier(rsaKey)
                : new ECDSAVerifier((ECPublicKey) key.certificate().getPublicKey());
        assertThat(jwt.verify(verifier)).isTrue();
    }

    private static String thumbprint(String algorithm) throws Exception {
        return Base64URL.encode(MessageDigest.getInstance(algorithm).digest(rsa.der()))
                .toString();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void printsNoSecret() throws Exception {
        Files.writeString(folder.resolve("secret"), "hunter2");
        Clients clients = asking.clients("""
                basic: { client-id: c, dialect: rfc8693, token-uri: '%1$s', client-secret: hunter2 }
                post: { client-id: c, dialect: rfc8693, token-uri: '%1$s', authentication: client-secret-post, client-secret-file: '%2$s' }
                jwt: { client-id: c, dialect: rfc8693, token-uri: '%1$s', authentication: private-key-jwt, ssl-bundle: rsa }
                tls: { client-id: c, dialect: rfc8693, token-uri: 'https://id.example.com', authentication: tls-client-auth, ssl-bundle: rsa }
                file: { client-id: c, dialect: rfc8693, token-uri: '%1$s', authentication: assertion-file, assertion-file: '%2$s' }
                """.formatted(endpoint(), folder.resolve("secret")));
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) rsa.privateKey();

        List<Object> printed = new ArrayList<>();
        for (String name : clients.names()) {
            printed.add(clients.registered(Objects.requireNonNull(clients.named(name))));
        }
        printed.add(ClientKey.of(rsa.bundle()));
        printed.add(SecretFile.of("key", folder.resolve("secret")));
        printed.add(new Form().add("client_secret", "hunter2"));

        assertThat(printed.toString())
                .contains("client-secret-basic", "client-secret-post", "private-key-jwt", "tls-client-auth")
                .doesNotContain("hunter2")
                .doesNotContain(key.getPrimeP().toString(), key.getPrimeP().toString(16))
                .doesNotContain(
                        key.getPrivateExponent().toString(),
                        key.getPrivateExponent().toString(16));
    }
}
