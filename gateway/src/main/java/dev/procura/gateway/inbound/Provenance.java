package dev.procura.gateway.inbound;

import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Where a token comes from, as far as a {@link Revocation} can name it.
 *
 * @param issuer the exact {@code iss}
 * @param tenant the issuer's tenant, where it has several
 * @param subjects by what names the issuer knows the subject: its {@code sub}, and the claims that name a user
 * @param session the {@code sid}
 * @param clientId the application that holds the token
 * @param issuedAt the {@code iat}; absent counts as before any revocation
 */
public record Provenance(
        String issuer,
        Optional<String> tenant,
        Set<String> subjects,
        Optional<String> session,
        Optional<String> clientId,
        Optional<Instant> issuedAt) {

    public Provenance {
        subjects = Set.copyOf(subjects);
    }

    public static Provenance of(Caller.Known caller) {
        Set<String> subjects = new HashSet<>(caller.identity().values().values());
        caller.claims().string("sub").ifPresent(subjects::add);
        subjects.removeIf(Identity::isNobody);
        return new Provenance(
                caller.identity().issuer(),
                caller.identity().tenant(),
                subjects,
                caller.claims().string("sid"),
                caller.clientId(),
                caller.claims().instant("iat"));
    }

    /** The same with another time of issue. */
    public Provenance issuedAt(Optional<Instant> other) {
        return new Provenance(issuer, tenant, subjects, session, clientId, other);
    }
}
