package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.problem.InvalidSetting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a block is told at the start: what is missing, what means nothing, what cannot work. */
final class AuthenticationBlockTest {

    private static final String JWT = "authentication: private-key-jwt, ssl-bundle: rsa";
    private static final String TLS = "authentication: tls-client-auth, ssl-bundle: rsa";

    @TempDir
    private static Path folder = Path.of(".");

    private static AskingClient asking = new AskingClient();

    @BeforeAll
    static void makeKeys() throws IOException {
        asking = new AskingClient();
        TestKey rsa = TestKey.rsa(2048);
        TestKey p256 = TestKey.p256();
        asking.bundles.registerBundle("rsa", rsa.bundle());
        asking.bundles.registerBundle("p256", p256.bundle());
        asking.bundles.registerBundle("short", TestKey.rsa(1024).bundle());
        asking.bundles.registerBundle("p384", TestKey.p384().bundle());
        asking.bundles.registerBundle(
                "mixed-up", rsa.withCertificateOf(TestKey.rsa(2048)).bundle());
        asking.bundles.registerBundle("mixed-kinds", rsa.withCertificateOf(p256).bundle());
        asking.bundles.registerBundle("trust", TestKey.bundleOfTrustIn(rsa));
        Files.writeString(folder.resolve("secret"), "s3cret-word");
        Files.writeString(folder.resolve("empty"), "");
    }

    private static Clients clients(String block) {
        String endpoint = block.contains("token-uri: ") ? "" : "token-uri: 'https://id.example.com/token', ";
        return asking.clientOf(endpoint + block.replace("$", folder + "/"));
    }

    static Stream<Arguments> blocksThatCannotWork() {
        return Stream.of(
                wrong("client-secret: s, client-secret-file: '$secret'", "client-secret-file", "beside client-secret"),
                wrong("authentication: client-secret-post", "client-secret", "client-secret-file is the other way"),
                wrong("client-secret-file: '$gone'", "client-secret-file", "missing, empty"),
                wrong("client-secret-file: '$empty'", "client-secret-file", "missing, empty"),
                wrong("client-secret-file: '$'", "client-secret-file", "missing, empty"),
                // What is required.
                wrong("authentication: private-key-jwt", "ssl-bundle", "is missing"),
                wrong("authentication: private-key-jwt, ssl-bundle: ' '", "ssl-bundle", "is missing"),
                wrong("authentication: tls-client-auth", "ssl-bundle", "is missing"),
                wrong("authentication: assertion-file", "assertion-file", "is missing"),
                wrong("authentication: assertion-file, assertion-file: '$gone'", "assertion-file", "missing, empty"),
                // The bundle.
                wrong("authentication: private-key-jwt, ssl-bundle: nobody", "ssl-bundle", "does not have: nobody"),
                wrong("authentication: tls-client-auth, ssl-bundle: nobody", "ssl-bundle", "does not have: nobody"),
                wrong("authentication: private-key-jwt, ssl-bundle: trust", "ssl-bundle", "no private key"),
                wrong("authentication: tls-client-auth, ssl-bundle: trust", "ssl-bundle", "no private key"),
                wrong("authentication: private-key-jwt, ssl-bundle: mixed-up", "ssl-bundle", "belongs to another key"),
                wrong("authentication: tls-client-auth, ssl-bundle: mixed-up", "ssl-bundle", "belongs to another key"),
                wrong("authentication: tls-client-auth, ssl-bundle: mixed-kinds", "ssl-bundle", "to another key"),
                wrong("authentication: private-key-jwt, ssl-bundle: short", "ssl-bundle", "shorter than 2048 bits"),
                wrong("authentication: private-key-jwt, ssl-bundle: p384", "ssl-bundle", "neither RSA nor P-256"),
                wrong(JWT + ", assertion-algorithm: ES256", "ssl-bundle", "cannot sign ES256"),
                wrong(
                        "authentication: private-key-jwt, ssl-bundle: p256, assertion-algorithm: PS256",
                        "ssl-bundle",
                        "cannot sign PS256"),
                // The assertion.
                wrong(JWT + ", key-id: ''", "key-id", "is empty"),
                wrong(JWT + ", assertion-audience: ' '", "assertion-audience", "is empty"),
                wrong(JWT + ", assertion-life: 999ms", "assertion-life", "between 1s and 600s"),
                wrong(JWT + ", assertion-life: 601s", "assertion-life", "between 1s and 600s"),
                // TLS.
                wrong(TLS + ", token-uri: 'http://127.0.0.1:1/token'", "token-uri", "no https address"),
                wrong(
                        TLS + ", token-uri: 'http://id.internal/token', insecure-http: true",
                        "token-uri",
                        "no https address"));
    }

