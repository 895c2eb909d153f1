package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keycloak 26, as measured: {@code docs/rationale.md} has the table. */
final class KeycloakProfile implements Profile {

    /** Written by the client-credentials grant alone; {@code clientId} by older servers. */
    private static final Set<String> SERVICE_ACCOUNT_MARKS =
            Set.of("client_id", "clientId", "clientHost", "clientAddress");

    /** What the scopes profile, email and basic write of users; a service account has its own name at most. */
    private static final List<String> PERSONAL_CLAIMS =
            List.of("auth_time", "name", "given_name", "family_name", "email", "preferred_username");

    @Override
    public Optional<String> clientId(Claims claims) {
        return claims.string("azp");
    }

    /**
     * Realm roles as they are, client roles as {@code client:role}. A client's role never passes for the realm's or another
     * client's: names that hold a colon themselves are left out.
     */
    @Override
    public Set<String> roles(Claims claims) {
        Set<String> roles = new LinkedHashSet<>();
        claims.object("realm_access").ifPresent(access -> roles.addAll(unambiguous(access)));
        claims.object("resource_access")
                .ifPresent(clients -> clients.names().stream()
                        .filter(client -> !client.contains(":"))
                        .forEach(client -> clients.object(client)
                                .ifPresent(access ->
                                        unambiguous(access).forEach(role -> roles.add(client + ":" + role)))));
        return roles;
    }

    /**
     * A user's token carries the session of a sign-in ({@code sid}), and nothing that only the client-credentials grant
     * writes. A service account's repeats its client as {@code client_id}, which is lost when the token is exchanged.
     * A realm without the scope {@code service_account} repeats nothing; there the grant that Keycloak writes into {@code
     * jti} tells. A user may choose a service account's name, so the name can only take a user's standing away, never give
     * an application's.
     */
    @Override
    public Caller.Kind kind(Claims claims) {
        Optional<String> grant = KeycloakTokenId.grant(claims);
        if (SERVICE_ACCOUNT_MARKS.stream().anyMatch(claims::has)) {
            boolean itself = claims.string("client_id").isPresent()
                    && claims.string("client_id").equals(claims.string("azp"));
            boolean granted =
                    grant.map(KeycloakTokenId.OF_APPLICATIONS::contains).orElse(true);
            return itself && granted ? Caller.Kind.APP : Caller.Kind.UNKNOWN;
        }
        if (grant.equals(Optional.of("cc"))) {
            return Caller.Kind.APP;
        }
        boolean vetoed = ApplicationMarks.isServiceAccountName(claims)
                || KeycloakTokenId.isTransient(claims)
                // Refreshed or exchanged, a service account's token has lost its marks.
                || (grant.filter(KeycloakTokenId.SUCCESSORS::contains).isPresent() && !speaksOfPerson(claims));
        return claims.string("sid").isPresent() && !vetoed ? Caller.Kind.USER : Caller.Kind.UNKNOWN;
    }

    /**
     * An application that asks for the scope openid gets an ID token too, in some realms without any mark of its own. So a
     * session and a word about a person have to be there.
     */
    @Override
    public boolean isOfApplication(Claims idToken) {
        return Profile.super.isOfApplication(idToken)
                || SERVICE_ACCOUNT_MARKS.stream().anyMatch(idToken::has)
                || KeycloakTokenId.isTransient(idToken)
                || idToken.string("sid").isEmpty()
                || !speaksOfPerson(idToken);
    }

    private static boolean speaksOfPerson(Claims claims) {
        return PERSONAL_CLAIMS.stream().anyMatch(claims::has);
    }

    /** ID tokens and refresh tokens have the same keys, issuer and header; this claim tells them apart. */
    @Override
    public TokenUse use(String type, Claims claims) {
        String kind = claims.string("typ").orElse(claims.has("typ") ? "" : "Bearer");
        if (TokenUses.isForeign(claims)) {
            return TokenUse.OTHER;
        }
        return switch (kind) {
            case "Bearer" -> TokenUses.hasIdTokenHash(claims) ? TokenUse.ID_TOKEN : TokenUse.ACCESS_TOKEN;
            case "ID" -> TokenUse.ID_TOKEN;
            default -> TokenUse.OTHER;
        };
    }

    /**
     * The endpoint adds {@code client_id} to every answer, where it would read as the mark of a service account: only the
     * token's own counts. It adds {@code username} too, which says what a token without the scope profile does not.
     */
    @Override
    public Claims ofIntrospection(Claims answer) {
        Claims claims = Profile.super.ofIntrospection(answer).without("client_id");
        Optional<String> name = answer.string("username").filter(any -> !claims.has("preferred_username"));
        return name.map(value -> claims.with("preferred_username", value)).orElse(claims);
    }

    @Override
    public Optional<String> spellingFault(String issuer) {
        return issuer.endsWith("/")
                ? Optional.of("ends with a slash, which Keycloak never writes: " + issuer.replaceAll("/+$", ""))
                : Optional.empty();
    }

    private static List<String> unambiguous(Claims access) {
        return access.strings("roles").stream()
                .filter(role -> !role.contains(":"))
                .toList();
    }
}
