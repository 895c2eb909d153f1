package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.text.ParseException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ed25519 signatures, with the example of RFC 8037 appendix A. */
final class EdDsaVerifierTest {

    private static final String X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    private static final String HEADER = "eyJhbGciOiJFZERTQSJ9";
    private static final String PAYLOAD = "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    private static final String SIGNATURE =
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    @Test
    void verifiesTheExampleOfTheStandard() throws Exception {
        assertThat(verify(X, PAYLOAD, SIGNATURE)).isTrue();
    }

    @Test
    void seesEveryChangedBitOfASignature() throws Exception {
        byte[] good = new Base64URL(SIGNATURE).decode();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] changed = good.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(verify(X, PAYLOAD, Base64URL.encode(changed).toString()))
                    .as("bit %s", bit)
                    .isFalse();
        }
    }

    @Test
    void seesAChangedTextAndAnotherKey() throws Exception {
        assertThat(verify(X, PAYLOAD + "A", SIGNATURE)).isFalse();
        assertThat(new EdDsaVerifier(KeyPairGenerator.getInstance("Ed25519")
                                .generateKeyPair()
                                .getPublic())
                        .verify(header(), input(PAYLOAD), new Base64URL(SIGNATURE)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32, 63, 65, 128})
    void takesNoSignatureOfAnotherLength(int length) throws Exception {
        byte[] bytes = Arrays.copyOf(new Base64URL(SIGNATURE).decode(), length);

        assertThat(verify(X, PAYLOAD, Base64URL.encode(bytes).toString())).isFalse();
    }

    /** RFC 8032 section 5.1.7: the second half is a number below the order of the group. */
    @Test
    void takesNoSecondSpellingOfASignature() throws Exception {
        byte[] signature = new Base64URL(SIGNATURE).decode();
        byte[] order = Base64URL.encode(
                        new BigInteger("7237005577332262213973186563042994240857116359379907606001950938285454250989")
                                .toByteArray())
                .decode();
        int carry = 0;
        for (int i = 0; i < 32; i++) {
            int sum = (signature[32 + i] & 0xff) + (i < order.length ? order[order.length - 1 - i] & 0xff : 0) + carry;
            signature[32 + i] = (byte) sum;
            carry = sum >> 8;
        }

        assertThat(verify(X, PAYLOAD, Base64URL.encode(signature).toString())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 33, 57})
    void readsNoKeyOfAnotherLength(int length) throws Exception {
        assertThat(EdDsaVerifier.publicKey(key("Ed25519", Base64URL.encode(new byte[length]))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed448", "X25519", "X448"})
    void readsNoKeyOfAnotherCurve(String curve) throws Exception {
        assertThat(EdDsaVerifier.publicKey(key(curve, new Base64URL(X)))).isEmpty();
    }

    /**
     * The points of order 1, 2, 4 and 8, as keys are written: y in little endian, and the numbers at and above the prime
     * that stand for 0 and 1 too. Anybody can sign for such a key.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            })
    void leavesOutThePointsOfLowOrderOnBothSides(String hex) throws Exception {
        byte[] y = HexFormat.of().parseHex(hex);
        assertThat(EdDsaVerifier.publicKey(key("Ed25519", Base64URL.encode(y)))).isEmpty();

        y[31] |= (byte) 0x80;
        assertThat(EdDsaVerifier.publicKey(key("Ed25519", Base64URL.encode(y)))).isEmpty();
    }

    @Test
    void leavesAKeyOfLowOrderOutOfItsSetAndKeepsTheOthers() throws Exception {
        String lowOrder = Base64URL.encode(new byte[32]).toString();
        String member = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"%s\",\"x\":\"%s\"}";

        assertThat(KeySet.parse(
                        "{\"keys\":[" + member.formatted("low", lowOrder) + "," + member.formatted("k", X) + "]}"))
                .singleElement()
                .satisfies(key -> assertThat(key.id()).contains("k"));
    }

    /** Half of all keys have the bit that says on which side of the curve they are. */
    @Test
    void readsTheKeysThatTheJdkMakes() throws Exception {
        for (int i = 0; i < 32; i++) {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            Base64URL x = Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
            PublicKey read = EdDsaVerifier.publicKey(key("Ed25519", x)).orElseThrow();
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(pair.getPrivate());
            signer.update(input(PAYLOAD));

            assertThat(read).isEqualTo(pair.getPublic());
            assertThat(new EdDsaVerifier(read).verify(header(), input(PAYLOAD), Base64URL.encode(signer.sign())))
                    .isTrue();
        }
    }

    @Test
    void isFoundInAKeySetUnderBothNamesOfTheAlgorithm() throws Exception {
        for (String named : List.of("", ",\"alg\":\"EdDSA\"", ",\"alg\":\"Ed25519\"")) {
            KeySet set = new KeySet(
                    KeySet.parse("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + X + "\"" + named + "}]}"),
                    TestTokens.NOW,
                    0);
            for (String algorithm : List.of("EdDSA", "Ed25519")) {
                assertThat(set.candidates(JWSHeader.parse("{\"alg\":\"" + algorithm + "\"}")))
                        .as("%s for %s", named, algorithm)
                        .hasSize(1);
            }
            assertThat(set.candidates(JWSHeader.parse("{\"alg\":\"RS256\"}"))).isEmpty();
            assertThat(set.candidates(JWSHeader.parse("{\"alg\":\"ES256\"}"))).isEmpty();
        }
    }

    private static boolean verify(String x, String payload, String signature) throws Exception {
        PublicKey key =
                EdDsaVerifier.publicKey(key("Ed25519", new Base64URL(x))).orElseThrow();
        return new EdDsaVerifier(key).verify(header(), input(payload), new Base64URL(signature));
    }

    private static JWSHeader header() throws ParseException {
        return JWSHeader.parse(new Base64URL(HEADER));
    }

    private static byte[] input(String payload) {
        return (HEADER + "." + payload).getBytes(StandardCharsets.US_ASCII);
    }

    private static OctetKeyPair key(String curve, Base64URL x) {
        return new OctetKeyPair.Builder(Curve.parse(curve), x).build();
    }
}
