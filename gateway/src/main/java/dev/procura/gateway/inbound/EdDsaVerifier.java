package dev.procura.gateway.inbound;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies Ed25519 signatures (RFC 8037 section 3.1) with what the JDK has; Nimbus would want a second cryptography library
 * for it.
 */
final class EdDsaVerifier implements JWSVerifier {

    private static final int KEY_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    /** 2^255 - 19, of the field. */
    private static final BigInteger PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    private static final BigInteger ORDER_8 =
            new BigInteger("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16);

    /** The y of the eight points of order 1, 2, 4 and 8. */
    private static final Set<BigInteger> LOW_ORDER =
            Set.of(BigInteger.ZERO, BigInteger.ONE, PRIME.subtract(BigInteger.ONE), ORDER_8, PRIME.subtract(ORDER_8));

    private final PublicKey key;
    private final JCAContext context = new JCAContext();

    EdDsaVerifier(PublicKey key) {
        this.key = key;
    }

    /** The key of an Ed25519 pair (RFC 8037 section 2); empty for every other curve. */
    static Optional<PublicKey> publicKey(OctetKeyPair pair) throws JOSEException {
        byte[] x = pair.getX().decode();
        if (!Curve.Ed25519.equals(pair.getCurve()) || x.length != KEY_BYTES) {
            return Optional.empty();
        }
        // RFC 8032 section 5.1.2: y in little endian, and the lowest bit of x in the place of its highest.
        boolean xOdd = (x[KEY_BYTES - 1] & 0x80) != 0;
        byte[] y = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            y[i] = x[KEY_BYTES - 1 - i];
        }
        y[0] &= 0x7f;
        if (LOW_ORDER.contains(new BigInteger(1, y).mod(PRIME))) {
            // Anybody can sign for such a key.
            return Optional.empty();
        }
        try {
            return Optional.of(KeyFactory.getInstance("Ed25519")
                    .generatePublic(new EdECPublicKeySpec(
                            NamedParameterSpec.ED25519, new EdECPoint(xOdd, new BigInteger(1, y)))));
        } catch (GeneralSecurityException e) {
            throw new JOSEException("no Ed25519 key", e);
        }
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature) throws JOSEException {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(signingInput);
            byte[] bytes = signature.decode();
            // The JDK takes a zero byte more at the end for the same signature; that would be two spellings of one
            // token.
            return bytes.length == SIGNATURE_BYTES && verifier.verify(bytes);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
        return Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);
    }

    @Override
    public JCAContext getJCAContext() {
        return context;
    }
}
