package dev.procura.gateway.credential;

import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** What happens to a token that a tier does not take. Owned here, so that the cache can stand behind it. */
@FunctionalInterface
public interface RefusedTokens {

    /**
     * Forgets this very token, should it be remembered for this grant; a token that has taken its place stays.
     *
     * @return how to come by another one: somebody's that is fresh already, else by asking the authorization server, once
     *     for all who were refused with the same token; ends without a token when the server gives the same one again.
     *     Absent when none may be asked for so soon after the last one
     */
    Optional<Mono<AccessToken>> forget(Grant grant, TokenValue refused);
}