    private static Arguments wrong(String block, String key, String reason) {
        return argumentSet(block, block, key, reason);
    }

    @ParameterizedTest
    @MethodSource("blocksThatCannotWork")
    void whatCannotWorkIsNamed(String block, String key, String reason) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> clients(block))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.clients.gateway." + key);
                    assertThat(invalid.reason()).contains(reason).doesNotContain("s3cret-word", folder.toString());
                });
    }

    private static final Map<String, String> KEYS = Map.of(
            "client-secret", "client-secret: s",
            "client-secret-file", "client-secret-file: '$secret'",
            "ssl-bundle", "ssl-bundle: rsa",
            "key-id", "key-id: k",
            "assertion-audience", "assertion-audience: a",
            "assertion-algorithm", "assertion-algorithm: RS256",
            "assertion-life", "assertion-life: 60s",
            "assertion-thumbprint", "assertion-thumbprint: none",
            "assertion-file", "assertion-file: '$secret'");

    private static final Map<String, Set<String>> MEANINGFUL = Map.of(
            "client-secret-basic", Set.of("client-secret", "client-secret-file"),
            "client-secret-post", Set.of("client-secret", "client-secret-file"),
            "private-key-jwt",
                    Set.of(
                            "ssl-bundle",
                            "key-id",
                            "assertion-audience",
                            "assertion-algorithm",
                            "assertion-life",
                            "assertion-thumbprint"),
            "tls-client-auth", Set.of("ssl-bundle"),
            "assertion-file", Set.of("assertion-file"));

    static Stream<Arguments> keysThatMeanNothing() {
        return MEANINGFUL.entrySet().stream()
                .flatMap(method -> KEYS.keySet().stream()
                        .filter(key -> !method.getValue().contains(key))
                        .map(key -> Arguments.of(method.getKey(), key)));
    }

    /** Whoever wrote the key expected something of it. */
    @ParameterizedTest(name = "{1} beside {0}")
    @MethodSource("keysThatMeanNothing")
    void aKeyThatMeansNothingIsRefused(String method, String key) {
        String required = switch (method) {
            case "private-key-jwt", "tls-client-auth" -> ", ssl-bundle: rsa";
            case "assertion-file" -> ", assertion-file: '$secret'";
            default -> ", client-secret: s";
        };

        whatCannotWorkIsNamed(
                "authentication: " + method + required + ", " + KEYS.get(key),
                key,
                "means nothing beside authentication: " + method);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "client-secret-file: '$secret'",
                "authentication: client-secret-post, client-secret-file: '$secret'",
                "authentication: private-key-jwt, ssl-bundle: rsa, assertion-life: 1s",
                "authentication: private-key-jwt, ssl-bundle: rsa, assertion-life: 10m",
                "authentication: private-key-jwt, ssl-bundle: p256, assertion-thumbprint: 'x5t#S256'",
                "authentication: tls-client-auth, ssl-bundle: rsa",
                "authentication: tls-client-auth, ssl-bundle: p384",
                "authentication: assertion-file, assertion-file: '$secret'"
            })
    void whatCanWorkStarts(String block) {
        assertThatCode(() -> clients(block)).doesNotThrowAnyException();
    }

    @Test
    void anIntrospectionEndpointOfACertificateNeedsTls() {
        Clients clients = clients(TLS);

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> clients.create("the-key", "corp", "gateway", URI.create("http://127.0.0.1:1/x")))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("the-key");
                    assertThat(invalid.reason()).contains("needs an https address");
                });
        assertThatCode(() -> clients.create("the-key", "corp", "gateway", URI.create("https://id.example.com/x")))
                .doesNotThrowAnyException();
    }
}
