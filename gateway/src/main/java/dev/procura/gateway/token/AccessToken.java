package dev.procura.gateway.token;

import java.time.Instant;
import java.util.Optional;

/**
 * What an authorization server issued for a tier.
 *
 * @param value the token itself
 * @param expiresAt when it ends, where the server or the token says; unknown means: use once, keep never
 * @param scopes the scopes that the answer named; absent means the ones that were asked for (RFC 6749 section 5.1)
 */
public record AccessToken(TokenValue value, Optional<Instant> expiresAt, Optional<Scopes> scopes) {

    public boolean isExpired(Instant now) {
        return expiresAt.isPresent() && !now.isBefore(expiresAt.get());
    }

    public AccessToken endingAt(Instant end) {
        return new AccessToken(value, Optional.of(end), scopes);
    }
}
