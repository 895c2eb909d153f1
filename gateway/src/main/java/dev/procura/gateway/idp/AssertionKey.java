package dev.procura.gateway.idp;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;

/** A key that signs client assertions, with the header that goes with it. The key and the algorithm fit. */
final class AssertionKey {

    private static final int FEWEST_RSA_BITS = 2048;

    private final JWSSigner signer;
    private final JWSHeader header;

    private AssertionKey(JWSSigner signer, JWSHeader header) {
        this.signer = signer;
        this.header = header;
    }

    /** What the configuration says of the header; what it does not say is the server's default. */
    record Options(
            Optional<String> keyId,
            Optional<AssertionAlgorithm> algorithm,
            Optional<AssertionThumbprint> thumbprint,
            AssertionDefaults defaults) {}

    /** @throws GeneralSecurityException when the key cannot sign so; its message holds nothing secret */
    static AssertionKey of(ClientKey key, Options options) throws GeneralSecurityException {
        PublicKey publicKey = key.certificate().getPublicKey();
        AssertionAlgorithm natural = naturalAlgorithm(publicKey, options.defaults());
        AssertionAlgorithm algorithm = options.algorithm().orElse(natural);
        if ((algorithm == AssertionAlgorithm.ES256) != (natural == AssertionAlgorithm.ES256)) {
            throw new GeneralSecurityException("its key cannot sign " + algorithm);
        }
        AssertionThumbprint thumbprint =
                options.thumbprint().orElseGet(() -> options.defaults().thumbprintWith(algorithm));
        try {
            return new AssertionKey(
                    signer(key.privateKey(), algorithm), header(key.certificate(), algorithm, thumbprint, options));
        } catch (JOSEException e) {
            throw new GeneralSecurityException("its key cannot sign " + algorithm, e);
        }
    }

    private static AssertionAlgorithm naturalAlgorithm(PublicKey key, AssertionDefaults defaults)
            throws GeneralSecurityException {
        if (key instanceof RSAPublicKey rsa) {
            if (rsa.getModulus().bitLength() < FEWEST_RSA_BITS) {
                throw new GeneralSecurityException("its RSA key is shorter than " + FEWEST_RSA_BITS + " bits");
            }
            return defaults.withRsa();
        }
        if (key instanceof ECPublicKey ec && Curve.P_256.equals(Curve.forECParameterSpec(ec.getParams()))) {
            return AssertionAlgorithm.ES256;
        }
        throw new GeneralSecurityException("its key is neither RSA nor P-256");
    }

    private static JWSSigner signer(PrivateKey key, AssertionAlgorithm algorithm) throws JOSEException {
        return algorithm == AssertionAlgorithm.ES256 ? new ECDSASigner(key, Curve.P_256) : new RSASSASigner(key);
    }

    // SHA-1 is what some servers look the certificate up by; nothing is proved with it.
    @SuppressWarnings("deprecation")
    private static JWSHeader header(
            X509Certificate certificate, AssertionAlgorithm algorithm, AssertionThumbprint thumbprint, Options options)
            throws GeneralSecurityException {
        JWSHeader.Builder header = new JWSHeader.Builder(algorithm.jws()).type(JOSEObjectType.JWT);
        options.keyId().ifPresent(header::keyID);
        if (thumbprint == AssertionThumbprint.X5T) {
            header.x509CertThumbprint(digest("SHA-1", certificate));
        } else if (thumbprint == AssertionThumbprint.X5T_S256) {
            header.x509CertSHA256Thumbprint(digest("SHA-256", certificate));
        }
        return header.build();
    }

    private static Base64URL digest(String algorithm, X509Certificate certificate) throws GeneralSecurityException {
        return Base64URL.encode(MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
    }

    String sign(JWTClaimsSet claims) {
        SignedJWT jwt = new SignedJWT(header, claims);
        try {
            jwt.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("the key of the client cannot sign", e);
        }
        return jwt.serialize();
    }

    @Override
    public String toString() {
        return "AssertionKey[" + header.getAlgorithm() + "]";
    }
}
