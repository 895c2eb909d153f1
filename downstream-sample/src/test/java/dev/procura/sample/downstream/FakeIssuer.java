package dev.procura.sample.downstream;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.function.UnaryOperator;

/** An issuer with discovery, keys and a token endpoint that gives out {@link #OWN_TOKEN}. */
final class FakeIssuer implements AutoCloseable {

    static final String OWN_TOKEN = "own.token.value";

    private final FakeServer server = new FakeServer();
    private final RSAKey key;

    FakeIssuer() throws JOSEException {
        key = new RSAKeyGenerator(2048).keyID("issuer-1").generate();
        server.answer("/.well-known/openid-configuration", 200, """
                        {"issuer": "%s", "jwks_uri": "%s"}""".formatted(url(), server.at("/keys")))
                .answer("/keys", 200, new JWKSet(key.toPublicJWK()).toString())
                .answer("/token", 200, """
                        {"access_token": "%s", "token_type": "Bearer", "expires_in": 300}""".formatted(OWN_TOKEN));
    }

    String url() {
        return server.url();
    }

    FakeServer server() {
        return server;
    }

    /** A good token for the orders tier, as the gateway gets it for alice. */
    String token() {
        return token(claims -> claims);
    }

    String token(UnaryOperator<JWTClaimsSet.Builder> change) {
        return token("at+jwt", change);
    }

    String token(String type, UnaryOperator<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(url())
                .subject("alice")
                .audience("orders-api")
                .issueTime(Date.from(Instant.now()))
                .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                .claim("client_id", "gateway")
                .claim("scope", "orders.read reports.read")
                .claim("act", Map.of("sub", "gateway", "act", Map.of("sub", "native-app")));
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .type(new JOSEObjectType(type))
                            .build(),
                    change.apply(claims).build());
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
