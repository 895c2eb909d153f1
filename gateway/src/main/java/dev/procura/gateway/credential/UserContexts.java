package dev.procura.gateway.credential;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Fingerprint;
import dev.procura.gateway.token.TokenValue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Signs for whom a call is made, for tiers that trust the gateway (the trusted subsystem). A statement lives at most {@link
 * #LIFE}, never past the caller's token or the credential beside it, names the tier as its audience, and holds the digest
 * of that credential ({@code ath}, as in RFC 9449 section 4.2), so that it cannot be moved to another call. The same caller
 * and credential get the same statement until half of its life is over.
 *
 * <p>Not checked here: the caller, who comes with a permit.
 */
public final class UserContexts {

    /** The header that carries the statement. */
    public static final String HEADER = "Procura-User-Context";

    /** Its own type, so that it can never pass for an access token (RFC 8725 section 3.11). */
    public static final String TYPE = "procura-user-context+jwt";

    public static final Duration LIFE = Duration.ofSeconds(60);

    private final String issuer;
    private final List<ECKey> keys;
    private final Clock clock;
    private final Cache<Key, Statement> statements;

    private record Key(Fingerprint caller, Fingerprint credential, String audience) {}

    private record Statement(TokenValue value, Instant freshUntil) {}

    /**
     * @param issuer the gateway's public address
     * @param keys P-256 key pairs with a {@code kid}; the first one signs
     */
    public UserContexts(String issuer, List<ECKey> keys, CacheBounds bounds, Clock clock) {
        if (keys.isEmpty() || !keys.stream().allMatch(key -> key.isPrivate() && Curve.P_256.equals(key.getCurve()))) {
            throw new IllegalArgumentException("user contexts are signed with P-256 key pairs");
        }
        this.issuer = issuer;
        this.keys = List.copyOf(keys);
        this.clock = clock;
        this.statements = Caffeine.newBuilder()
                .maximumWeight(bounds.maxBytes())
                .weigher((Key key, Statement statement) ->
                        bounds.weigh(300L + statement.value().length()))
                .build();
    }

    /** @param audience the tier's own audience */
    public TokenValue statement(Caller.Known caller, AccessToken credential, String audience) {
        Key key = new Key(caller.token().fingerprint(), credential.value().fingerprint(), audience);
        Instant now = clock.instant();
        Statement known = statements.getIfPresent(key);
        if (known != null && now.isBefore(known.freshUntil())) {
            return known.value();
        }
        Statement fresh = sign(caller, credential, audience, now);
        statements.put(key, fresh);
        return fresh.value();
    }

    /** Every public key, for {@code /.well-known/jwks.json}: the signing one, and those that may have signed before. */
    public JWKSet publicKeys() {
        return new JWKSet(List.<JWK>copyOf(keys)).toPublicJWKSet();
    }

    private Statement sign(Caller.Known caller, AccessToken credential, String audience, Instant now) {
        Instant end = earliest(
                now.plus(LIFE), caller.expiresAt(), credential.expiresAt().orElse(Instant.MAX));
        if (!end.isAfter(now)) {
            // Let in by the clock skew of the issuer: nothing true could be said of this caller.
            throw ProblemException.of(
                    Problem.TOKEN_EXPIRED,
                    "the caller's token ended before a user context could be signed (credential.user-context)");
        }
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience(audience)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(end))
                .jwtID(UUID.randomUUID().toString())
                .claim("ath", credential.value().fingerprint().base64Url())
                .claim("caller", describe(caller))
                .claim("scope", caller.scopes().toString())
                .build();
        ECKey key = keys.get(0);
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(new JOSEObjectType(TYPE))
                        .keyID(key.getKeyID())
                        .build(),
                claims);
        try {
            jwt.sign(new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("a checked P-256 key signs", e);
        }
        return new Statement(
                TokenValue.of(jwt.serialize()),
                now.plus(Duration.between(now, end).dividedBy(2)));
    }

    private static Map<String, Object> describe(Caller.Known caller) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("iss", caller.identity().issuer());
        caller.identity().tenant().ifPresent(tenant -> description.put("tenant", tenant));
        description.put("identity", caller.identity().values());
        caller.clientId().ifPresent(client -> description.put("client_id", client));
        description.put("kind", caller.kind().name().toLowerCase(Locale.ROOT));
        return description;
    }

    private static Instant earliest(Instant first, Instant second, Instant third) {
        Instant earlier = first.isBefore(second) ? first : second;
        return earlier.isBefore(third) ? earlier : third;
    }
}
