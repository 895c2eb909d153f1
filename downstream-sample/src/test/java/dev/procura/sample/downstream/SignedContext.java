package dev.procura.sample.downstream;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A mother of user contexts: right in every respect until a test says otherwise. */
record SignedContext(ECKey key, String type, JWTClaimsSet claims) {

    static final String ISSUER = "http://127.0.0.1:8080";
    static final String AUDIENCE = "reports-api";

    static ECKey newKey(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Alice's, for the reports tier, beside {@code credential}. */
    static SignedContext of(ECKey key, String credential, Instant now) {
        return new SignedContext(
                key,
                UserContextVerifier.TYPE,
                new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .audience(AUDIENCE)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plusSeconds(60)))
                        .jwtID(UUID.randomUUID().toString())
                        .claim("ath", hash(credential))
                        .claim(
                                "caller",
                                Map.of(
                                        "iss", "http://127.0.0.1:9000",
                                        "identity", Map.of("sub", "alice"),
                                        "client_id", "native-app",
                                        "kind", "user"))
                        .claim("scope", "orders.read reports.read")
                        .build());
    }

    SignedContext with(UnaryOperator<JWTClaimsSet.Builder> change) {
        return new SignedContext(
                key, type, change.apply(new JWTClaimsSet.Builder(claims)).build());
    }

    SignedContext signedBy(ECKey other) {
        return new SignedContext(other, type, claims);
    }

    SignedContext typed(String other) {
        return new SignedContext(key, other, claims);
    }

    String serialize() {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID(key.getKeyID())
                            .type(new JOSEObjectType(type))
                            .build(),
                    claims);
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    String unsigned() {
        return new PlainJWT(claims).serialize();
    }

    private static String hash(String credential) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(credential.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
