package dev.procura.gateway.credential;

import dev.procura.gateway.token.AccessToken;
import org.jspecify.annotations.Nullable;
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

    /** The same token, when it is in memory: null says no more than that {@link #token} has to be asked. */
    default @Nullable AccessToken atHand(Grant grant) {
        return null;
    }
}
