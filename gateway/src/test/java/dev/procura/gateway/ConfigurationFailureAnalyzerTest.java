package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What an operator reads when a configuration does not start: one message, without a value in it. */
final class ConfigurationFailureAnalyzerTest {

    private static final String SECRET = "hunter2-hunter2";

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("unknownKeys")
    void namesAKeyThatNobodyTakes(String key, String advice, String line) {
        String message = TestConfiguration.of("procura:\n" + line.indent(2)).message();

        assertThat(message).contains("procura." + key, advice).doesNotContain(SECRET);
        assertThat(message).as("where it stands").containsPattern("procura\\.yaml.* - \\d+:\\d+");
    }

    static Stream<Arguments> unknownKeys() {
        return Stream.of(
                // As other products spell it.
                unknown("issuers.corp.issuer-uri", "did you mean issuer?", "issuers: { corp: { issuer-uri: %s } }"),
                unknown("issuers.corp.jwk-set-uri", "did you mean jwks-uri?", "issuers: { corp: { jwk-set-uri: %s } }"),
                unknown("issuers.corp.audience", "did you mean audiences?", "issuers: { corp: { audience: %s } }"),
                unknown(
                        "clients.gw.client-authentication-method",
                        "did you mean authentication?",
                        "clients: { gw: { client-authentication-method: %s } }"),
                unknown(
                        "clients.gw.token-endpoint",
                        "did you mean token-uri?",
                        "clients: { gw: { token-endpoint: %s } }"),
                unknown("routes[0].url", "did you mean uri?", "routes: [ { url: %s } ]"),
                unknown("routes[0].require.scope", "did you mean scopes?", "routes: [ { require: { scope: %s } } ]"),
                // Misspelt.
                unknown(
                        "clients.gw.client-secrett",
                        "did you mean client-secret?",
                        "clients: { gw: { client-secrett: %s } }"),
                unknown(
                        "clients.gw.clientsecre",
                        "did you mean client-secret?",
                        "clients: { gw: { clientsecre: %s } }"),
                unknown("isuers.corp.issuer", "did you mean issuers?", "isuers: { corp: { issuer: %s } }"),
                unknown("rout[0].id", "did you mean routes?", "rout: [ { id: %s } ]"),
                unknown("routes[0].requir.scopes", "did you mean require?", "routes: [ { requir: { scopes: %s } } ]"),
                unknown("routes[0].limits.timeot", "did you mean timeout?", "routes: [ { limits: { timeot: %s } } ]"),
                unknown(
                        "routes[0].credential.on-behalf",
                        "on-behalf-of",
                        "routes: [ { credential: { on-behalf: %s } } ]"),
                unknown("cache.maxlive", "did you mean max-life?", "cache: { maxlive: %s }"),
                // Inside lists, where Spring Boot does not look.
                unknown(
                        "routes[1].require.bananas",
                        "here it takes",
                        "routes: [ { id: a }, { require: { bananas: %s } } ]"),
                unknown("routes[0].credential.wibble", "here it takes", "routes: [ { credential: { wibble: %s } } ]"),
                unknown("routes[0].limits.foo", "here it takes", "routes: [ { limits: { foo: %s } } ]"),
                // Unheard of.
                unknown("nonsense", "is not a key of the gateway", "nonsense: %s"),
                unknown("issuers.corp.nonsense", "here it takes", "issuers: { corp: { nonsense: %s } }"),
                unknown(
                        "issuers.corp.nonsense.deep",
                        "is not a key of the gateway",
                        "issuers: { corp: { nonsense: { deep: %s } } }"),
                unknown("public-url.x", "is not a key of the gateway", "public-url: { x: %s }"));
    }

