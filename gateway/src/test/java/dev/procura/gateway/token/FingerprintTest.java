package dev.procura.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** A fingerprint is the SHA-256 of a text, and shows too little of it to be of use. */
final class FingerprintTest {

    /** FIPS 180-2 appendix B.1. */
    private static final String SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void isTheSha256OfTheText() {
        Fingerprint fingerprint = Fingerprint.of("abc");

        assertThat(HexFormat.of().formatHex(fingerprint.bytes())).isEqualTo(SHA256_OF_ABC);
        assertThat(fingerprint).isEqualTo(Fingerprint.of("abc".getBytes(StandardCharsets.US_ASCII)));
        assertThat(fingerprint).isNotEqualTo(Fingerprint.of("abd"));
    }

    @Test
    void hasTheFormOfTheAthClaim() {
        assertThat(Fingerprint.of("abc").base64Url()).isEqualTo("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }

    @Test
    void printsItsFirst48BitsWithLeadingZeros() {
        assertThat(Fingerprint.of("abc")).hasToString("sha256:ba7816bf8f01");
        assertThat(new Fingerprint(0x0000_0000_0abc_0000L, 1, 2, 3)).hasToString("sha256:000000000abc");
    }

    @Test
    void differsWhenAnyOfItsWordsDiffers() {
        Fingerprint fingerprint = new Fingerprint(1, 2, 3, 4);

        assertThat(fingerprint)
                .isEqualTo(new Fingerprint(1, 2, 3, 4))
                .hasSameHashCodeAs(new Fingerprint(1, 2, 3, 4))
                .isNotEqualTo(new Fingerprint(0, 2, 3, 4))
                .isNotEqualTo(new Fingerprint(1, 0, 3, 4))
                .isNotEqualTo(new Fingerprint(1, 2, 0, 4))
                .isNotEqualTo(new Fingerprint(1, 2, 3, 0));
    }
}
