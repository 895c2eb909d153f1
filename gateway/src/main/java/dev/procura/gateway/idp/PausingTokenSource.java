package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Does not ask while {@link Pauses} says that asking is of no use, and tells it what came of asking. */
public final class PausingTokenSource implements TokenSource {

    private final TokenSource delegate;
    private final Pauses pauses;

    public PausingTokenSource(TokenSource delegate, Pauses pauses) {
        this.delegate = delegate;
        this.pauses = pauses;
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        return Mono.defer(() -> {
            Pauses.Question question = new Pauses.Question(grant);
            Optional<ProblemException> paused = pauses.enter(question);
            if (paused.isPresent()) {
                return Mono.error(paused.get());
            }
            return Mono.defer(() -> delegate.token(grant))
                    .doOnSuccess(token -> pauses.answered(question))
                    .doOnError(failure -> failed(question, failure))
                    .doOnCancel(() -> pauses.left(question));
        });
    }

    private void failed(Pauses.Question question, Throwable failure) {
        if (!(failure instanceof ProblemException problem)
                || problem.problem() == Problem.CALLER_CANNOT_BE_ACTED_FOR
                || problem.getCause() instanceof Pauses.NotAsked
                || problem.getCause() instanceof AuthorizationServerHttp.Busy) {
            // Not asked, or broken on our side.
            pauses.left(question);
        } else {
            pauses.refused(question, problem);
        }
    }

    @Override
    public String toString() {
        return "pausing(" + delegate + ")";
    }
}
