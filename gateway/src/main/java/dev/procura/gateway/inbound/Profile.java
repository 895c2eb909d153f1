package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Scopes;
import java.util.Optional;
import java.util.Set;

/**
 * How one family of authorization servers writes its access tokens: where client, scopes and roles are found, and how an
 * application's token is told from a user's. The evidence for a kind is what the server itself sets; a claim that a user
 * could choose never decides alone, and evidence that contradicts itself proves nothing. Stateless.
 */
interface Profile {

    Optional<String> clientId(Claims claims);

    Set<String> roles(Claims claims);

    Caller.Kind kind(Claims claims);

    /** Whether the claims are those of an access token, as far as this family marks it there. */
    boolean isAccessToken(Claims claims);

    /** {@code scope} (RFC 9068 section 2.2.3), else {@code scp}; a string or a list. */
    default Scopes scopes(Claims claims) {
        return claims.scopes("scope").or(() -> claims.scopes("scp")).orElse(Scopes.none());
    }
}
