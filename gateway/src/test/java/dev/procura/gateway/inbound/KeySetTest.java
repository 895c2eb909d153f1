package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of what a server publishes, only usable signature keys count; what is not understood is left out, not stumbled over. */
final class KeySetTest {

    private static final String GOOD = TestTokens.RSA.toPublicJWK().toJSONString();

    @Test
    void readsTheSignatureKeys() throws Exception {
        List<KeySet.VerificationKey> keys = KeySet.parse(TestTokens.keySet(
                new RSAKey.Builder(TestTokens.RSA)
                        .keyUse(KeyUse.SIGNATURE)
                        .algorithm(JWSAlgorithm.RS256)
                        .build(),
                TestTokens.EC));

        assertThat(keys)
                .containsExactly(
                        new KeySet.VerificationKey(
                                Optional.of("k1"),
                                Optional.of(JWSAlgorithm.RS256),
                                Optional.empty(),
                                TestTokens.RSA.toPublicKey()),
                        new KeySet.VerificationKey(
                                Optional.of("e1"), Optional.empty(), Optional.empty(), TestTokens.EC.toPublicKey()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusable")
    void leavesOut(String what, String member) throws ParseException {
        assertThat(KeySet.parse("{\"keys\":[" + member + "]}")).isEmpty();
        assertThat(KeySet.parse("{\"keys\":[" + member + "," + GOOD + "]}")).hasSize(1);
    }

    static Stream<Arguments> unusable() {
        BigInteger small = BigInteger.ONE.shiftLeft(1023).add(BigInteger.valueOf(12_345));
        return Stream.of(
                Arguments.of(
                        "a key for encryption",
                        new RSAKey.Builder(TestTokens.RSA)
                                .keyUse(KeyUse.ENCRYPTION)
                                .build()
                                .toPublicJWK()
                                .toJSONString()),
                Arguments.of(
                        "an RSA key of 1024 bits",
                        "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" + Base64URL.encode(small) + "\"}"),
                Arguments.of("an RSA key without a modulus", "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\"}"),
                Arguments.of("an RSA key of half a pair", "{\"kty\":\"RSA\",\"e\":\"AQAB\"}"),
                Arguments.of(
                        "an EC key beside its curve", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}"),
                Arguments.of(
                        "an EC key of an unknown curve",
                        "{\"kty\":\"EC\",\"crv\":\"P-257\",\"x\":\"AQ\",\"y\":\"AQ\"}"),
                Arguments.of("an EC key without a point", "{\"kty\":\"EC\",\"crv\":\"P-256\"}"),
                Arguments.of("a shared key", "{\"kty\":\"oct\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"}"),
                Arguments.of(
                        "an Edwards key of the curve that nobody uses",
                        "{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"" + Base64URL.encode(new byte[57]) + "\"}"),
                Arguments.of(
                        "a key for agreements",
                        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"),
                Arguments.of("an Edwards key that is too short", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQ\"}"),
                Arguments.of("an unknown kind of key", "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AQ\"}"),
                Arguments.of("a member without a kind", "{\"kid\":\"x\"}"),
                Arguments.of("an empty member", "{}"),
                Arguments.of("a kind that is a number", "{\"kty\":1}"),
                Arguments.of("a modulus that is a number", "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":1}"),
                Arguments.of("a member that is a string", "\"key\""),
                Arguments.of("a member that is null", "null"),
                Arguments.of("a member that is a list", "[]"));
    }

    @Test
    void keepsNothingOfAPrivateKeyButItsPublicHalf() throws Exception {
        List<KeySet.VerificationKey> keys =
                KeySet.parse("{\"keys\":[" + TestTokens.RSA.toJSONString() + "," + TestTokens.EC.toJSONString() + "]}");

        assertThat(keys).hasSize(2).noneMatch(key -> key.key() instanceof PrivateKey);
        assertThat(keys.get(0).key()).isEqualTo(TestTokens.RSA.toPublicKey());
        assertThat(keys.get(1).key()).isEqualTo(TestTokens.EC.toPublicKey());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "<html></html>",
                "{}",
                "{\"keys\":null}",
                "{\"keys\":{}}",
                "{\"keys\":\"x\"}",
                "{\"keys\":[",
                "{\"error\":\"x\"}"
            })
    void refusesWhatIsNoKeySet(String text) {
        assertThatExceptionOfType(ParseException.class).isThrownBy(() -> KeySet.parse(text));
    }

    @Test
    void readsAnEmptySet() throws ParseException {
        assertThat(KeySet.parse("{\"keys\":[]}")).isEmpty();
    }

    @Test
    void refusesMoreThan200Keys() throws ParseException {
        assertThat(KeySet.parse(copies(200))).hasSize(200);
        assertThatExceptionOfType(ParseException.class).isThrownBy(() -> KeySet.parse(copies(201)));
    }

    @ParameterizedTest(name = "alg={0} kid={1}: {2}")
    @CsvSource({
        "RS256, k1, k1",
        "PS256, k1, k1",
        "RS256, '', k1 k2",
        "PS256, '', k1",
        "ES256, e1, e1",
        "ES256, '', e1 e384",
        "ES256, k1, ''",
        "RS256, e1, ''",
        "PS256, k2, ''",
        "RS256, K1, ''",
        "RS256, other, ''"
    })
    void offersTheKeysThatCanHaveMadeASignature(String algorithm, String kid, String expected) throws Exception {
        KeySet set = new KeySet(
                List.of(
                        new KeySet.VerificationKey(
                                Optional.of("k1"), Optional.empty(), Optional.empty(), TestTokens.RSA.toPublicKey()),
                        new KeySet.VerificationKey(
                                Optional.of("k2"),
                                Optional.of(JWSAlgorithm.RS256),
                                Optional.empty(),
                                TestTokens.NEW_RSA.toPublicKey()),
                        new KeySet.VerificationKey(
                                Optional.of("e1"), Optional.empty(), Optional.empty(), TestTokens.EC.toPublicKey()),
                        curve384()),
                TestTokens.NOW,
                0);
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.parse(algorithm))
                .keyID(kid.isEmpty() ? null : kid)
                .build();

        assertThat(set.candidates(header).stream()
                        .map(key -> key.id().orElseThrow())
                        .collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    @Test
    void doesNotOfferAKeyWithoutANameToATokenThatNamesOne() throws JOSEException {
        KeySet set = new KeySet(
                List.of(new KeySet.VerificationKey(
                        Optional.empty(), Optional.empty(), Optional.empty(), TestTokens.RSA.toPublicKey())),
                TestTokens.NOW,
                0);

        assertThat(set.candidates(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build()))
                .isEmpty();
        assertThat(set.candidates(new JWSHeader(JWSAlgorithm.RS256))).hasSize(1);
    }

    private static KeySet.VerificationKey curve384() throws JOSEException {
        return new KeySet.VerificationKey(
                Optional.of("e384"),
                Optional.empty(),
                Optional.empty(),
                TestTokens.ec("e384", Curve.P_384).toPublicKey());
    }

    private static String copies(int count) {
        return Stream.generate(() -> GOOD).limit(count).collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }
}
