package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** RFC 9068, and what most servers do near it. */
final class GenericProfile implements Profile {

    private static final List<String> CLIENT_CLAIMS = List.of("client_id", "azp", "cid", "appid");

    /** What speaks of access, and is in no ID token. */
    private static final List<String> ACCESS_CLAIMS =
            List.of("scope", "scp", "permissions", "client_id", "cid", "appid");

    private static final List<String> SIGN_IN_CLAIMS = List.of("nonce", "auth_time", "sid", "acr");

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
        return told && !ApplicationMarks.isIn(claims) ? Caller.Kind.USER : Caller.Kind.UNKNOWN;
    }

    /** A person may bear a client's name; what servers say of persons takes an application's standing away. */
    private static boolean speaksOfPerson(Claims claims) {
        return PERSONAL_CLAIMS.stream().anyMatch(claims::has);
    }

    /**
     * RFC 9068 says {@code at+jwt}, others say it in a claim; for the rest an ID token is told by what stands in it alone,
     * or by what it lacks: where nothing speaks of access, a token for its own client that speaks of a sign-in or of a
     * person is an ID token.
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
        boolean access = said.isPresent()
                || type.equals("at+jwt")
                || ACCESS_CLAIMS.stream().anyMatch(claims::has);
        return access || !looksLikeIdToken(claims) ? TokenUse.ACCESS_TOKEN : TokenUse.ID_TOKEN;
    }

    /** OpenID Connect Core section 2: the audience of an ID token holds its client. */
    private static boolean looksLikeIdToken(Claims claims) {
        List<String> audiences = claims.strings("aud");
        Optional<String> client = claims.string("azp");
        if (client.isPresent() && !audiences.contains(client.get())) {
            return false;
        }
        boolean forItsClientAlone = client.isPresent() && audiences.equals(List.of(client.get()));
        return forItsClientAlone || SIGN_IN_CLAIMS.stream().anyMatch(claims::has) || speaksOfPerson(claims);
    }
}
