package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Scopes;
import java.util.Optional;
import java.util.Set;

/**
 * Auth0, both token profiles: its own ({@code azp}, {@code gty}) and RFC 9068 ({@code at+jwt}, {@code client_id}), each with
 * or without {@code permissions}.
 */
final class Auth0Profile implements Profile {

    private static final String APPLICATION = "@clients";

    @Override
    public Optional<String> clientId(Claims claims) {
        return claims.string("azp").or(() -> claims.string("client_id"));
    }

    @Override
    public Set<String> roles(Claims claims) {
        return Set.copyOf(claims.strings("roles"));
    }

    /** {@code permissions} where the API has role-based access control, else {@code scope}. */
    @Override
    public Scopes scopes(Claims claims) {
        return claims.scopes("permissions").or(() -> claims.scopes("scope")).orElse(Scopes.none());
    }

    /**
     * Auth0 writes {@code connection|id} for users of any connection ({@code auth0|…}, {@code waad|…}), and its client id
     * followed by {@code @clients} for an application. Agents have neither and are not told.
     */
    @Override
    public Caller.Kind kind(Claims claims) {
        String subject = claims.string("sub").orElse("");
        // One grant, or the list of those that led here.
        boolean ownGrant = claims.strings("gty").contains("client-credentials");
        boolean itself = clientId(claims)
                .map(client -> subject.equals(client + APPLICATION))
                .orElse(false);
        if (itself) {
            return ownGrant || !claims.has("gty") ? Caller.Kind.APP : Caller.Kind.UNKNOWN;
        }
        boolean user = subject.indexOf('|') > 0 && !subject.endsWith(APPLICATION) && !ownGrant;
        return user ? Caller.Kind.USER : Caller.Kind.UNKNOWN;
    }

    /** Every access token names its client; ID tokens have it as their audience only. */
    @Override
    public TokenUse use(String type, Claims claims) {
        return TokenUses.byClientClaim(claims, clientId(claims).isPresent());
    }

    /** A user of two organizations is two callers. */
    @Override
    public Optional<String> tenant(Claims claims) {
        return claims.string("org_id");
    }

    @Override
    public Optional<String> spellingFault(String issuer) {
        return issuer.endsWith("/")
                ? Optional.empty()
                : Optional.of("has no slash at its end, which Auth0 always writes: " + issuer + "/");
    }
}
