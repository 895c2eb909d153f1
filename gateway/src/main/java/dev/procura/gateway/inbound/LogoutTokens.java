package dev.procura.gateway.inbound;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.TokenValue;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * Validates logout tokens to the letter of OpenID Connect Back-Channel Logout 1.0 section 2.6, and says what they end.
 *
 * <p>Guarantees: a token is taken once in this replica, as long as it lives. Not checked: whether the session or the user
 * exists; what is not there ends nothing.
 */
final class LogoutTokens {

    /** The one member of {@code events} that makes a token a logout token (section 2.4). */
    static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";

    /** Logout tokens are for now. The specification recommends two minutes at most; servers are less strict. */
    static final Duration MAX_LIFE = Duration.ofHours(1);

    static final int MAX_SEEN = 100_000;

    /** Subjects have 255 characters at most (OpenID Connect Core section 2); nobody needs more for the rest. */
    private static final int MAX_TEXT = 255;

    /**
     * What a token ends.
     *
     * @param issuedAt by the clock that writes the {@code iat} of access tokens too
     */
    record Logout(List<Revocation.What> ended, Instant issuedAt) {}

    private record Seen(String issuer, String id) {}

    private final Issuers issuers;
    private final Clock clock;
    private final Cache<Seen, Instant> seen;

    LogoutTokens(Issuers issuers, Clock clock) {
        this.issuers = issuers;
        this.clock = clock;
        // One that is forgotten too early can be replayed, and ends what it has ended: tokens that are older than it.
        this.seen = Caffeine.newBuilder()
                .maximumSize(MAX_SEEN)
                .expireAfter(Expiry.writing((Seen token, Instant until) -> Duration.between(clock.instant(), until)))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    /** Fails with the reason; with {@code keys_unavailable} when the signature cannot be judged now. */
    Mono<Logout> validate(String token) {
        return Mono.defer(() -> {
            if (token.length() > TokenValue.MAX_LENGTH) {
                throw refused("is too large");
            }
            SignedJWT jwt;
            Claims claims;
            try {
                jwt = CompactJwt.parse(token);
                claims = CompactJwt.claims(jwt);
            } catch (ParseException e) {
                throw refused(String.valueOf(e.getMessage()));
            }
            TrustedIssuer issuer = claims.string("iss")
                    .flatMap(issuers::issuing)
                    .orElseThrow(() -> refused("has an iss that no block of procura.issuers has"));
            String name = issuer.rules().name();
            LogoutRules rules = issuers.logout(name)
                    .orElseThrow(() -> refused("comes from issuer " + name + ", whose block has no logout"));
            return issuer.vouchFor(jwt, claims, rules.tokenTypes())
                    .map(vouched -> judge(claims, rules, issuer.rules().clockSkew()));
        });
    }

    private Logout judge(Claims claims, LogoutRules rules, Duration skew) {
        if (Collections.disjoint(claims.strings("aud"), rules.audiences())) {
            throw refused("is for another client (logout.audiences)");
        }
        boolean ends =
                claims.object("events").flatMap(events -> events.object(EVENT)).isPresent();
        if (!ends) {
            throw refused("has no event of a logout");
        }
        if (claims.names().contains("nonce")) {
            throw refused("has a nonce, as ID tokens have");
        }
        if (TokenUses.said(claims).filter(use -> use != TokenUse.OTHER).isPresent()) {
            throw refused("says of itself that it is another kind of token");
        }
        Instant issuedAt = required(claims, "iat");
        Instant expiresAt = required(claims, "exp");
        Instant now = clock.instant();
        if (issuedAt.isAfter(now.plus(skew)) || isInTheFuture(claims, now.plus(skew))) {
            throw refused("is of the future");
        }
        if (!now.isBefore(expiresAt.plus(skew))) {
            throw refused("has expired");
        }
        if (!issuedAt.isBefore(expiresAt) || expiresAt.isAfter(issuedAt.plus(MAX_LIFE))) {
            throw refused("lives longer than " + MAX_LIFE + ", or not at all");
        }
        String id = text(claims, "jti").orElseThrow(() -> refused("has no jti"));
        Logout logout = new Logout(ended(claims, rules), issuedAt);
        // After everything else: a token that is refused for another reason uses nobody's jti up.
        Seen self = new Seen(claims.string("iss").orElseThrow(), id);
        if (seen.asMap().putIfAbsent(self, expiresAt.plus(skew)) != null) {
            throw refused("has been taken already");
        }
        return logout;
    }

    /**
     * With both, it is that session of that user (section 2.4). Where access tokens do not name their session, the user's
     * other ones cannot be told from it: all that were issued before have to be obtained anew.
     */
    private static List<Revocation.What> ended(Claims claims, LogoutRules rules) {
        String issuer = claims.string("iss").orElseThrow();
        Optional<String> session = text(claims, "sid");
        Optional<String> subject = text(claims, "sub");
        if (session.isEmpty() && subject.isEmpty()) {
            throw refused("has neither sub nor sid");
        }
        if (subject.filter(Identity::isNobody).isPresent()) {
            throw refused("has a sub that stands for everybody");
        }
        List<Revocation.What> ended = new ArrayList<>();
        session.ifPresent(sid -> ended.add(new Revocation.What.Session(issuer, sid)));
        subject.filter(sub -> session.isEmpty() || !rules.sessionsInTokens())
                .ifPresent(sub -> ended.add(new Revocation.What.Subject(issuer, sub)));
        return ended;
    }

    /** A claim that is there is a text of a fair length. */
    private static Optional<String> text(Claims claims, String name) {
        Optional<String> text = claims.string(name);
        if (claims.names().contains(name)
                && text.filter(value -> value.length() <= MAX_TEXT).isEmpty()) {
            throw refused("has a " + name + " that is no text, or too long");
        }
        return text;
    }

    private static Instant required(Claims claims, String name) {
        return claims.instant(name).orElseThrow(() -> refused("has no " + name));
    }

    private static boolean isInTheFuture(Claims claims, Instant now) {
        return claims.names().contains("nbf")
                && claims.instant("nbf").map(from -> from.isAfter(now)).orElse(true);
    }

    private static ProblemException refused(String reason) {
        return ProblemException.of(Problem.TOKEN_MALFORMED, "the logout token " + reason);
    }
}
