package dev.procura.gateway.inbound;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Fingerprint;
import dev.procura.gateway.token.TokenValue;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * Turns a token into a {@link Caller.Known}, or fails with the reason.
 *
 * <p>A token is verified once and remembered by its fingerprint. A remembered one counts only while it has not expired, its
 * issuer's keys are fresh enough, and none of them has been withdrawn since; where the authorization server was asked, only
 * for {@link Introspections#LIFE} after its word.
 */
public final class Authenticator {

    private final Issuers issuers;
    private final Cache<Fingerprint, Entry> verified;

    private record Entry(TrustedIssuer issuer, TrustedIssuer.Verified verified) {

        /** The claims are kept beside the text, as objects: about three times the size of what they were read from. */
        long bytes() {
            return 600 + 4L * (verified.caller().token().length() + verified.answerBytes());
        }
    }

    public Authenticator(Issuers issuers, CacheBounds bounds, Clock clock) {
        this.issuers = issuers;
        this.verified = Caffeine.newBuilder()
                .maximumWeight(bounds.maxBytes())
                .weigher((Fingerprint key, Entry entry) -> bounds.weigh(entry.bytes()))
                .expireAfter(Expiry.writing((Fingerprint key, Entry entry) ->
                        Duration.between(clock.instant(), entry.verified().until())))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    public Mono<Caller.Known> authenticate(TokenValue token) {
        Entry known = verified.getIfPresent(token.fingerprint());
        if (known != null) {
            if (known.issuer().isCurrent(known.verified())) {
                return Mono.just(known.verified().caller());
            }
            verified.invalidate(token.fingerprint());
        }
        return Mono.defer(() -> verify(token));
    }

    private Mono<Caller.Known> verify(TokenValue token) {
        if (!looksLikeJwt(token.reveal())) {
            return verifyOpaque(token);
        }
        SignedJWT jwt = parse(token);
        Claims claims = claims(jwt);
        TrustedIssuer issuer = issuerOf(claims);
        return issuer.verify(token, jwt, claims).map(result -> remember(token, issuer, result));
    }

    private Mono<Caller.Known> verifyOpaque(TokenValue token) {
        TrustedIssuer issuer = issuers.introspecting(token)
                .orElseThrow(() -> ProblemException.of(
                        Problem.TOKEN_MALFORMED,
                        "the token is not a signed JWT, and no procura.issuers.*.introspection is for it"));
        return issuer.verifyOpaque(token).map(result -> remember(token, issuer, result));
    }

    private Caller.Known remember(TokenValue token, TrustedIssuer issuer, TrustedIssuer.Verified result) {
        verified.put(token.fingerprint(), new Entry(issuer, result));
        return result.caller();
    }

    private TrustedIssuer issuerOf(Claims claims) {
        String iss = claims.string("iss").orElse("");
        return issuers.issuing(iss)
                .orElseThrow(() -> ProblemException.of(
                        Problem.ISSUER_UNKNOWN,
                        "no block of procura.issuers has the token's iss (compare procura.issuers.*.issuer to the letter)"
                                + issuers.hint(iss)));
    }

    /**
     * Three parts or more, the first a JSON object. Such a token is judged as a JWT or not at all: it says itself who issued
     * it, and is not shown to anybody else.
     */
    private static boolean looksLikeJwt(String token) {
        int dot = token.indexOf('.');
        return dot > 0
                && token.indexOf('.', dot + 1) > 0
                && new Base64URL(token.substring(0, dot))
                        .decodeToString()
                        .stripLeading()
                        .startsWith("{");
    }

    private static SignedJWT parse(TokenValue token) {
        if (!isCanonical(token.reveal())) {
            throw malformed("the token is not three parts of canonical base64url");
        }
        try {
            return SignedJWT.parse(token.reveal());
        } catch (ParseException | RuntimeException e) {
            // The parser's own words quote the token; and it was not made for everything that people send.
            throw malformed("the token is not a signed JWT");
        }
    }

    private static Claims claims(SignedJWT jwt) {
        try {
            return Json.object(jwt.getPayload().toString());
        } catch (ParseException e) {
            throw malformed("the token's payload is not a JSON object");
        }
    }

    private static ProblemException malformed(String reason) {
        return ProblemException.of(
                Problem.TOKEN_MALFORMED,
                reason + " (it looks like a JWT, so no procura.issuers.*.introspection is asked about it)");
    }

    /**
     * RFC 7515 section 2: base64url without padding. A decoder takes other spellings too, and each would be a token of its
     * own to a cache that goes by the text.
     */
    private static boolean isCanonical(String token) {
        String[] parts = token.split("\\.", -1);
        try {
            for (String part : parts) {
                String again = Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(Base64.getUrlDecoder().decode(part));
                if (!again.equals(part)) {
                    return false;
                }
            }
        } catch (IllegalArgumentException e) {
            return false;
        }
        return parts.length == 3;
    }
}
