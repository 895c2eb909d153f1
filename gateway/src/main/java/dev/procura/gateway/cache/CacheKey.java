package dev.procura.gateway.cache;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.token.Fingerprint;
import java.util.Optional;

/**
 * Everything that could change the answer of an authorization server. Two grants share an entry, or a call under way, only
 * when every part is equal; parts are compared as what they are, never as joined text.
 *
 * @param kind which grant
 * @param client who asks, where, in which dialect
 * @param target what for, and what the token has to be to be used
 * @param subject the caller and the very token; absent for client credentials
 * @param actor the acting API and the very token
 */
record CacheKey(
        Class<? extends Grant> kind, Client client, Target target, Optional<Party> subject, Optional<Party> actor) {

    /** @param issuerName of the configuration block whose rules the token met */
    record Party(String issuerName, Identity identity, Fingerprint token) {

        private static Party of(Caller.Known caller) {
            return new Party(
                    caller.issuerName(), caller.identity(), caller.token().fingerprint());
        }
    }

    static CacheKey of(Grant grant) {
        if (grant instanceof Grant.OnBehalfOf onBehalfOf) {
            return new CacheKey(
                    Grant.OnBehalfOf.class,
                    grant.client(),
                    grant.target(),
                    Optional.of(Party.of(onBehalfOf.subject())),
                    onBehalfOf.actor().map(Party::of));
        }
        return new CacheKey(
                Grant.ClientCredentials.class, grant.client(), grant.target(), Optional.empty(), Optional.empty());
    }

    /** The token's digest spreads well enough; walking all parts for every request would cost more than it spreads. */
    @Override
    public int hashCode() {
        int token = subject.map(party -> party.token().hashCode()).orElse(0);
        int actorToken = actor.map(party -> party.token().hashCode()).orElse(0);
        return 31 * (31 * token + actorToken) + target.expectedAudience().hashCode();
    }
}
