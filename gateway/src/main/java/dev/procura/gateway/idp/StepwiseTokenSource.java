package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.token.AccessToken;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Takes apart what needs more than one token: the gateway's own token as the actor, and chains of two steps. Stands below
 * the cache, which remembers the last token under everything that led to it; an assertion is never used twice, because
 * servers take one only once (RFC 7523 section 3, {@code jti}).
 */
public final class StepwiseTokenSource implements TokenSource {

    private final TokenSource delegate;
    private final TokenSource ownTokens;

    /** @param ownTokens for the gateway's own tokens, which serve many requests: cached */
    public StepwiseTokenSource(TokenSource delegate, TokenSource ownTokens) {
        this.delegate = delegate;
        this.ownTokens = ownTokens;
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        if (grant instanceof Grant.Chained chained) {
            return token(chained.first())
                    .flatMap(assertion -> delegate.token(new Grant.Assertion(
                            chained.client(), chained.target(), assertion.value(), chained.first())));
        }
        if (grant instanceof Grant.OnBehalfOf onBehalfOf
                && onBehalfOf.actor().orElse(null) instanceof Actor.Gateway gateway) {
            return ownTokens
                    .token(gateway.own())
                    .flatMap(own -> delegate.token(new Grant.OnBehalfOf(
                            onBehalfOf.client(),
                            onBehalfOf.target(),
                            onBehalfOf.subject(),
                            Optional.of(new Actor.ProvenGateway(gateway.own(), own.value())),
                            onBehalfOf.claims())));
        }
        return delegate.token(grant);
    }

    @Override
    public String toString() {
        return "stepwise(" + delegate + ")";
    }
}
