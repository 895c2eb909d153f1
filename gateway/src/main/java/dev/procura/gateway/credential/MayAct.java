package dev.procura.gateway.credential;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.token.Claims;
import java.util.Optional;
import java.util.Set;

/**
 * Who may act for the subject of a token, where the token says so ({@code may_act}, RFC 8693 section 4.4). Pure.
 *
 * <p>A token without the claim leaves the decision to the authorization server. One with it allows the party that it names
 * and nobody else: {@code iss}, {@code sub} and {@code client_id} are compared, each as far as it is there. A claim that
 * cannot be read, or that holds neither {@code sub} nor {@code client_id}, names nobody. Not checked: other members, whose
 * meaning only the authorization server knows; it may refuse what passes here.
 */
final class MayAct {

    private static final String CLAIM = "may_act";

    /**
     * Who is about to act.
     *
     * @param issuers whose names these are; empty: not known, so no {@code iss} fits
     * @param subject absent: has no name of its own, so no {@code sub} fits
     * @param clientId absent: is not known to be a client, so no {@code client_id} fits
     */
    record Party(Set<String> issuers, Optional<String> subject, Optional<String> clientId) {

        /** Who acts in a grant: the API that calls, or the gateway, as the client of its actor token where it sends one. */
        static Party of(Grant.OnBehalfOf grant) {
            Actor actor = grant.actor().orElse(null);
            if (actor instanceof Actor.CallingApi api) {
                return of(api.caller());
            }
            return actor instanceof Actor.Gateway gateway ? of(gateway.own().client()) : of(grant.client());
        }

        /** The gateway itself. A client's own tokens have its id as their {@code sub} (RFC 9068 section 2.2). */
        static Party of(Client client) {
            return new Party(client.issuers(), Optional.of(client.id()), Optional.of(client.id()));
        }

        /** Whoever proved to be acting by a token of its own. */
        static Party of(Caller.Known actor) {
            return new Party(
                    Set.of(actor.identity().issuer()),
                    actor.claims().string("sub").filter(sub -> !Identity.isNobody(sub)),
                    actor.clientId());
        }
    }

    private MayAct() {}

    /** @param subject the claims of the token whose subject is to be acted for */
    static boolean allows(Claims subject, Party party) {
        return !subject.names().contains(CLAIM)
                || subject.object(CLAIM).map(named -> isNamed(named, party)).orElse(false);
    }

    private static boolean isNamed(Claims named, Party party) {
        return (named.names().contains("sub") || named.names().contains("client_id"))
                && (!named.names().contains("iss")
                        || named.string("iss").filter(party.issuers()::contains).isPresent())
                && fits(named, "sub", party.subject())
                && fits(named, "client_id", party.clientId());
    }

    /** A member that is there as something else than a text fits nobody. */
    private static boolean fits(Claims named, String member, Optional<String> actual) {
        return !named.names().contains(member)
                || (actual.isPresent() && named.string(member).equals(actual));
    }
}
