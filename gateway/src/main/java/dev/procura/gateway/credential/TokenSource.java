package dev.procura.gateway.credential;

import dev.procura.gateway.token.AccessToken;
import reactor.core.publisher.Mono;

/**
 * A grant in, a token out. Caching, limits, checks and observation are decorators around it; {@code
 * GatewayConfiguration} stacks them.
 */
@FunctionalInterface
public interface TokenSource {

    /**
     * Never empty: a token, or a {@link dev.procura.gateway.problem.ProblemException} that says why there is none. Nothing
     * happens before subscription.
     */
    Mono<AccessToken> token(Grant grant);
}
