package dev.procura.gateway.inbound;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jwt.SignedJWT;
import java.security.PublicKey;

/** Whether a key made a signature (RFC 7515 section 5.2). Which keys and algorithms count has been decided before. */
final class Signatures {

    private static final DefaultJWSVerifierFactory VERIFIERS = new DefaultJWSVerifierFactory();

    private Signatures() {}

    static boolean isSignedBy(SignedJWT jwt, PublicKey key) {
        try {
            JWSVerifier verifier =
                    JWSAlgorithm.Family.ED.contains(jwt.getHeader().getAlgorithm())
                            ? new EdDsaVerifier(key)
                            : VERIFIERS.createJWSVerifier(jwt.getHeader(), key);
            return jwt.verify(verifier);
        } catch (JOSEException | IllegalStateException e) {
            // This key cannot have made this signature; another one may.
            return false;
        }
    }
}
