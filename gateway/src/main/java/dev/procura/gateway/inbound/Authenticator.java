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
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Turns a token into a {@link Caller.Known}, or fails with the reason.
 *
 * <p>A token is verified once and remembered by its fingerprint. A remembered one counts only while it has not expired, its
 * issuer's keys are fresh enough, and none of them has been withdrawn since; where the authorization server was asked, only
 * for {@link Introspections#LIFE} after its word. One that has been {@linkplain Revocations revoked} never counts, remembered
 * or new.
 */
public final class Authenticator {

    private final Issuers issuers;
    private final Revocations revocations;
    private final Cache<Fingerprint, Entry> verified;

    /** A verified token, and up to which revocation it has been held against them. */
    private static final class Entry {

        private final TrustedIssuer issuer;
        private final TrustedIssuer.Verified verified;
        private final Provenance provenance;
        /** At first none at all: whoever finds it before it has been asked about asks, too. */
        private volatile long generation = Long.MIN_VALUE;

        Entry(TrustedIssuer issuer, TrustedIssuer.Verified verified) {
            this.issuer = issuer;
            this.verified = verified;
            this.provenance = Provenance.of(verified.caller());
        }

        /** The claims are kept beside the text, as objects: about three times the size of what they were read from. */
        long bytes() {
            return 800 + 4L * (verified.caller().token().length() + verified.answerBytes());
        }
    }

    public Authenticator(Issuers issuers, Revocations revocations, CacheBounds bounds, Clock clock) {
        this.issuers = issuers;
        this.revocations = revocations;
        this.verified = Caffeine.newBuilder()
                .maximumWeight(bounds.maxBytes())
                .weigher((Fingerprint key, Entry entry) -> bounds.weigh(entry.bytes()))
                .expireAfter(Expiry.writing(
                        (Fingerprint key, Entry entry) -> Duration.between(clock.instant(), entry.verified.until())))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
        revocations.listen(
                revocation -> verified.asMap().values().removeIf(entry -> revocation.fits(entry.provenance)));
    }

    public Mono<Caller.Known> authenticate(TokenValue token) {
        Entry known = verified.getIfPresent(token.fingerprint());
        if (known != null && known.issuer.isCurrent(known.verified)) {
            // Most of the time nothing has been revoked since, and the number is all that is looked at.
            return known.generation == revocations.generation()
                    ? Mono.just(known.verified.caller())
                    : Mono.fromSupplier(() -> unlessRevoked(token, known));
        }
        if (known != null) {
            verified.invalidate(token.fingerprint());
        }
        return Mono.defer(() -> verify(token));
    }

    /**
     * The caller, when there is nothing left to find out: null says no more than that {@link #authenticate} has to be asked.
     */
    public Caller.@Nullable Known atHand(TokenValue token) {
        Entry known = verified.getIfPresent(token.fingerprint());
        return known != null && known.issuer.isCurrent(known.verified) && known.generation == revocations.generation()
                ? known.verified.caller()
                : null;
    }

    private Mono<Caller.Known> verify(TokenValue token) {
        if (!looksLikeJwt(token.reveal())) {
            return verifyOpaque(token);
        }
        SignedJWT jwt;
        Claims claims;
        try {
            jwt = CompactJwt.parse(token.reveal());
            claims = CompactJwt.claims(jwt);
        } catch (ParseException e) {
            throw malformed("the token " + e.getMessage());
        }
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

    /**
     * Held against the revocations after it is remembered: one that arrives in between finds it there, and one that was
     * there before is found now.
     */
    private Caller.Known remember(TokenValue token, TrustedIssuer issuer, TrustedIssuer.Verified result) {
        Entry entry = new Entry(issuer, result);
        verified.put(token.fingerprint(), entry);
        return unlessRevoked(token, entry);
    }

    private Caller.Known unlessRevoked(TokenValue token, Entry entry) {
        // Read before the question: what becomes known after it is asked about next time.
        long generation = revocations.generation();
        revocations.covering(entry.provenance).ifPresent(revocation -> {
            verified.invalidate(token.fingerprint());
            throw revoked(entry, revocation);
        });
        entry.generation = generation;
        return entry.verified.caller();
    }

    private static ProblemException revoked(Entry entry, Revocation revocation) {
        return ProblemException.of(
                Problem.TOKEN_REVOKED,
                "issuer=" + entry.issuer.rules().name() + " revoked by "
                        + revocation.what().getClass().getSimpleName().toLowerCase(Locale.ROOT) + ": iat "
                        + entry.provenance.issuedAt().map(at -> "is " + at).orElse("is missing")
                        + ", and has to be later than " + revocation.notBefore());
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

    private static ProblemException malformed(String reason) {
        return ProblemException.of(
                Problem.TOKEN_MALFORMED,
                reason + " (it looks like a JWT, so no procura.issuers.*.introspection is asked about it)");
    }
}
