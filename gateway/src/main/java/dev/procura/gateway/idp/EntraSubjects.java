package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.ServerTraits;
import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.inbound.ProfileName;
import dev.procura.gateway.inbound.TenantTemplate;
import dev.procura.gateway.token.Scopes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Whose tokens Entra takes as an assertion, and who is in them. */
final class EntraSubjects {

    /** {@code sub} is another one for each application: a user is object id and tenant. */
    static final ServerTraits TRAITS = new ServerTraits(Scopes.none(), false, true, Set.of("oid", "tid"), true);

    private EntraSubjects() {}

    /** Its own tokens alone, signed with the directory's key. */
    static Optional<String> whyNot(IssuerProperties issuer) {
        if (issuer.profile() != ProfileName.ENTRA) {
            return Optional.of("is not of the profile entra, and Entra takes its own tokens alone");
        }
        boolean ownKey = Stream.of(issuer.metadataUri(), issuer.jwksUri())
                .anyMatch(uri -> uri != null && uri.toLowerCase(Locale.ROOT).matches(".*[?&]appid=.*"));
        return ownKey
                ? Optional.of(
                        "is a registration with a signing key of its own (appid=), which cannot act for its users")
                : Optional.empty();
    }

    /**
     * The assertion has to be for the client itself: its id, or one of its application ID URIs, which the gateway does not
     * know one by one. The id of another application is none of them.
     */
    static Optional<String> whyFutile(Grant.OnBehalfOf grant) {
        List<String> audiences = grant.subject().claims().strings("aud");
        boolean forClient = audiences.stream()
                .anyMatch(audience -> audience.equalsIgnoreCase(grant.client().id())
                        || !TenantTemplate.isTenant(audience.toLowerCase(Locale.ROOT)));
        return forClient
                ? Optional.empty()
                : Optional.of("aud of the token is not the client-id of procura.clients."
                        + grant.client().name() + ", and Entra trades only tokens for the client itself");
    }
}
