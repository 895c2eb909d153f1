package dev.procura.gateway.policy;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.token.Scopes;
import java.time.Duration;
import java.util.List;
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
     * @param groups all of these
     * @param clients the calling application is one of these
     * @param actors the party that acts for the caller at present ({@code act}, RFC 8693 section 4.1) is one of these
     * @param acr one of these authentication contexts was met, best first
     * @param maxAge how long ago the user signed in at most
     * @param actor what the token in {@code Actor-Token} has to be, where one is demanded
     */
    record Restricted(
            Set<String> issuers,
            Set<String> audiences,
            Set<Caller.Kind> kinds,
            Scopes scopes,
            Scopes anyScope,
            Set<String> roles,
            Set<String> groups,
            Set<String> clients,
            Set<String> actors,
            List<String> acr,
            Optional<Duration> maxAge,
            Optional<ActorRule> actor)
            implements AccessRule {

        public Restricted {
            issuers = Set.copyOf(issuers);
            audiences = Set.copyOf(audiences);
            kinds = Set.copyOf(kinds);
            roles = Set.copyOf(roles);
            groups = Set.copyOf(groups);
            clients = Set.copyOf(clients);
            actors = Set.copyOf(actors);
            acr = List.copyOf(acr);
            if (issuers.isEmpty() || audiences.isEmpty() || kinds.isEmpty()) {
                throw new IllegalArgumentException("a rule that nobody can meet, or anybody");
            }
        }
    }

    /**
     * The calling API's own access token: an application's, of this client, meant for the gateway.
     *
     * @param clientId the client that the route exchanges tokens as
     * @param issuers the issuers that know this client; empty: the issuer of the caller's own token
     * @param audiences the gateway's own audiences: none of them is the target of a route
     */
    record ActorRule(String clientId, Set<String> issuers, Set<String> audiences) {

        public ActorRule {
            issuers = Set.copyOf(issuers);
            audiences = Set.copyOf(audiences);
        }
    }
}
