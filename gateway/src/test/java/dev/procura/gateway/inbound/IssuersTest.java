package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.problem.InvalidSetting;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of {@code procura.issuers} that work, and the message for each that does not. */
final class IssuersTest {

    private static final Clock CLOCK = Clock.fixed(TestTokens.NOW, ZoneOffset.UTC);
    private static final String ISSUER = "https://id.example.com/realms/corp";

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("wrong")
    void namesTheKeyThatIsWrong(String key, String reason, Map<String, Object> settings) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> issuers(Map.of("corp", block(settings))))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.issuers.corp." + key);
                    assertThat(invalid.reason()).contains(reason);
                    assertThat(invalid.example()).startsWith(key + ": ");
                });
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("issuer", "is missing", without("issuer")),
                wrong("issuer", "is missing", with("issuer", " ")),
                wrong("issuer", "template", with("issuer", "https://login.example.com/{tenantid}/v2.0")),
                wrong("issuer", "plain http", with("issuer", "http://id.example.com/realms/corp")),
                wrong("issuer", "set jwks-uri", with("issuer", "corp")),
                wrong("issuer", "set jwks-uri", with("issuer", "urn:corp")),
                wrong("audiences", "is missing", without("audiences")),
                wrong("audiences", "empty", with("audiences", "gateway, ,orders-api")),
                wrong("algorithms", "empty", with("algorithms", "")),
                wrong("algorithms", "not supported", with("algorithms", "HS256")),
                wrong("algorithms", "not supported", with("algorithms", "RS256,HS512")),
                wrong("algorithms", "not supported", with("algorithms", "none")),
                wrong("algorithms", "not supported", with("algorithms", "RS256,none")),
                wrong("algorithms", "not supported", with("algorithms", "rs256")),
                wrong("algorithms", "not supported", with("algorithms", "RSA-OAEP")),
                wrong("token-types", "empty", with("token-types", "")),
                wrong("token-types", "empty", with("token-types", "jwt, ")),
                wrong("identity", "empty", with("identity", "")),
                wrong("identity", "empty", with("identity", "sub, ")),
                wrong("clock-skew", "between", with("clock-skew", "-1s")),
                wrong("clock-skew", "between", with("clock-skew", "301s")),
                wrong("jwks-uri", "absolute", with("jwks-uri", "/keys")),
                wrong("jwks-uri", "absolute", with("jwks-uri", "file:///keys")),
                wrong("jwks-uri", "plain http", with("jwks-uri", "http://id.example.com/keys")),
                wrong("metadata-uri", "absolute", with("metadata-uri", "id.example.com")),
                wrong("metadata-uri", "plain http", with("metadata-uri", "http://id.example.com/metadata")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "5m"})
    void takesAClockSkewUpToFiveMinutes(String skew) {
        issuers(Map.of("corp", block(with("clock-skew", skew))));
    }

    @Test
    void takesPlainHttpToThisMachineAndWhereTheBlockSaysSo() {
        issuers(Map.of("corp", block(with("issuer", "http://127.0.0.1:9000"))));
        issuers(Map.of("corp", block(with("issuer", "http://localhost:9000"))));

        Map<String, Object> mesh = with("issuer", "http://id.internal");
        mesh.put("insecure-http", true);
        assertThat(issuers(Map.of("corp", block(mesh))).all()).allMatch(Issuers.Issuer::insecureHttp);
    }

    @Test
    void takesAnIssuerThatIsNoAddressWhenItsKeysArePlaced() {
        Map<String, Object> settings = with("issuer", "corp");
        settings.put("jwks-uri", "https://id.example.com/keys");

        assertThat(issuers(Map.of("corp", block(settings))).issuing("corp")).isPresent();
    }

    @Test
    void doesNotMindThatTheNameOfAnIssuerIsPlainHttpWhenItsKeysComeOverTls() {
        Map<String, Object> placed = with("issuer", "http://id.example.com");
        placed.put("jwks-uri", "https://id.example.com/keys");
        Map<String, Object> described = with("issuer", "http://id.example.com");
        described.put("metadata-uri", "https://id.example.com/metadata");

        issuers(Map.of("corp", block(placed)));
        issuers(Map.of("corp", block(described)));
    }

    @Test
    void refusesTwoPlacesForTheKeys() {
        Map<String, Object> both = with("jwks-uri", "https://id.example.com/keys");
        both.put("metadata-uri", "https://id.example.com/metadata");

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> issuers(Map.of("corp", block(both))))
                .withMessageStartingWith("procura.issuers.corp.metadata-uri has no effect beside jwks-uri");
    }

    @Test
    void refusesTwoBlocksForOneIssuer() {
        Map<String, IssuerProperties> blocks = new LinkedHashMap<>();
        blocks.put("corp", block(with("audiences", "gateway")));
        blocks.put("again", block(with("audiences", "orders-api")));

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> issuers(blocks))
                .withMessageStartingWith("procura.issuers.again.issuer is the issuer of another block");
    }

    /** The placeholder is a word of the configuration's own: its spelling makes no second issuer. */
    @ParameterizedTest
    @ValueSource(strings = {"{tenantid}", "{tenantId}", "{TENANTID}"})
    void refusesTwoBlocksForEveryTenantOfOneIssuer(String placeholder) {
        Map<String, IssuerProperties> blocks = new LinkedHashMap<>();
        blocks.put("entra", anyTenant("{tenantid}"));
        blocks.put("again", anyTenant(placeholder));

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> issuers(blocks))
                .withMessageStartingWith("procura.issuers.again.issuer is the issuer of another block");
    }

    private static IssuerProperties anyTenant(String placeholder) {
        return block(Map.of(
                "profile", "entra",
                "issuer", "https://login.microsoftonline.com/" + placeholder + "/v2.0",
                "tenants", "*",
                "audiences", "gateway"));
    }

    @Test
    void tellsTheOthersWhatTheyNeedToKnow() {
        Map<String, Object> settings = with("audiences", "gateway,orders-api");
        settings.put("only-where-named", true);

        Issuers issuers = issuers(Map.of("corp", block(settings)));

        Issuers.Issuer corp = new Issuers.Issuer(
                "corp",
                ProfileName.GENERIC,
                Set.of(ISSUER),
                Set.of("gateway", "orders-api"),
                true,
                false,
                false,
                false);
        assertThat(issuers.all()).containsExactly(corp);
        assertThat(issuers.named("corp")).isEqualTo(corp);
        assertThat(issuers.named("Corp")).isNull();
        assertThat(issuers.issuing(ISSUER)).isPresent();
        assertThat(issuers.issuing(ISSUER + "/")).isEmpty();
    }

    @Test
    void hasTheDefaultsOfTheContract() {
        IssuerBlock block = new IssuerBlock("corp", block(with("audiences", "gateway")));

        assertThat(block.rules()).singleElement().satisfies(rules -> {
            assertThat(rules.profile()).isInstanceOf(GenericProfile.class);
            assertThat(rules.algorithms()).extracting(Object::toString).containsOnly("RS256", "PS256", "ES256");
            assertThat(rules.tokenTypes()).containsExactlyInAnyOrder("at+jwt", "jwt");
            assertThat(rules.acceptsIdTokens()).isFalse();
            assertThat(rules.clockSkew()).isEqualTo(Duration.ofSeconds(30));
            assertThat(block.properties().keys().timing())
                    .isEqualTo(new SigningKeys.Timing(
                            Duration.ofMinutes(5), Duration.ofHours(24), Duration.ofSeconds(30)));
        });
    }

    @ParameterizedTest
    @EnumSource
    void knowsWhatAFamilyWritesIntoATokenToTellItFromItsEquals(ProfileName profile) {
        assertThat(profile.profile().tokenOnlyClaims())
                .isEqualTo(profile == ProfileName.ENTRA ? Set.of("uti", "aio", "rh") : Set.of());
    }

    /** A session is what a logout names, and an identity is whose the token is. */
    @ParameterizedTest
    @EnumSource
    void neverTakesAClaimWithAMeaningForATokensOwn(ProfileName profile) {
        assertThat(profile.profile().tokenOnlyClaims())
                .doesNotContain("iss", "sub", "aud", "oid", "tid", "uid", "azp", "client_id", "appid", "cid")
                .doesNotContain("sid", "session_state", "nonce", "cnf", "act", "may_act", "acr", "acrs", "amr")
                .doesNotContain("scope", "scp", "roles", "groups", "wids", "xms_cc", "auth_time");
    }

    @Test
    void knowsThatOfEachOfItsIssuersByName() {
        Map<String, IssuerProperties> blocks = new LinkedHashMap<>();
        blocks.put("entra", anyTenant("{tenantid}"));
        blocks.put("corp", block(with("audiences", "gateway")));
        Issuers issuers = issuers(blocks);

        assertThat(issuers.tokenOnlyClaims("entra")).containsExactlyInAnyOrder("uti", "aio", "rh");
        assertThat(issuers.tokenOnlyClaims("corp")).isEmpty();
        assertThat(issuers.tokenOnlyClaims("nobody")).isEmpty();
    }

    @Test
    void isEmptyWithoutBlocks() {
        assertThat(issuers(Map.of()).all()).isEmpty();
    }

    private static Issuers issuers(Map<String, IssuerProperties> blocks) {
        return Issuers.of(blocks, IssuerSurroundings.at(CLOCK));
    }

    private static IssuerProperties block(Map<String, Object> settings) {
        return TestIssuers.block(settings);
    }

    private static Arguments wrong(String key, String reason, Map<String, Object> settings) {
        return Arguments.of(key, reason, settings);
    }

    private static Map<String, Object> with(String key, Object value) {
        Map<String, Object> settings = new HashMap<>(Map.of("issuer", ISSUER, "audiences", "gateway"));
        settings.put(key, value);
        return settings;
    }

    private static Map<String, Object> without(String key) {
        Map<String, Object> settings = with(key, "");
        settings.remove(key);
        return settings;
    }
}
