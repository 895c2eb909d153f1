package dev.procura.gateway.policy;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.token.Scopes;
import java.util.Optional;
import java.util.Set;

/** Who may use a route. Compiled from {@code require}; an empty set of anything that is demanded means: no demand. */
public sealed interface AccessRule {

    /** No token is needed, and none is looked at. */
    enum Open implements AccessRule {
        OPEN
    }

    /**
     * A validated token is needed.
     *
     * @param issuers names of the issuers whose tokens count; never empty
     * @param audiences the audiences of which the token must hold one; never empty
     * @param kinds the kinds of caller; never empty
     * @param scopes all of these
     * @param anyScope one of these
     * @param roles all of these
     * @param clients the calling application is one of these
     * @param actor what the token in {@code Actor-Token} has to be, where one is demanded
     */
    record Restricted(
            Set<String> issuers,
            Set<String> audiences,
            Set<Caller.Kind> kinds,
            Scopes scopes,
            Scopes anyScope,
            Set<String> roles,
            Set<String> clients,
            Optional<ActorRule> actor)
            implements AccessRule {

        public Restricted {
            issuers = Set.copyOf(issuers);
            audiences = Set.copyOf(audiences);
            kinds = Set.copyOf(kinds);
            roles = Set.copyOf(roles);
            clients = Set.copyOf(clients);
            if (issuers.isEmpty() || audiences.isEmpty() || kinds.isEmpty()) {
                throw new IllegalArgumentException("a rule that nobody can meet, or anybody");
            }
        }
    }

    /**
     * The calling API's own access token: an application's, of this client, meant for the gateway.
     *
     * @param clientId the client that the route exchanges tokens as
     * @param issuer the issuer that knows this client; absent: the issuer of the caller's own token
     * @param audiences the gateway's own audiences: none of them is the target of a route
     */
    record ActorRule(String clientId, Optional<String> issuer, Set<String> audiences) {

        public ActorRule {
            audiences = Set.copyOf(audiences);
        }
    }
}
