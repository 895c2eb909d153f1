package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.InvalidSetting;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;

/** Blocks of each family, tenants, policies, introspection and keys: what is refused at the start, and with which words. */
final class IssuerBlockTest {

    private static final Clock CLOCK = Clock.fixed(TestTokens.NOW, ZoneOffset.UTC);
    private static final String ONE = "8f5c2d3e-0000-4000-8000-00000000000a";
    private static final String TWO = "8f5c2d3e-0000-4000-8000-000000000002";
    private static final String TEMPLATE = "https://login.microsoftonline.com/{tenantid}/v2.0";
    private static final String CONCRETE = "https://login.microsoftonline.com/" + ONE + "/v2.0";
    private static final String B2C = "https://contoso.b2clogin.com/" + ONE + "/v2.0/";
    private static final String B2C_METADATA =
            "https://contoso.b2clogin.com/contoso.onmicrosoft.com/{policy}/v2.0/.well-known/openid-configuration";

    private static final Map<String, Object> GENERIC = settings("generic", TestTokens.ISSUER);
    private static final Map<String, Object> ENTRA = with(settings("entra", TEMPLATE), "tenants", ONE);
    private static final Map<String, Object> KNOWN_TENANT = settings("entra", CONCRETE);
    private static final Map<String, Object> B2C_BLOCK =
            with(with(settings("b2c", B2C), "policies", "B2C_1_signin"), "metadata-uri", B2C_METADATA);
    private static final Map<String, Object> INTROSPECTING = with(
            with(GENERIC, "introspection.uri", "https://id.example.com/introspect"), "introspection.client", "gateway");

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("wrong")
    void namesTheKeyThatIsWrong(String key, String reason, Map<String, Object> settings) {
        assertThat(refused(settings)).satisfies(invalid -> {
            assertThat(invalid.key()).isEqualTo("procura.issuers.corp." + key);
            assertThat(invalid.reason()).contains(reason);
            assertThat(invalid.example()).contains(": ");
        });
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("tenants", "is missing", without(ENTRA, "tenants")),
                wrong("tenants", "stands alone", with(ENTRA, "tenants", "*," + ONE)),
                wrong("tenants", "stands alone", with(ENTRA, "tenants", ONE + ",*")),
                wrong("tenants", "lower case", with(ENTRA, "tenants", ONE.toUpperCase(Locale.ROOT))),
                wrong("tenants", "no tenant id", with(ENTRA, "tenants", "contoso.onmicrosoft.com")),
                wrong("tenants", "no tenant id", with(ENTRA, "tenants", ONE + ", ")),
                wrong("tenants", "names its tenant", with(KNOWN_TENANT, "tenants", ONE)),
                wrong("tenants", "entra alone", with(GENERIC, "tenants", ONE)),
                wrong("tenants", "entra alone", with(B2C_BLOCK, "tenants", ONE)),
                wrong("issuer", "template", settings("generic", TEMPLATE)),
                wrong("issuer", "template", settings("keycloak", TEMPLATE)),
                wrong("issuer", "template", settings("auth0", "https://{tenantid}.auth0.com/")),
                wrong("issuer", "template", settings("entra", "https://login.microsoftonline.com/{tenant}/v2.0")),
                wrong(
                        "issuer",
                        "cannot be discovered",
                        with(ENTRA, "issuer", "https://login.microsoftonline.com/{tenantid}/{policy}")),
                wrong("issuer", "common", settings("entra", "https://login.microsoftonline.com/common/v2.0")),
                wrong(
                        "issuer",
                        "organizations",
                        settings("entra", "https://login.microsoftonline.com/organizations/v2.0")),
                wrong(
                        "issuer",
                        "names no tenant",
                        settings("entra", "https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0")),
                wrong("issuer", "lower case", settings("entra", CONCRETE.replace("000a", "000A"))),
                wrong("issuer", "no slash", settings("auth0", "https://example.eu.auth0.com")),
                wrong("issuer", "slash", settings("okta", "https://example.okta.com/oauth2/default/")),
                wrong("issuer", "slash", settings("keycloak", "https://id.example.com/realms/corp/")),
                wrong("audiences", "is missing", without(ENTRA, "audiences")),
                wrong("algorithms", "not supported", with(ENTRA, "algorithms", "HS256")),
                wrong("algorithms", "not supported", with(B2C_BLOCK, "algorithms", "none")),
                wrong("algorithms", "not supported", with(GENERIC, "algorithms", "ES256K")),
                wrong("token-types", "no access token", with(GENERIC, "token-types", "jwt,logout+jwt")),
                wrong("token-types", "no access token", with(GENERIC, "token-types", "SecEvent+JWT")),
                wrong("token-types", "no access token", with(GENERIC, "token-types", "application/dpop+jwt")),
                wrong("token-types", "no access token", with(GENERIC, "token-types", "token-introspection+jwt")),
                wrong("token-types", "no access token", with(GENERIC, "token-types", "procura-user-context+jwt")),
                wrong("policies", "is missing", without(B2C_BLOCK, "policies")),
                wrong("policies", "empty", with(B2C_BLOCK, "policies", "B2C_1_signin, ")),
                wrong("policies", "b2c alone", with(GENERIC, "policies", "B2C_1_signin")),
                wrong("policies", "b2c alone", with(ENTRA, "policies", "B2C_1_signin")),
                wrong("metadata-uri", "is missing", without(B2C_BLOCK, "metadata-uri")),
                wrong("metadata-uri", "placeholder", with(B2C_BLOCK, "metadata-uri", "https://a/{flow}/metadata")),
                wrong("jwks-uri", "placeholder", with(GENERIC, "jwks-uri", "https://a/{tenant}/keys")),
                wrong("jwks-uri", "placeholder", with(GENERIC, "jwks-uri", "https://a/{tenantid}/keys")),
                wrong("jwks-uri", "placeholder", with(GENERIC, "jwks-uri", "https://a/{policy}/keys")),
                wrong("metadata-uri", "placeholder", with(ENTRA, "metadata-uri", "https://a/{policy}/metadata")),
                wrong("metadata-uri", "placeholder", with(B2C_BLOCK, "metadata-uri", "https://a/{tenantid}/{policy}")),
                wrong("logout.audiences", "is missing", with(GENERIC, "logout.token-types", "jwt")),
                wrong("logout.audiences", "empty", with(GENERIC, "logout.audiences", "web-app, ")),
                wrong("logout.token-types", "no logout token", logout("logout+jwt,at+jwt")),
                wrong("logout.token-types", "no logout token", logout("secevent+jwt")),
                wrong("logout.token-types", "empty", logout("")),
                wrong("introspection", "no endpoint", with(introspecting(ENTRA), "tenants", ONE)),
                wrong("introspection", "no endpoint", introspecting(B2C_BLOCK)),
                wrong("introspection.uri", "is missing", without(INTROSPECTING, "introspection.uri")),
                wrong("introspection.uri", "is missing", with(INTROSPECTING, "introspection.uri", " ")),
                wrong(
                        "introspection.uri",
                        "plain http",
                        with(INTROSPECTING, "introspection.uri", "http://id.example.com/i")),
                wrong("introspection.uri", "absolute", with(INTROSPECTING, "introspection.uri", "/introspect")),
                wrong("introspection.client", "is missing", without(INTROSPECTING, "introspection.client")),
                wrong(
                        "introspection.token-prefix",
                        "no token",
                        with(INTROSPECTING, "introspection.token-prefix", "a b")),
                wrong("introspection.token-prefix", "no token", with(INTROSPECTING, "introspection.token-prefix", "é")),
                wrong("keys.refresh", "between 1s and 24h", with(GENERIC, "keys.refresh", "999ms")),
                wrong("keys.refresh", "between 1s and 24h", with(GENERIC, "keys.refresh", "25h")),
                wrong("keys.refresh", "between 1s and 24h", with(GENERIC, "keys.refresh", "-5m")),
                wrong("keys.max-age", "between keys.refresh and 7d", with(GENERIC, "keys.max-age", "1m")),
                wrong("keys.max-age", "between keys.refresh and 7d", with(GENERIC, "keys.max-age", "169h")),
                wrong("keys.cool-down", "between 1s and 1h", with(GENERIC, "keys.cool-down", "0s")),
                wrong("keys.cool-down", "between 1s and 1h", with(GENERIC, "keys.cool-down", "61m")));
    }

    /** Whoever copies the example of a message has mended the block. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("mendable")
    void showsAnExampleThatWorks(String key, String reason, Map<String, Object> settings) {
        Map<String, Object> mended = new LinkedHashMap<>(settings);
        YamlPropertiesFactoryBean example = new YamlPropertiesFactoryBean();
        example.setResources(new ByteArrayResource(refused(settings).example().getBytes(StandardCharsets.UTF_8)));
        Map<String, Object> lines = new LinkedHashMap<>();
        String parent =
                key.startsWith("introspection.") && lines(example).noneMatch(line -> line.startsWith("introspection"))
                        ? "introspection."
                        : "";
        lines(example)
                .forEach(line -> lines.put(parent + line, example.getObject().get(line)));
        mended.keySet()
                .removeIf(name -> lines.keySet().stream()
                        .anyMatch(line -> line.replaceAll("\\[\\d+]", "").equals(name)));
        mended.putAll(lines);

        assertThatCode(() -> issuers(Map.of("corp", TestIssuers.block(mended)))).doesNotThrowAnyException();
    }

    private static Stream<String> lines(YamlPropertiesFactoryBean yaml) {
        return yaml.getObject().stringPropertyNames().stream();
    }

    /** What a client cannot find by its name is not named to it. */
    @ParameterizedTest
    @CsvSource({
        "generic, https://id.example.com, true",
        "generic, urn:example:sts, false",
        "b2c, https://contoso.b2clogin.com/775527ff-9a37-4307-8b3d-cc311f58d925/v2.0/, false",
        "b2c, https://contoso.b2clogin.com/tfp/775527ff-9a37-4307-8b3d-cc311f58d925/b2c_1_signin/v2.0/, true"
    })
    void namesToClientsTheServersThatTheyCanFind(String profile, String issuer, boolean named) {
        Map<String, Object> settings = with(settings(profile, issuer), "jwks-uri", "https://id.example.com/keys");
        if (profile.equals("b2c")) {
            settings.put("policies", "B2C_1_signin");
        }

        Issuers issuers = issuers(Map.of("corp", TestIssuers.block(settings)));

        assertThat(issuers.all()).singleElement().satisfies(block -> {
            assertThat(block.servers()).isEqualTo(named ? Set.of(issuer) : Set.of());
            assertThat(block.anyTenant()).isFalse();
        });
    }

    /** Not those that say what to remove, nor those whose example is of the family without its other keys. */
    static Stream<Arguments> mendable() {
        return wrong().filter(arguments -> {
            String key = String.valueOf(arguments.get()[0]);
            String reason = String.valueOf(arguments.get()[1]);
            boolean removal =
                    reason.contains("alone") && !reason.contains("stands") || reason.contains("names its tenant");
            boolean sibling = key.equals("issuer") && !reason.contains("slash") || reason.equals("no endpoint");
            return !removal && !sibling;
        });
    }

    @ParameterizedTest
    @CsvSource({
        "https://login.microsoftonline.com/{tenantid}/v2.0, https://login.microsoftonline.com/%s/v2.0",
        "https://login.microsoftonline.com/{tenantId}/v2.0/, https://login.microsoftonline.com/%s/v2.0",
        "https://login.windows.net/{tenantid}/v2.0, https://login.microsoftonline.com/%s/v2.0",
        "https://login.microsoft.com/{tenantid}/v2.0, https://login.microsoftonline.com/%s/v2.0",
        "https://sts.windows.net/{tenantid}/, https://sts.windows.net/%s/",
        "https://sts.windows.net/{tenantid}, https://sts.windows.net/%s/",
        "https://login.windows.net/{tenantid}, https://sts.windows.net/%s/"
    })
    void takesTheTokensOfAnEntraIssuerUnderItsOneName(String configured, String iss) {
        for (boolean template : new boolean[] {true, false}) {
            Map<String, Object> settings = template
                    ? with(settings("entra", configured), "tenants", ONE)
                    : settings("entra", configured.replaceAll("(?i)\\{tenantid}", ONE));
            Issuers issuers = issuers(Map.of("corp", TestIssuers.block(settings)));

            assertThat(issuers.issuing(iss.formatted(ONE))).isPresent();
            assertThat(issuers.issuing(iss.formatted(TWO))).isEmpty();
            assertThat(issuers.issuing(configured)).isEmpty();
            assertThat(issuers.all()).singleElement().satisfies(issuer -> {
                assertThat(issuer.servers()).containsExactly(iss.formatted(ONE));
                assertThat(issuer.anyTenant()).isFalse();
            });
        }
    }

    @Test
    void takesEveryTenantWhereThatIsSaid() {
        Issuers issuers = issuers(Map.of("corp", TestIssuers.block(with(ENTRA, "tenants", "*"))));

        assertThat(issuers.issuing(CONCRETE)).isPresent();
        assertThat(issuers.issuing(CONCRETE.replace(ONE, TWO))).isPresent();
        assertThat(issuers.issuing(TEMPLATE)).isEmpty();
        assertThat(issuers.issuing(CONCRETE.replace(ONE, "common"))).isEmpty();
        assertThat(issuers.all()).singleElement().satisfies(issuer -> {
            assertThat(issuer.anyTenant()).isTrue();
            assertThat(issuer.servers()).isEmpty();
        });
    }

    @Test
    void takesSeveralTenantsOnceEach() {
        Issuers issuers =
                issuers(Map.of("corp", TestIssuers.block(with(ENTRA, "tenants", ONE + "," + TWO + "," + ONE))));

        assertThat(issuers.all())
                .singleElement()
                .satisfies(issuer -> assertThat(issuer.servers()).hasSize(2));
        assertThat(issuers.keyStates()).hasSize(2);
    }

    @Test
    void refusesOneTenantInTwoBlocks() {
        Map<String, IssuerProperties> blocks = new LinkedHashMap<>();
        blocks.put("corp", TestIssuers.block(ENTRA));
        blocks.put("again", TestIssuers.block(KNOWN_TENANT));

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> issuers(blocks))
                .satisfies(invalid -> assertThat(invalid.key()).isEqualTo("procura.issuers.again.issuer"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jwks-uri", "metadata-uri"})
    void findsTheKeysOfAPolicyWhereTheBlockSays(String key) {
        Map<String, Object> settings = without(B2C_BLOCK, "metadata-uri");
        settings.put(key, "https://contoso.b2clogin.com/{policy}/x");
        settings.put("policies", "B2C_1_signin,B2C_1A_ROPC");

        assertThat(issuers(Map.of("corp", TestIssuers.block(settings))).keyStates())
                .extracting(SigningKeys.State::name)
                .containsExactly("corp/B2C_1_signin", "corp/B2C_1A_ROPC");
    }

    @Test
    void findsTheKeysOfAPolicyThatStandsInTheIssuer() {
        Map<String, Object> settings = with(
                settings("b2c", "https://contoso.b2clogin.com/tfp/" + ONE + "/b2c_1_signin/v2.0/"),
                "policies",
                "B2C_1_signin");

        assertThat(issuers(Map.of("corp", TestIssuers.block(settings))).keyStates())
                .hasSize(1);
    }

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource({
        "corp_, partner_, true",
        "'', '', false",
        "'', corp_, false",
        "corp_, '', false",
        "corp_, corp_, false",
        "corp_, corp_a, false",
        "corp_a, corp_, false",
        "corp, Corp, true"
    })
    void needsToTellWhoseAnOpaqueTokenIs(String one, String other, boolean told) {
        Map<String, IssuerProperties> blocks = new LinkedHashMap<>();
        blocks.put("one", TestIssuers.block(with(INTROSPECTING, "introspection.token-prefix", one)));
        blocks.put(
                "other",
                TestIssuers.block(with(
                        with(INTROSPECTING, "issuer", "https://other.example.com"),
                        "introspection.token-prefix",
                        other)));

        if (told) {
            assertThat(issuers(blocks).all()).hasSize(2);
        } else {
            assertThatExceptionOfType(InvalidSetting.class)
                    .isThrownBy(() -> issuers(blocks))
                    .satisfies(invalid ->
                            assertThat(invalid.key()).isEqualTo("procura.issuers.other.introspection.token-prefix"));
        }
    }

    @ParameterizedTest
    @CsvSource({"1s, 1s, 1s", "5m, 5m, 1h", "12h, 24h, 30s"})
    void takesKeysThatAreKeptAsLongAsTheyAreRenewed(String refresh, String maxAge, String coolDown) {
        Map<String, Object> settings = new HashMap<>(GENERIC);
        settings.putAll(Map.of("keys.refresh", refresh, "keys.max-age", maxAge, "keys.cool-down", coolDown));

        issuers(Map.of("corp", TestIssuers.block(settings)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EdDSA", "Ed25519", "RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512"})
    void takesEveryAsymmetricAlgorithm(String algorithms) {
        issuers(Map.of("corp", TestIssuers.block(with(GENERIC, "algorithms", algorithms))));
    }

    private static InvalidSetting refused(Map<String, Object> settings) {
        try {
            issuers(Map.of("corp", TestIssuers.block(settings)));
        } catch (InvalidSetting invalid) {
            return invalid;
        }
        throw new AssertionError("not refused: " + settings);
    }

    private static Issuers issuers(Map<String, IssuerProperties> blocks) {
        return Issuers.of(
                blocks,
                new Issuers.Surroundings(
                        (key, issuerName, clientName, uri) -> new FakeIntrospector(),
                        Duration.ofSeconds(10),
                        5,
                        new Alarms(new SimpleMeterRegistry()),
                        CLOCK));
    }

    private static Arguments wrong(String key, String reason, Map<String, Object> settings) {
        return Arguments.of(key, reason, settings);
    }

    private static Map<String, Object> settings(String profile, String issuer) {
        return Map.of("profile", profile, "issuer", issuer, "audiences", "gateway");
    }

    private static Map<String, Object> introspecting(Map<String, Object> settings) {
        return with(with(settings, "introspection.uri", "https://id.example.com/i"), "introspection.client", "gateway");
    }

    private static Map<String, Object> logout(String types) {
        return with(with(GENERIC, "logout.audiences", "web-app"), "logout.token-types", types);
    }

    private static Map<String, Object> with(Map<String, Object> settings, String key, String value) {
        Map<String, Object> changed = new HashMap<>(settings);
        changed.put(key, value);
        return changed;
    }

    private static Map<String, Object> without(Map<String, Object> settings, String key) {
        Map<String, Object> changed = new HashMap<>(settings);
        changed.remove(key);
        return changed;
    }
}
