package dev.procura.gateway.e2e.callers;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A key of a test issuer: what signs, and what is published of it.
 *
 * @param member of the key set; empty for a key that two parties share
 */
public record SigningKey(String kid, String algorithm, Map<String, Object> member, Signer signer) {

    @FunctionalInterface
    public interface Signer {
        Base64URL sign(byte[] input) throws JOSEException, GeneralSecurityException;
    }

    public static SigningKey rsa(String kid) {
        return rsa(kid, "RS256");
    }

    public static SigningKey rsa(String kid, String algorithm) {
        try {
            RSAKey key = new RSAKeyGenerator(2048).keyID(kid).generate();
            return of(kid, algorithm, key.toPublicJWK().toJSONObject(), new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public static SigningKey ec(String kid, Curve curve, String algorithm) {
        try {
            ECKey key = new ECKeyGenerator(curve).keyID(kid).generate();
            return of(kid, algorithm, key.toPublicJWK().toJSONObject(), new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** RFC 8037; with what the JDK has. */
    public static SigningKey ed25519(String kid) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            Base64URL x = Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
            return new SigningKey(
                    kid, "EdDSA", Map.of("kty", "OKP", "crv", "Ed25519", "kid", kid, "x", x.toString()), input -> {
                        Signature signature = Signature.getInstance("Ed25519");
                        signature.initSign(pair.getPrivate());
                        signature.update(input);
                        return Base64URL.encode(signature.sign());
                    });
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As Keycloak signs its refresh tokens. */
    public static SigningKey hs512(String kid) {
        try {
            return of(kid, "HS512", Map.of(), new MACSigner("0123456789abcdef".repeat(4)));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SigningKey of(String kid, String algorithm, Map<String, Object> member, JWSSigner signer) {
        JWSHeader header = new JWSHeader(JWSAlgorithm.parse(algorithm));
        return new SigningKey(kid, algorithm, member, input -> signer.sign(header, input));
    }

    /** The same key under another name. */
    public SigningKey called(String other) {
        return new SigningKey(other, algorithm, withMember("kid", other), signer);
    }

    /** With a member that says whose tokens it signs, as in Entra's key sets. */
    public SigningKey signingFor(String issuer) {
        return new SigningKey(kid, algorithm, withMember("issuer", issuer), signer);
    }

    private Map<String, Object> withMember(String name, String value) {
        Map<String, Object> more = new LinkedHashMap<>(member);
        more.put(name, value);
        return more;
    }

    Base64URL sign(byte[] input) {
        try {
            return signer.sign(input);
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
