package dev.procura.gateway.credential;

import dev.procura.gateway.token.Scopes;
import java.util.Set;

/**
 * What is peculiar to a kind of authorization server and matters where its tokens are judged.
 *
 * @param addedScopes scopes that it adds to what was asked for, of its own accord
 * @param grantsLess whether it silently grants fewer scopes to users who lack them, instead of refusing
 * @param scopesNameTheirApi whether scopes are asked for with the API's identifier before them and issued without; such a
 *     server gives all that was consented to for the API, and never scopes of another one
 * @param userClaims the claims that name the same user in the caller's token and in the issued one
 * @param takesClaimsRequest whether it can be told which claims a token has to hold (OpenID Connect Core section 5.5)
 */
public record ServerTraits(
        Scopes addedScopes,
        boolean grantsLess,
        boolean scopesNameTheirApi,
        Set<String> userClaims,
        boolean takesClaimsRequest) {

    private static final ServerTraits STANDARD = new ServerTraits(Scopes.none(), false, false, Set.of("sub"), false);

    public ServerTraits {
        userClaims = Set.copyOf(userClaims);
        if (userClaims.isEmpty()) {
            throw new IllegalArgumentException("a user has a name");
        }
    }

    /** RFC 8693 and RFC 9068: nothing is peculiar. */
    public static ServerTraits standard() {
        return STANDARD;
    }

    public ServerTraits adding(Scopes scopes) {
        return new ServerTraits(scopes, grantsLess, scopesNameTheirApi, userClaims, takesClaimsRequest);
    }

    public ServerTraits grantingLess() {
        return new ServerTraits(addedScopes, true, scopesNameTheirApi, userClaims, takesClaimsRequest);
    }
}
