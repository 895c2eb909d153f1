package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Okta's custom authorization servers. {@code sub} is the login, which can change; {@code uid} stays. */
final class OktaProfile implements Profile {

    /** {@code client_id} in an introspection answer. */
    @Override
    public Optional<String> clientId(Claims claims) {
        return claims.string("cid").or(() -> claims.string("client_id"));
    }

    @Override
    public Set<String> roles(Claims claims) {
        return Set.copyOf(claims.strings("roles"));
    }

    /** Users have an id of their own beside the client's; an application is its client. */
    @Override
    public Caller.Kind kind(Claims claims) {
        boolean itself = clientId(claims).isPresent() && clientId(claims).equals(claims.string("sub"));
        if (claims.has("uid")) {
            return claims.string("uid").isPresent() && !itself ? Caller.Kind.USER : Caller.Kind.UNKNOWN;
        }
        return itself ? Caller.Kind.APP : Caller.Kind.UNKNOWN;
    }

    /** Every access token names its client; ID tokens have it as their audience only. */
    @Override
    public TokenUse use(String type, Claims claims) {
        return TokenUses.byClientClaim(claims, clientId(claims).isPresent());
    }

    /** In ID tokens {@code sub} is the id, and in an application's token the client. */
    @Override
    public List<String> identity(Claims claims, Caller.Kind kind, TokenUse use) {
        return List.of(use == TokenUse.ID_TOKEN || kind == Caller.Kind.APP ? "sub" : "uid");
    }

    /** Access tokens of the organization's own server are for Okta alone: nobody else can check them. */
    @Override
    public Optional<String> spellingFault(String issuer) {
        if (!issuer.contains("/oauth2/")) {
            return Optional.of("is no custom authorization server (…/oauth2/default, say): the access tokens of the"
                    + " organization's own server are for Okta alone");
        }
        return issuer.endsWith("/")
                ? Optional.of("ends with a slash, which Okta never writes: " + issuer.replaceAll("/+$", ""))
                : Optional.empty();
    }
}
