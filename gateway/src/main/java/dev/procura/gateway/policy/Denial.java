package dev.procura.gateway.policy;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;

/**
 * Why a caller is not let through.
 *
 * @param reason for the operator's log
 * @param remedy what would have been enough
 */
public record Denial(Problem problem, String reason, ProblemException.Remedy remedy) implements Decision {

    Denial(Problem problem, String reason) {
        this(problem, reason, ProblemException.Remedy.none());
    }

    public ProblemException toException() {
        return ProblemException.of(problem, reason).needing(remedy);
    }
}
