package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Microsoft Entra ID and Azure AD, tokens of version 1.0 and 2.0. A user is tenant and object id: {@code sub} differs from
 * application to application, and every name can change.
 */
final class EntraProfile implements Profile {

    @Override
    public Defaults defaults() {
        return new Defaults(List.of("jwt"), List.of("RS256"));
    }

    /** {@code azp} in version 2.0, {@code appid} in 1.0. */
    @Override
    public Optional<String> clientId(Claims claims) {
        return claims.string("azp").or(() -> claims.string("appid"));
    }

    /** App roles: of the user, or of the application. */
    @Override
    public Set<String> roles(Claims claims) {
        return Set.copyOf(claims.strings("roles"));
    }

    /** Delegated permissions ({@code scp}) exist for users alone; {@code idtyp} says it outright, where the API asks for it. */
    @Override
    public Caller.Kind kind(Claims claims) {
        boolean delegated = claims.string("scp").isPresent();
        if (claims.has("idtyp")) {
            String type = claims.string("idtyp").orElse("");
            if (type.equals("app")) {
                return delegated ? Caller.Kind.UNKNOWN : Caller.Kind.APP;
            }
            return type.equals("user") && delegated ? Caller.Kind.USER : Caller.Kind.UNKNOWN;
        }
        return delegated ? Caller.Kind.USER : claims.has("scp") ? Caller.Kind.UNKNOWN : Caller.Kind.APP;
    }

    /** Every access token names its client; ID tokens of both versions do not. */
    @Override
    public TokenUse use(String type, Claims claims) {
        return TokenUses.byClientClaim(claims, clientId(claims).isPresent());
    }

    @Override
    public List<String> identity(Claims claims, Caller.Kind kind, TokenUse use) {
        return List.of("oid");
    }

    @Override
    public Optional<String> tenant(Claims claims) {
        return claims.string("tid");
    }

    /** {@code acrs}: the authentication contexts that were met; {@code acr} of version 1.0 beside them. */
    @Override
    public Set<String> acr(Claims claims) {
        Set<String> contexts = new LinkedHashSet<>(claims.strings("acrs"));
        contexts.addAll(claims.strings("acr"));
        return contexts;
    }

    /** The token's number, and two that are for Microsoft's own use and change from token to token. */
    @Override
    public Set<String> tokenOnlyClaims() {
        return Set.of("uti", "aio", "rh");
    }

    /** {@code ver} and {@code iss} change together, and a tenant signs for itself. */
    @Override
    public Optional<String> contradiction(Claims claims, String issuer) {
        String expected = EntraIssuer.isVersion2(issuer) ? "2.0" : "1.0";
        if (claims.has("ver") && !claims.string("ver").equals(Optional.of(expected))) {
            return Optional.of("ver is not " + expected + ", which its iss goes with");
        }
        Optional<String> appId = claims.string("appid");
        Optional<String> azp = claims.string("azp");
        return appId.isPresent() && azp.isPresent() && !appId.equals(azp)
                ? Optional.of("appid and azp name two clients")
                : Optional.empty();
    }

    @Override
    public boolean keysNameTheirIssuer() {
        return true;
    }

    @Override
    public Optional<String> spellingFault(String issuer) {
        return EntraIssuer.spellingFault(issuer);
    }
}
