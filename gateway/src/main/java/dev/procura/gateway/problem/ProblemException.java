package dev.procura.gateway.problem;

import dev.procura.gateway.token.Scopes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that ends with a {@link Problem}. The message is for the operator's log: it may name routes, issuers,
 * audiences and configuration keys, never a token. Carries no stack trace: it is an outcome, not a bug.
 */
public final class ProblemException extends RuntimeException {

    private final Problem problem;
    private final Remedy remedy;
    private final @Nullable Duration retryAfter;

    /**
     * What would have been enough; the challenge names it.
     *
     * @param scopes to ask for (RFC 6750 section 3)
     * @param acr authentication contexts of which one has to be met, best first (RFC 9470 section 3)
     * @param maxAge how old the sign-in may be (RFC 9470 section 3)
     */
    public record Remedy(Scopes scopes, List<String> acr, Optional<Duration> maxAge) {

        private static final Remedy NONE = new Remedy(Scopes.none(), List.of(), Optional.empty());

        public Remedy {
            acr = List.copyOf(acr);
        }

        public static Remedy none() {
            return NONE;
        }

        public static Remedy scopes(Scopes scopes) {
            return new Remedy(scopes, List.of(), Optional.empty());
        }

        public static Remedy signIn(List<String> acr, Optional<Duration> maxAge) {
            return new Remedy(Scopes.none(), acr, maxAge);
        }
    }

    private ProblemException(
            Problem problem, String reason, Remedy remedy, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(reason, cause, false, false);
        this.problem = problem;
        this.remedy = remedy;
        this.retryAfter = retryAfter;
    }

    /** @param reason why, for the operator: what was expected, what was found, which setting decides */
    public static ProblemException of(Problem problem, String reason) {
        return new ProblemException(problem, reason, Remedy.none(), null, null);
    }

    public ProblemException causedBy(Throwable cause) {
        return new ProblemException(problem, reason(), remedy, retryAfter, cause);
    }

    public ProblemException needing(Remedy enough) {
        return new ProblemException(problem, reason(), enough, retryAfter, getCause());
    }

    public ProblemException retryAfter(Duration delay) {
        return new ProblemException(problem, reason(), remedy, delay, getCause());
    }

    public Problem problem() {
        return problem;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    public Remedy remedy() {
        return remedy;
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
