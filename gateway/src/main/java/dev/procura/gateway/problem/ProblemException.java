package dev.procura.gateway.problem;

import dev.procura.gateway.token.Scopes;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that ends with a {@link Problem}. The message is for the operator's log: it may name routes, issuers,
 * audiences and configuration keys, never a token. Carries no stack trace: it is an outcome, not a bug.
 */
public final class ProblemException extends RuntimeException {

    private final Problem problem;
    private final Scopes neededScopes;
    private final @Nullable Duration retryAfter;

    private ProblemException(
            Problem problem,
            String reason,
            Scopes neededScopes,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(reason, cause, false, false);
        this.problem = problem;
        this.neededScopes = neededScopes;
        this.retryAfter = retryAfter;
    }

    /** @param reason why, for the operator: what was expected, what was found, which setting decides */
    public static ProblemException of(Problem problem, String reason) {
        return new ProblemException(problem, reason, Scopes.none(), null, null);
    }

    public ProblemException causedBy(Throwable cause) {
        return new ProblemException(problem, reason(), neededScopes, retryAfter, cause);
    }

    /** The scopes that would have been enough; the challenge names them. */
    public ProblemException needing(Scopes scopes) {
        return new ProblemException(problem, reason(), scopes, retryAfter, getCause());
    }

    public ProblemException retryAfter(Duration delay) {
        return new ProblemException(problem, reason(), neededScopes, delay, getCause());
    }

    public Problem problem() {
        return problem;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    public Scopes neededScopes() {
        return neededScopes;
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
