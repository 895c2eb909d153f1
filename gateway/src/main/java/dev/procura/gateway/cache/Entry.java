package dev.procura.gateway.cache;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.inbound.Provenance;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.token.AccessToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A token that may be used again.
 *
 * @param obtainedAt when the authorization server was asked
 * @param usableUntil until then it is handed out
 * @param validUntil until then it is handed out when the authorization server has no other
 * @param origins where the tokens come from that it was obtained with; empty for the gateway's own
 * @param generation of the revocations that were known before the server was asked
 */
public record Entry(
        AccessToken token,
        Instant obtainedAt,
        Instant usableUntil,
        Instant validUntil,
        List<Provenance> origins,
        long generation) {

    public Entry {
        origins = List.copyOf(origins);
    }

    /** Whether the revocation names one of the tokens that it was obtained with, or everything there was. */
    boolean isNamedBy(Revocation revocation) {
        return origins.stream().anyMatch(revocation::fits)
                || (revocation.what() == Revocation.What.Everything.EVERYTHING
                        && !obtainedAt.isAfter(revocation.notBefore()));
    }

    /** The subject's, and the calling API's where there is one: in this order. */
    public static List<Provenance> origins(Grant grant) {
        List<Provenance> origins = new ArrayList<>(2);
        grant.inNameOf().ifPresent(onBehalfOf -> {
            origins.add(Provenance.of(onBehalfOf.subject()));
            if (onBehalfOf.actor().orElse(null) instanceof Actor.CallingApi api) {
                origins.add(Provenance.of(api.caller()));
            }
        });
        return origins;
    }
}
