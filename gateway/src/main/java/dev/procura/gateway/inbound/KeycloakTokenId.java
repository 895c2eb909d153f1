package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Keycloak (26 and later) encodes before the colon of {@code jti}: two letters each for session, token and grant.
 * Made and signed by the server, out of a user's reach; an internal encoding, so its absence means nothing.
 */
final class KeycloakTokenId {

    /** Client credentials, and a refresh of what they gave. */
    static final Set<String> OF_APPLICATIONS = Set.of("cc", "rt");

    /** The grants that make a token out of another one: refresh and exchange. */
    static final Set<String> SUCCESSORS = Set.of("rt", "te");

    private static final Pattern ENCODED = Pattern.compile("([a-z]{2})([a-z]{2})([a-z]{2}):.+");

    private KeycloakTokenId() {}

    static Optional<String> grant(Claims claims) {
        return part(claims, 3);
    }

    /** A session that no user has signed in to. */
    static boolean isTransient(Claims claims) {
        return part(claims, 1).map("tr"::equals).orElse(false);
    }

    private static Optional<String> part(Claims claims, int group) {
        return claims.string("jti")
                .map(ENCODED::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(group));
    }
}
