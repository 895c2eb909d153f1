package dev.procura.gateway.policy;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Scopes;

/**
 * Why a caller is not let through.
 *
 * @param reason for the operator's log
 * @param neededScopes the scopes that would have been enough; empty when scopes are not the reason
 */
public record Denial(Problem problem, String reason, Scopes neededScopes) implements Decision {

    Denial(Problem problem, String reason) {
        this(problem, reason, Scopes.none());
    }

    public ProblemException toException() {
        return ProblemException.of(problem, reason).needing(neededScopes);
    }
}
