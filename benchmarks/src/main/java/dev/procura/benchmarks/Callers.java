package dev.procura.benchmarks;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.UUID;

/** The users whose tokens the load brings: RS256, 2,048 bits, about as many claims as a real server writes. */
final class Callers {

    private static final Duration LIFE = Duration.ofHours(4);

    private final RSAKey key;
    private final String issuer;
    private int last;

    Callers(String issuer) throws JOSEException {
        this.issuer = issuer;
        this.key = new RSAKeyGenerator(2048)
                .keyID("callers")
                .algorithm(JWSAlgorithm.RS256)
                .generate();
    }

    RSAKey publicKey() {
        return key.toPublicJWK();
    }

    /** For HAProxy. */
    String publicPem() throws JOSEException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(key.toRSAPublicKey().getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + lines + "\n-----END PUBLIC KEY-----\n";
    }

    /** One token each of users whom nobody has seen. */
    List<String> newcomers(int count) throws JOSEException {
        RSASSASigner signer = new RSASSASigner(key);
        List<String> tokens = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tokens.add(token(signer, ++last));
        }
        return tokens;
    }

    private String token(RSASSASigner signer, int number) throws JOSEException {
        Instant now = Instant.now();
        String subject = UUID.nameUUIDFromBytes(("user " + number).getBytes(StandardCharsets.UTF_8))
                .toString();
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .subject(subject)
                        .audience("gateway")
                        .expirationTime(Date.from(now.plus(LIFE)))
                        .issueTime(Date.from(now))
                        .notBeforeTime(Date.from(now))
                        .jwtID(UUID.randomUUID().toString())
                        .claim("azp", "web-app")
                        .claim("client_id", "web-app")
                        .claim("sid", UUID.randomUUID().toString())
                        .claim("auth_time", now.getEpochSecond())
                        .claim("acr", "1")
                        .claim("scope", "openid profile email orders:read orders:write")
                        .claim("name", "User Number " + number)
                        .claim("preferred_username", "user" + number)
                        .claim("email", "user" + number + "@example.com")
                        .claim("email_verified", true)
                        .build());
        jwt.sign(signer);
        return jwt.serialize();
    }
}
