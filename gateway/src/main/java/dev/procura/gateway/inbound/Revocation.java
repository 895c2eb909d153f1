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
        record Subject(String issuer, String subject) implements What {

            public Subject {
                requireText(issuer, subject);
                if (Identity.isNobody(subject)) {
                    throw new IllegalArgumentException("no name: it stands for everybody");
                }
            }
        }

        /** One sign-in: the {@code sid}. */
        record Session(String issuer, String session) implements What {

            public Session {
                requireText(issuer, session);
            }
        }

        /** All that one application holds. */
        record Client(String issuer, String clientId) implements What {

            public Client {
                requireText(issuer, clientId);
            }
        }

        /** All of a tenant; without an issuer, whatever version of the server issued them. */
        record Tenant(Optional<String> issuer, String tenant) implements What {

            public Tenant {
                requireText(issuer.orElse(tenant), tenant);
            }
        }

        /** All that an issuer has issued: what takes the place of its records where there are too many. */
        record Issuer(String issuer) implements What {

            public Issuer {
                requireText(issuer, issuer);
            }
        }

        /** Every token there is. */
        enum Everything implements What {
            EVERYTHING
        }

        private static void requireText(String one, String other) {
            if (one.isEmpty() || other.isEmpty()) {
                throw new IllegalArgumentException("a revocation has no empty part");
            }
        }
    }

    /** The same tokens refused by both: what either refuses, for as long as either does. */
    Revocation and(Revocation other) {
        return new Revocation(
                what,
                notBefore.isAfter(other.notBefore) ? notBefore : other.notBefore,
                until.isAfter(other.until) ? until : other.until);
    }

    /** Whether a token from there is one of those. */
    public boolean fits(Provenance token) {
        return names(token)
                && token.issuedAt().map(at -> !at.isAfter(notBefore)).orElse(true);
    }

    /** The part that differs most comes first: whoever keeps many tokens compares each of them. */
    private boolean names(Provenance token) {
        if (what instanceof What.Subject subject) {
            return token.subjects().contains(subject.subject())
                    && token.issuer().equals(subject.issuer());
        }
        if (what instanceof What.Session session) {
            return is(session.session(), token.session()) && token.issuer().equals(session.issuer());
        }
        if (what instanceof What.Client client) {
            return is(client.clientId(), token.clientId()) && token.issuer().equals(client.issuer());
        }
        if (what instanceof What.Tenant tenant) {
            return is(tenant.tenant(), token.tenant())
                    && tenant.issuer().map(token.issuer()::equals).orElse(true);
        }
        if (what instanceof What.Issuer all) {
            return token.issuer().equals(all.issuer());
        }
        return true;
    }

    private static boolean is(String named, Optional<String> found) {
        return found.isPresent() && found.get().equals(named);
    }
}
