package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Scopes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How one family of authorization servers writes its access tokens: where client, scopes and roles are found, how an
 * application's token is told from a user's, and an access token from everything else that the same keys sign. The evidence
 * for a kind is what the server itself sets; a claim that a user could choose never decides alone, and evidence that
 * contradicts itself proves nothing. Stateless.
 */
interface Profile {

    /**
     * What holds where the configuration is silent.
     *
     * @param tokenTypes accepted header types, lower case
     * @param algorithms accepted signature algorithms
     */
    record Defaults(List<String> tokenTypes, List<String> algorithms) {
        static final Defaults STANDARD = new Defaults(List.of("at+jwt", "jwt"), List.of("RS256", "PS256", "ES256"));
    }

    default Defaults defaults() {
        return Defaults.STANDARD;
    }

    Optional<String> clientId(Claims claims);

    Set<String> roles(Claims claims);

    /** Of an access token. */
    Caller.Kind kind(Claims claims);

    /**
     * What the token is for.
     *
     * @param type the header's {@code typ}, lower case; jwt where there is none; empty for an opaque token
     */
    TokenUse use(String type, Claims claims);

    /**
     * Whether an ID token is one that a server gave to an application for itself: some do when an application asks for the
     * scope openid. Such a token names nobody.
     */
    default boolean isOfApplication(Claims idToken) {
        return ApplicationMarks.isIn(idToken) || ApplicationMarks.isItsOwnClient(idToken);
    }

    /** The claims that name the caller, when the configuration names none; the first that is missing is reported. */
    default List<String> identity(Claims claims, Caller.Kind kind, TokenUse use) {
        return List.of("sub");
    }

    /** {@code scope} (RFC 9068 section 2.2.3), else {@code scp}; a string or a list. */
    default Scopes scopes(Claims claims) {
        return claims.scopes("scope").or(() -> claims.scopes("scp")).orElse(Scopes.none());
    }

    default Groups groups(Claims claims) {
        return Groups.of(claims);
    }

    /** {@code acr}, one value or several. */
    default Set<String> acr(Claims claims) {
        return Set.copyOf(claims.strings("acr"));
    }

    /**
     * What makes a token of this family one among equals, beside {@code jti}, {@code iat}, {@code nbf} and {@code exp}: only
     * claims that say which token it is, and nothing of its subject, its session or its rights.
     */
    default Set<String> tokenOnlyClaims() {
        return Set.of();
    }

    /** Inside an issuer that serves several: part of the identity. */
    default Optional<String> tenant(Claims claims) {
        return Optional.empty();
    }

    /** A time claim of this family. */
    default Optional<Instant> time(Claims claims, String name) {
        return claims.instant(name);
    }

    /** What makes no sense in a token of this issuer, for the operator. */
    default Optional<String> contradiction(Claims claims, String issuer) {
        return Optional.empty();
    }

    /** Which keys may have signed: the value of the claim that names the user flow, as policies are called elsewhere. */
    default List<String> policies(Claims claims) {
        return List.of();
    }

    /** Whether each key of the set may name the issuer that it signs for, and nobody else. */
    default boolean keysNameTheirIssuer() {
        return false;
    }

    /** The answer of the introspection endpoint as claims of the token: without what only the protocol adds. */
    default Claims ofIntrospection(Claims answer) {
        Claims claims = answer.without("active", "username", "token_type");
        return answer.string("username")
                .filter(ApplicationMarks::isServiceAccountName)
                .map(name -> claims.with("preferred_username", name))
                .orElse(claims);
    }

    /** What an issuer of this family can never be called, and how it is called instead. */
    default Optional<String> spellingFault(String issuer) {
        return Optional.empty();
    }
}