    private static Arguments unknown(String key, String advice, String line) {
        return Arguments.of(key, advice, line.formatted(SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = "issuers: { corp: { sender-constraint: %s } }")
    void refusesKeysOfTheContractThatDoNotWorkYetAndShowsNoLineForThem(String line) {
        String message =
                TestConfiguration.of("procura:\n  " + line.formatted(SECRET)).message();

        assertThat(message)
                .contains("is not supported by this version yet: remove it", "Remove the key.")
                .doesNotContain(SECRET);
        assertThat(message).doesNotContain("Write, for example");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("badValues")
    void namesTheKeyWhoseValueCannotBeRead(String key, String expectation, String line) {
        String message =
                TestConfiguration.of("procura:\n  " + line.formatted(SECRET)).message();

        assertThat(message)
                .contains("procura." + key, expectation, "Write, for example")
                .doesNotContain(SECRET);
        assertThat(message).as("where it stands").containsPattern("procura\\.yaml.* - \\d+:\\d+");
    }

    static Stream<Arguments> badValues() {
        return Stream.of(
                Arguments.of(
                        "issuers.corp.profile",
                        "is not one of generic, entra, b2c, auth0, keycloak, okta",
                        "issuers: { corp: { profile: %s } }"),
                Arguments.of("issuers.corp.clock-skew", "Duration", "issuers: { corp: { clock-skew: %s } }"),
                Arguments.of("issuers.corp.only-where-named", "", "issuers: { corp: { only-where-named: %s } }"),
                Arguments.of(
                        "clients.gw.dialect",
                        "is not one of rfc8693, keycloak, spring",
                        "clients: { gw: { dialect: %s } }"),
                Arguments.of(
                        "clients.gw.authentication",
                        "is not one of client-secret-basic, client-secret-post, private-key-jwt, tls-client-auth, assertion-file",
                        "clients: { gw: { authentication: %s } }"),
                Arguments.of("clients.gw.max-in-flight", "", "clients: { gw: { max-in-flight: %s } }"),
                Arguments.of("routes[0].tier", "", "routes: [ { tier: %s } ]"),
                Arguments.of(
                        "routes[0].require.caller",
                        "is not one of user, app, any, anyone",
                        "routes: [ { require: { caller: %s } } ]"),
                Arguments.of(
                        "routes[0].credential.app-callers",
                        "is not one of reject, client-credentials",
                        "routes: [ { credential: { app-callers: %s } } ]"),
                Arguments.of(
                        "routes[0].credential.pass-through", "", "routes: [ { credential: { pass-through: %s } } ]"),
                Arguments.of("routes[0].limits.timeout", "Duration", "routes: [ { limits: { timeout: %s } } ]"),
                Arguments.of("cache.max-bytes", "DataSize", "cache: { max-bytes: %s }"),
                Arguments.of("cache.max-entries", "", "cache: { max-entries: %s }"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "clients: { gw: { client-secret: '${GATEWAY_SECRET}' } }",
                "clients: { gw: { client-secret: 'a${GATEWAY_SECRET}b' } }",
                "routes: [ { require: { scopes: [ '${ORDERS_SCOPE}' ] } } ]",
                "issuers: { corp: { audiences: [ '${AUDIENCE}' ] } }",
                "public-url: '${PUBLIC_URL}'"
            })
    void refusesAVariableThatNothingSets(String line) {
        assertThat(TestConfiguration.of("procura:\n  " + line).message()).contains("procura.", "variable");
    }

    @Test
    void takesVariablesThatAreSetAndTheirDefaults() {
        ProcuraProperties properties =
                TestConfiguration.of("""
                        procura:
                          public-url: ${PUBLIC_URL:https://api.example.com}
                          clients: { gw: { client-secret: "${GATEWAY_SECRET}" } }
                        """).variable("GATEWAY_SECRET", SECRET).bind();

        assertThat(properties.publicUrl()).isEqualTo("https://api.example.com");
        assertThat(properties.clients().get("gw"))
                .isNotNull()
                .satisfies(
                        client -> assertThat(client.clientSecret()).isNotNull().hasToString("******"));
    }

    @ParameterizedTest
    @CsvSource({
        "PROCURA_SERVICE_HOST, 10.0.0.1",
        "PROCURA_SERVICE_PORT, 8080",
        "PROCURA_SERVICE_PORT_HTTP, 8080",
        "PROCURA_PORT, tcp://10.0.0.1:8080",
        "PROCURA_PORT_8080_TCP, tcp://10.0.0.1:8080",
        "PROCURA_PORT_8080_TCP_ADDR, 10.0.0.1",
        "PROCURA_CACHE_SERVICE_HOST, 10.0.0.1",
        "PROCURA_CACHE_PORT, tcp://10.0.0.1:6379",
        "PROCURA_ROUTES_PORT, tcp://10.0.0.1:6379",
        "PROCURA_ISSUERS_PORT, tcp://10.0.0.1:6379",
        "PROCURA_CLIENTS_PORT, tcp://10.0.0.1:6379",
        "PROCURA_USER_CONTEXT_PORT, tcp://10.0.0.1:6379"
    })
    void startsWithTheEnvironmentVariablesThatKubernetesSetsByItself(String name, String value) {
        assertThatCode(() -> TestConfiguration.of("procura: { public-url: https://api.example.com }")
                        .variable(name, value)
                        .bind())
                .doesNotThrowAnyException();
    }

    @Test
    void takesAnEnvironmentVariableThatFitsAKey() {
        assertThat(TestConfiguration.of("procura: {}")
                        .variable("PROCURA_PUBLIC_URL", "https://api.example.com")
                        .bind()
                        .publicUrl())
                .isEqualTo("https://api.example.com");
    }

    @Test
    void showsAnInvalidSettingWithItsExample() {
        @Nullable
        FailureAnalysis analysis = new ConfigurationFailureAnalyzer()
                .analyze(new IllegalStateException(
                        "bean", new InvalidSetting("procura.routes[0].uri", "is missing", "uri: https://a\nmore: b")));

        assertThat(analysis).isNotNull().satisfies(message -> {
            assertThat(message.getDescription()).isEqualTo("procura.routes[0].uri is missing.");
            assertThat(message.getAction())
                    .contains("    uri: https://a" + System.lineSeparator() + "    more: b", "docs/configuration.md");
        });
    }

    @Test
    void leavesOtherFailuresToOthers() {
        ConfigurationFailureAnalyzer analyzer = new ConfigurationFailureAnalyzer();

        for (Throwable other : List.of(new IllegalStateException("port in use"), new OutOfMemoryError("heap"))) {
            assertThat(analyzer.analyze(other)).isNull();
        }
    }
}
