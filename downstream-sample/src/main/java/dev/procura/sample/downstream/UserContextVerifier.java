package dev.procura.sample.downstream;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.sample.downstream.UserContextRefused.Check;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Believes a user context only when the gateway signed it with one of its published keys, for this tier, less than a
 * minute ago, and for the very access token it stands beside.
 *
 * <p>Not checked: whether the same statement was seen before ({@code jti}). It is worth nothing without the access token
 * that it names, and whoever has both could repeat the whole request anyway.
 */
final class UserContextVerifier implements UserContexts {

    static final String TYPE = "procura-user-context+jwt";

    private static final Duration MAX_LIFE = Duration.ofSeconds(60);
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(5);
    private static final Set<String> KINDS = Set.of("user", "app", "unknown");

    private final String issuer;
    private final String audience;
    private final JWKSource<SecurityContext> keys;
    private final boolean required;
    private final Clock clock;

    UserContextVerifier(
            String issuer, String audience, JWKSource<SecurityContext> keys, boolean required, Clock clock) {
        this.issuer = issuer;
        this.audience = audience;
        this.keys = keys;
        this.required = required;
        this.clock = clock;
    }

    @Override
    public Optional<UserContext> read(List<String> values, String credential) {
        if (values.isEmpty()) {
            check(!required, Check.MISSING);
            return Optional.empty();
        }
        check(values.size() == 1, Check.MALFORMED);
        SignedJWT jwt = parse(values.get(0));
        verifySignature(jwt);
        return Optional.of(verifyClaims(jwt, credential));
    }

    private static SignedJWT parse(String value) {
        try {
            JWT jwt = JWTParser.parse(value);
            check(!(jwt instanceof PlainJWT), Check.ALG);
            if (jwt instanceof SignedJWT signed) {
                return signed;
            }
            throw new UserContextRefused(Check.MALFORMED);
        } catch (ParseException | IllegalArgumentException e) {
            throw new UserContextRefused(Check.MALFORMED, e);
        }
    }

    private void verifySignature(SignedJWT jwt) {
        JWSHeader header = jwt.getHeader();
        check(header.getType() != null && TYPE.equalsIgnoreCase(header.getType().getType()), Check.TYP);
        check(JWSAlgorithm.ES256.equals(header.getAlgorithm()), Check.ALG);
        try {
            // Nimbus answers false for a crit header that it was not told to understand.
            check(jwt.verify(new ECDSAVerifier(key(header).toECKey())), Check.SIGNATURE);
        } catch (KeySourceException e) {
            throw new UserContextRefused(Check.KEY, e);
        } catch (JOSEException e) {
            throw new UserContextRefused(Check.SIGNATURE, e);
        }
    }

    /** The header only names the key; where keys come from is this tier's configuration. */
    private JWK key(JWSHeader header) throws KeySourceException {
        check(header.getKeyID() != null, Check.KEY);
        List<JWK> known = keys.get(new JWKSelector(JWKMatcher.forJWSHeader(header)), null);
        check(!known.isEmpty(), Check.KEY);
        return known.get(0);
    }

    private UserContext verifyClaims(SignedJWT jwt, String credential) {
        try {
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            check(issuer.equals(claims.getIssuer()), Check.ISS);
            check(claims.getAudience().contains(audience), Check.AUD);
            check(isCurrent(claims.getExpirationTime()), Check.EXP);
            check(hash(credential).equals(claims.getStringClaim("ath")), Check.ATH);
            return new UserContext(
                    issuer, caller(claims.getJSONObjectClaim("caller")), Claims.list(claims.getClaim("scope")));
        } catch (ParseException e) {
            throw new UserContextRefused(Check.MALFORMED, e);
        }
    }

    private boolean isCurrent(@Nullable Date expiry) {
        if (expiry == null) {
            return false;
        }
        Instant now = clock.instant();
        return now.isBefore(expiry.toInstant().plus(CLOCK_SKEW))
                && !expiry.toInstant().isAfter(now.plus(MAX_LIFE).plus(CLOCK_SKEW));
    }

    private static Map<String, Object> caller(@Nullable Map<String, Object> caller) {
        if (caller == null
                || !(caller.get("iss") instanceof String)
                || !(caller.get("identity") instanceof Map<?, ?> identity)
                || identity.isEmpty()
                || !(caller.get("kind") instanceof String kind)
                || !KINDS.contains(kind)) {
            throw new UserContextRefused(Check.CALLER);
        }
        return caller;
    }

    private static void check(boolean holds, Check check) {
        if (!holds) {
            throw new UserContextRefused(check);
        }
    }

    /** RFC 9449 section 4.2 defines {@code ath}. */
    private static String hash(String credential) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(credential.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
