package dev.procura.gateway.cache;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.ClaimsRequest;
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
 * @param subject the caller and what stands for the token; absent for client credentials
 * @param actor who acts
 * @param claims what the token was asked to say
 * @param first of a chain of two steps, everything about the first
 */
public record CacheKey(
        Class<? extends Grant> kind,
        Client client,
        Target target,
        Optional<Party> subject,
        Optional<Acting> actor,
        Optional<ClaimsRequest> claims,
        Optional<CacheKey> first) {

    /**
     * @param issuerName of the configuration block whose rules the token met
     * @param subject what stands for the caller's token, see {@link SubjectChoice}
     */
    public record Party(String issuerName, Identity identity, Fingerprint subject) {

        private static Party of(Caller.Known caller, SubjectChoice choice) {
            return new Party(caller.issuerName(), caller.identity(), choice.of(caller));
        }
    }

    /** A calling API with its very token, or the gateway as one of its clients. */
    public sealed interface Acting {

        record Api(Party party) implements Acting {}

        record Gateway(Client client, Target target) implements Acting {}

        private static Acting of(Actor actor, SubjectChoice choice) {
            if (actor instanceof Actor.CallingApi api) {
                return new Api(Party.of(api.caller(), choice));
            }
            Grant.ClientCredentials own =
                    actor instanceof Actor.Gateway gateway ? gateway.own() : ((Actor.ProvenGateway) actor).own();
            return new Gateway(own.client(), own.target());
        }
    }

    static CacheKey of(Grant grant, SubjectChoice choice) {
        if (grant instanceof Grant.OnBehalfOf onBehalfOf) {
            return new CacheKey(
                    Grant.OnBehalfOf.class,
                    grant.client(),
                    grant.target(),
                    Optional.of(Party.of(onBehalfOf.subject(), choice)),
                    onBehalfOf.actor().map(actor -> Acting.of(actor, choice)),
                    onBehalfOf.claims(),
                    Optional.empty());
        }
        if (grant instanceof Grant.Assertion) {
            throw new IllegalArgumentException("an assertion is made for one request");
        }
        return new CacheKey(
                grant.getClass(),
                grant.client(),
                grant.target(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                grant instanceof Grant.Chained chained ? Optional.of(of(chained.first(), choice)) : Optional.empty());
    }

    /** What stands for the whole key outside of this process: every part with its length, hashed. */
    public Fingerprint digest() {
        return Canonical.digest(this);
    }

    /** The token's digest spreads well enough; walking all parts for every request would cost more than it spreads. */
    @Override
    public int hashCode() {
        int token = subject.map(party -> party.subject().hashCode())
                .or(() -> first.map(CacheKey::hashCode))
                .orElse(0);
        int actorToken = actor.filter(Acting.Api.class::isInstance)
                .map(acting -> ((Acting.Api) acting).party().subject().hashCode())
                .orElse(0);
        return 31 * (31 * token + actorToken) + target.expectedAudience().hashCode();
    }
}
