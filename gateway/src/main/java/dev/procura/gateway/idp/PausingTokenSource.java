package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
                    .doOnSuccess(token -> pauses.ended(question, null))
                    .doOnError(failure -> pauses.ended(question, problem(failure)))
                    .doOnCancel(() -> pauses.ended(question, null));
        });
    }

    private static @Nullable ProblemException problem(Throwable failure) {
        return failure instanceof ProblemException problem ? problem : null;
    }

    @Override
    public String toString() {
        return "pausing(" + delegate + ")";
    }
}
