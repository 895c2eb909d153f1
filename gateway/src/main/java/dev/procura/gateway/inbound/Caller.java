package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Who is calling, as far as it could be validated. */
public sealed interface Caller {

    /** No token was asked for, and none was looked at. */
    enum Anyone implements Caller {
        ANYONE
    }

    /**
     * A caller whose token was validated by its issuer's rules: signature, issuer, an audience of the issuer's list, time,
     * type, identity. Not checked here: whether the token opens a certain route.
     *
     * @param issuerName the issuer's name in the configuration
     * @param identity who it is; never empty
     * @param kind user, application, or not to be told
     * @param clientId the application that holds the token, where the token says so
     * @param audiences those of the token that its issuer's block lists
     * @param use what the token was issued for: an access token, or an ID token where its issuer's block lets them in
     * @param token the token itself
     * @param expiresAt the token's own end; nothing that is made of it may outlive it
     * @param claims everything the token says
     */
    record Known(
            String issuerName,
            Identity identity,
            Kind kind,
            Optional<String> clientId,
            Set<String> audiences,
            Scopes scopes,
            Set<String> roles,
            Groups groups,
            SignIn signIn,
            TokenUse use,
            TokenValue token,
            Instant expiresAt,
            Claims claims)
            implements Caller {

        public Known {
            audiences = Set.copyOf(audiences);
            roles = Set.copyOf(roles);
        }

        public Optional<ActorChain> actors() {
            return ActorChain.of(claims);
        }
    }

    /** What stands behind a token. What cannot be told to be a user is not one. */
    enum Kind {
        USER,
        APP,
        UNKNOWN
    }
}
