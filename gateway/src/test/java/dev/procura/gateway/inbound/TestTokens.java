package dev.procura.gateway.inbound;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.token.TokenValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A token, of which a test says only what differs from alice's: header and claims are written as they are given, however
 * wrong, and signed all the same. Immutable.
 */
record TestTokens(Map<String, Object> header, Map<String, Object> claims, JWK key) {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final String ISSUER = "https://id.example.com/realms/corp";

    static final RSAKey RSA = rsa("k1");
    static final RSAKey OTHER_RSA = rsa("k1");
    static final RSAKey NEW_RSA = rsa("k2");
    static final ECKey EC = ec("e1", Curve.P_256);

    /** Alice's token for the gateway, through the native app; it ends in an hour. */
    static TestTokens ofAlice() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("sub", "alice");
        claims.put("aud", List.of("gateway"));
        claims.put("client_id", "native-app");
        claims.put("scope", "orders.read profile");
        claims.put("roles", List.of("clerk"));
        claims.put("iat", NOW.getEpochSecond());
        claims.put("exp", NOW.plusSeconds(3600).getEpochSecond());
        return new TestTokens(Map.of("alg", "RS256", "typ", "at+jwt", "kid", "k1"), claims, RSA);
    }

    TestTokens header(String name, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(header);
        changed.put(name, value);
        return new TestTokens(changed, claims, key);
    }

    TestTokens withoutHeader(String name) {
        Map<String, Object> changed = new LinkedHashMap<>(header);
        changed.remove(name);
        return new TestTokens(changed, claims, key);
    }

    TestTokens claim(String name, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(claims);
        changed.put(name, value);
        return new TestTokens(header, changed, key);
    }

    TestTokens without(String claim) {
        Map<String, Object> changed = new LinkedHashMap<>(claims);
        changed.remove(claim);
        return new TestTokens(header, changed, key);
    }

    /** The same claims, with the {@code kid} and the usual algorithm of another key. */
    TestTokens signedBy(JWK other) {
        String algorithm = other instanceof ECKey ? "ES256" : "RS256";
        return new TestTokens(header, claims, other)
                .header("kid", other.getKeyID())
                .header("alg", algorithm);
    }

    TokenValue value() {
        return TokenValue.of(text());
    }

    String text() {
        return signed(JSONObjectUtils.toJSONString(claims));
    }

    /** With a payload of any kind instead of the claims. */
    String signed(String payload) {
        String input = Base64URL.encode(JSONObjectUtils.toJSONString(header)) + "." + Base64URL.encode(payload);
        JWSAlgorithm algorithm = JWSAlgorithm.parse(String.valueOf(header.get("alg")));
        return input + "." + sign(algorithm, input.getBytes(StandardCharsets.US_ASCII));
    }

    private Base64URL sign(JWSAlgorithm algorithm, byte[] input) {
        try {
            return signer(algorithm).sign(new JWSHeader(algorithm), input);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private JWSSigner signer(JWSAlgorithm algorithm) throws JOSEException {
        if (JWSAlgorithm.Family.HMAC_SHA.contains(algorithm)) {
            return new MACSigner(key.toRSAKey().toPublicKey().getEncoded());
        }
        return key instanceof ECKey ec ? new ECDSASigner(ec) : new RSASSASigner(key.toRSAKey());
    }

    static RSAKey rsa(String kid) {
        try {
            return new RSAKeyGenerator(2048).keyID(kid).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static ECKey ec(String kid, Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID(kid).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The public halves, as a server publishes them. */
    static String keySet(JWK... keys) {
        return new JWKSet(Arrays.asList(keys)).toString(true);
    }
}
