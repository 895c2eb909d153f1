package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What well-known servers write into the tokens of applications alone. A mark can only take a user's standing away, never
 * give an application's: some of them a user could choose.
 */
final class ApplicationMarks {

    private static final String SERVICE_ACCOUNT = "service-account-";

    /** Where servers name the grant: Auth0, and others. */
    private static final List<String> GRANTS = List.of("gty", "grant_type");

    private static final List<String> CLIENTS = List.of("client_id", "azp", "cid", "appid");

    private ApplicationMarks() {}

    static boolean isIn(Claims claims) {
        return GRANTS.stream()
                        .flatMap(name -> claims.strings(name).stream())
                        .anyMatch(grant -> grant.toLowerCase(Locale.ROOT).startsWith("client"))
                || claims.string("idtyp").map("app"::equalsIgnoreCase).orElse(false)
                || claims.string("aut").map("application"::equalsIgnoreCase).orElse(false)
                || claims.string("sub")
                        .map(subject -> subject.endsWith("@clients"))
                        .orElse(false)
                || isServiceAccountName(claims)
                || KeycloakTokenId.grant(claims).map("cc"::equals).orElse(false)
                || claims.has("clientHost")
                || claims.has("clientAddress");
    }

    /** Keycloak's name for the user that stands for a client. */
    static boolean isServiceAccountName(Claims claims) {
        return claims.string("preferred_username")
                .filter(ApplicationMarks::isServiceAccountName)
                .isPresent();
    }

    static boolean isServiceAccountName(String name) {
        return name.toLowerCase(Locale.ROOT).startsWith(SERVICE_ACCOUNT);
    }

    /** Whether the subject is one of the clients that the token names, or is for. */
    static boolean isItsOwnClient(Claims claims) {
        Optional<String> subject = claims.string("sub");
        return subject.isPresent()
                && (claims.strings("aud").contains(subject.get())
                        || CLIENTS.stream().anyMatch(name -> claims.string(name).equals(subject)));
    }
}
