package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** RFC 9068, and what most servers do near it. */
final class GenericProfile implements Profile {

    private static final List<String> CLIENT_CLAIMS = List.of("client_id", "azp", "cid", "appid");

    private static final List<String> PERSONAL_CLAIMS =
            List.of("name", "given_name", "family_name", "email", "preferred_username", "amr");

    @Override
    public Optional<String> clientId(Claims claims) {
        return CLIENT_CLAIMS.stream()
                .flatMap(name -> claims.string(name).stream())
                .findFirst();
    }

    @Override
    public Set<String> roles(Claims claims) {
        return Set.copyOf(claims.strings("roles"));
    }

    /**
     * RFC 9068 section 2.2: without a resource owner, {@code sub} names the client. So a token whose subject is its client
     * is an application's, unless it also speaks of a sign-in; one whose subject is none of the clients it names is a
     * user's, unless something in it speaks of an application. A token that names neither a client nor a sign-in tells
     * nothing.
     */
    @Override
    public Caller.Kind kind(Claims claims) {
        boolean signedIn = claims.has("auth_time") || claims.has("sid");
        Optional<String> subject = claims.string("sub");
        Set<String> clients = new LinkedHashSet<>();
        CLIENT_CLAIMS.forEach(name -> claims.string(name).ifPresent(clients::add));
        if (subject.isPresent() && clients.contains(subject.get())) {
            return signedIn || speaksOfPerson(claims) ? Caller.Kind.UNKNOWN : Caller.Kind.APP;
        }
        boolean told = signedIn || !clients.isEmpty();
        return told && !speaksOfApplication(claims) ? Caller.Kind.USER : Caller.Kind.UNKNOWN;
    }

    /** A person may bear a client's name; what servers say of persons takes an application's standing away. */
    private static boolean speaksOfPerson(Claims claims) {
        return PERSONAL_CLAIMS.stream().anyMatch(claims::has);
    }

    /** Marks that well-known servers set; each can only take a user's standing away. */
    private static boolean speaksOfApplication(Claims claims) {
        return claims.string("gty").map(grant -> grant.startsWith("client")).orElse(false)
                || claims.string("idtyp").map("app"::equals).orElse(false)
                || claims.string("sub")
                        .map(subject -> subject.endsWith("@clients"))
                        .orElse(false)
                || claims.string("preferred_username")
                        .map(name -> name.toLowerCase(Locale.ROOT).startsWith("service-account-"))
                        .orElse(false)
                || KeycloakTokenId.grant(claims).map("cc"::equals).orElse(false)
                || claims.has("clientHost")
                || claims.has("clientAddress");
    }

    /** These hashes stand in ID tokens alone (OpenID Connect Core section 3.3.2.11). */
    @Override
    public boolean isAccessToken(Claims claims) {
        return !claims.has("at_hash") && !claims.has("c_hash");
    }
}
