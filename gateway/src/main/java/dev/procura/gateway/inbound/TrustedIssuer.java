package dev.procura.gateway.inbound;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.TokenValue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * One issuer, its rules and its keys. Keys are never looked for anywhere else: whatever a token says in {@code jku},
 * {@code x5u}, {@code jwk} or {@code x5c} (RFC 7515 section 4.1), a token that says it is refused.
 */
final class TrustedIssuer {

    private static final DefaultJWSVerifierFactory VERIFIERS = new DefaultJWSVerifierFactory();

    /**
     * @param tokenTypes lower case
     * @param issuer the exact {@code iss}
     */
    record Rules(
            String name,
            String issuer,
            Profile profile,
            Set<String> audiences,
            Set<JWSAlgorithm> algorithms,
            Set<String> tokenTypes,
            List<String> identity,
            Duration clockSkew) {}

    private final Rules rules;
    private final SigningKeys keys;
    private final Clock clock;

    TrustedIssuer(Rules rules, SigningKeys keys, Clock clock) {
        this.rules = rules;
        this.keys = keys;
        this.clock = clock;
    }

    Rules rules() {
        return rules;
    }

    SigningKeys keys() {
        return keys;
    }

    /** A caller, and the count of withdrawals under which the signature was found good. */
    record Verified(Caller.Known caller, long withdrawals) {}

    /** Validates everything that does not depend on the route. The claims are those of {@code jwt}, not verified yet. */
    Mono<Verified> verify(TokenValue token, SignedJWT jwt, Claims claims) {
        return Mono.defer(() -> {
            checkHeader(jwt.getHeader());
            return keys.forSignature(jwt.getHeader()).map(keySet -> {
                checkSignature(jwt, keySet);
                return new Verified(caller(token, claims), keySet.withdrawals());
            });
        });
    }

    /** Whether a token that was valid a moment ago has not ended since. */
    boolean isInTime(Caller.Known caller) {
        return clock.instant().isBefore(caller.expiresAt().plus(rules.clockSkew()));
    }

    private void checkHeader(JWSHeader header) {
        if (!rules.algorithms().contains(header.getAlgorithm())) {
            throw refused(Problem.ALGORITHM_REFUSED, "alg is not one of algorithms " + rules.algorithms());
        }
        JOSEObjectType type = header.getType();
        if (!rules.tokenTypes().contains(type == null ? "jwt" : normalized(type.getType()))) {
            throw refused(Problem.TOKEN_TYPE_REFUSED, "typ is not one of token-types " + rules.tokenTypes());
        }
        if (header.getJWKURL() != null
                || header.getX509CertURL() != null
                || header.getJWK() != null
                || header.getX509CertChain() != null
                || header.getCriticalParams() != null
                || !header.isBase64URLEncodePayload()) {
            throw refused(Problem.TOKEN_MALFORMED, "the header brings its own key, or asks for an extension (crit)");
        }
    }

    /** {@code application/at+jwt} and {@code at+jwt} are the same type (RFC 9068 section 2.1). */
    private static String normalized(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
    }

    private void checkSignature(SignedJWT jwt, KeySet keySet) {
        for (KeySet.VerificationKey key : keySet.candidates(jwt.getHeader())) {
            try {
                JWSVerifier verifier = VERIFIERS.createJWSVerifier(jwt.getHeader(), key.key());
                if (jwt.verify(verifier)) {
                    return;
                }
            } catch (JOSEException | IllegalStateException e) {
                // This key cannot have made this signature; another one may.
            }
        }
        throw refused(Problem.SIGNATURE_INVALID, "no key of the issuer made this signature");
    }

    private Caller.Known caller(TokenValue token, Claims claims) {
        Instant expiresAt = checkTimes(claims);
        if (claims.has("cnf")) {
            // RFC 9449 section 7.1, RFC 8705 section 3: a bound token without its proof may be stolen.
            throw refused(Problem.PROOF_MISSING, "the token has cnf but came as a plain bearer token");
        }
        if (!rules.profile().isAccessToken(claims)) {
            throw refused(Problem.TOKEN_TYPE_REFUSED, "the claims are not those of an access token");
        }
        if (ActorChain.isUnreadable(claims)) {
            throw refused(Problem.TOKEN_MALFORMED, "act is no chain of at most " + ActorChain.MAX_ACTORS + " actors");
        }
        Set<String> audiences = Set.copyOf(claims.strings("aud"));
        if (Collections.disjoint(audiences, rules.audiences())) {
            throw refused(Problem.AUDIENCE_MISMATCH, "aud holds none of audiences " + rules.audiences());
        }
        return new Caller.Known(
                rules.name(),
                identity(claims),
                rules.profile().kind(claims),
                rules.profile().clientId(claims),
                audiences,
                rules.profile().scopes(claims),
                rules.profile().roles(claims),
                token,
                expiresAt,
                claims);
    }

    private Instant checkTimes(Claims claims) {
        Instant now = clock.instant();
        Optional<Instant> expiresAt = claims.instant("exp");
        if (expiresAt.isEmpty()) {
            throw refused(Problem.TOKEN_MALFORMED, "the token has no exp");
        }
        if (!now.isBefore(expiresAt.get().plus(rules.clockSkew()))) {
            throw refused(Problem.TOKEN_EXPIRED, "exp was " + expiresAt.get());
        }
        for (String name : List.of("nbf", "iat")) {
            Optional<Instant> from = claims.instant(name);
            if (from.isEmpty() && claims.has(name)) {
                throw refused(Problem.TOKEN_MALFORMED, name + " is not a time");
            }
            if (from.isPresent() && now.isBefore(from.get().minus(rules.clockSkew()))) {
                throw refused(
                        Problem.TOKEN_NOT_YET_VALID, name + " is " + from.get() + ", clock-skew " + rules.clockSkew());
            }
        }
        return expiresAt.get();
    }

    private Identity identity(Claims claims) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : rules.identity()) {
            String value = claims.string(name)
                    .filter(text -> !text.isBlank())
                    .orElseThrow(() -> refused(Problem.IDENTITY_MISSING, "the token has no " + name + " (identity)"));
            values.put(name, value);
        }
        return new Identity(rules.issuer(), Optional.empty(), values);
    }

    private ProblemException refused(Problem problem, String reason) {
        return ProblemException.of(problem, "issuer=" + rules.name() + " " + reason);
    }
}
