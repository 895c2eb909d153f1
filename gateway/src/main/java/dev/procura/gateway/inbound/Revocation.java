package dev.procura.gateway.inbound;

import java.time.Instant;
import java.util.Optional;

/**
 * The word that tokens do not count any more: those that fit, and were not issued later than this.
 *
 * @param what which tokens
 * @param notBefore a token counts only when its {@code iat} is later
 * @param until when the record may be forgotten, because no such token can be alive
 */
public record Revocation(What what, Instant notBefore, Instant until) {

    /** Which tokens. */
    public sealed interface What {

        /** A user or an application of an issuer, by any name that the issuer gives it in a token. */
        record Subject(String issuer, String subject) implements What {}

        /** One sign-in: the {@code sid}. */
        record Session(String issuer, String session) implements What {}

        /** All that one application holds. */
        record Client(String issuer, String clientId) implements What {}

        /** All of a tenant; without an issuer, whatever version of the server issued them. */
        record Tenant(Optional<String> issuer, String tenant) implements What {}

        /** Every token there is. */
        enum Everything implements What {
            EVERYTHING
        }
    }

    /** Whether a token from there is one of those. */
    public boolean fits(Provenance token) {
        return names(token)
                && token.issuedAt().map(at -> !at.isAfter(notBefore)).orElse(true);
    }

    private boolean names(Provenance token) {
        if (what instanceof What.Subject subject) {
            return token.issuer().equals(subject.issuer()) && token.subjects().contains(subject.subject());
        }
        if (what instanceof What.Session session) {
            return token.issuer().equals(session.issuer()) && token.session().equals(Optional.of(session.session()));
        }
        if (what instanceof What.Client client) {
            return token.issuer().equals(client.issuer()) && token.clientId().equals(Optional.of(client.clientId()));
        }
        if (what instanceof What.Tenant tenant) {
            return tenant.issuer().map(token.issuer()::equals).orElse(true)
                    && token.tenant().equals(Optional.of(tenant.tenant()));
        }
        return true;
    }
}
