package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Scopes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** RFC 9068, and what most servers do near it. */
final class GenericProfile implements Profile {

    private static final List<String> CLIENT_CLAIMS = List.of("client_id", "azp", "cid", "appid");

    private static final List<String> RIGHTS_CLAIMS = List.of("scope", "scp", "permissions");

    /** What a client asks for to sign users in (OpenID Connect Core sections 3.1.2.1, 5.4 and 11). */
    private static final Scopes SIGN_IN_SCOPES =
            Scopes.of("openid", "profile", "email", "address", "phone", "offline_access");

    private static final List<String> SIGN_IN_CLAIMS = List.of("auth_time", "sid", "acr");

    private static final List<String> PERSONAL_CLAIMS = List.of(
            "name", "given_name", "family_name", "nickname", "picture", "email", "preferred_username", "upn", "amr");

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
        Set<String> clients = clients(claims);
        if (subject.isPresent() && clients.contains(subject.get())) {
            return signedIn || speaksOfPerson(claims) ? Caller.Kind.UNKNOWN : Caller.Kind.APP;
        }
        boolean told = signedIn || !clients.isEmpty();
        return told && !ApplicationMarks.isIn(claims) ? Caller.Kind.USER : Caller.Kind.UNKNOWN;
    }

    /** A person may bear a client's name; what servers say of persons takes an application's standing away. */
    private static boolean speaksOfPerson(Claims claims) {
        return PERSONAL_CLAIMS.stream().anyMatch(claims::has);
    }

    /**
     * RFC 9068 says {@code at+jwt}, others say it in a claim, and a right that is more than OpenID Connect's own scopes is
     * only in access tokens. Where nothing speaks of access, what looks like an ID token is one.
     */
    @Override
    public TokenUse use(String type, Claims claims) {
        if (TokenUses.isForeign(claims)) {
            return TokenUse.OTHER;
        }
        Optional<TokenUse> said = TokenUses.said(claims);
        if (said.isPresent() && said.get() != TokenUse.ACCESS_TOKEN) {
            return said.get();
        }
        if (TokenUses.hasIdTokenHash(claims)) {
            return TokenUse.ID_TOKEN;
        }
        boolean access = said.isPresent() || type.equals("at+jwt") || givesRights(claims);
        return access || !looksLikeIdToken(claims) ? TokenUse.ACCESS_TOKEN : TokenUse.ID_TOKEN;
    }

    private static boolean givesRights(Claims claims) {
        return RIGHTS_CLAIMS.stream()
                .flatMap(name -> claims.scopes(name).stream())
                .anyMatch(scopes -> !scopes.minus(SIGN_IN_SCOPES).isEmpty());
    }

    /**
     * OpenID Connect Core section 2: an ID token is for its client, or for another one of the same owner ({@code azp} names
     * who asked). A client that is named in other words, and is not the audience, speaks of access.
     */
    private static boolean looksLikeIdToken(Claims claims) {
        Set<String> clients = clients(claims);
        List<String> audiences = claims.strings("aud");
        boolean forItsClients = !audiences.isEmpty() && clients.containsAll(audiences);
        boolean namesAnotherClient =
                !forItsClients && CLIENT_CLAIMS.stream().anyMatch(name -> !name.equals("azp") && claims.has(name));
        boolean speaksOfSignIn = SIGN_IN_CLAIMS.stream().anyMatch(claims::has) || speaksOfPerson(claims);
        boolean forAzpAlone =
                claims.string("azp").map(azp -> audiences.equals(List.of(azp))).orElse(false);
        return claims.has("nonce") || forAzpAlone || (speaksOfSignIn && !namesAnotherClient);
    }

    private static Set<String> clients(Claims claims) {
        Set<String> clients = new LinkedHashSet<>();
        CLIENT_CLAIMS.forEach(name -> claims.string(name).ifPresent(clients::add));
        return clients;
    }
}
