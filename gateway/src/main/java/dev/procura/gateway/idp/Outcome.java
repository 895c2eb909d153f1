package dev.procura.gateway.idp;

import dev.procura.gateway.problem.Problem;

/** The classes of refusal, whatever a server calls them: who is at fault, and so what the caller sees. */
enum Outcome {
    /** The subject token is no good any more: expired, revoked, logged out, the wrong kind. */
    SUBJECT_REJECTED(Problem.SUBJECT_REJECTED),
    /** The user has to sign in again, or better. */
    STEP_UP(Problem.STEP_UP_REQUIRED),
    /** Nobody has consented. */
    CONSENT(Problem.CONSENT_REQUIRED),
    /** This user may not have this target. */
    TARGET_DENIED(Problem.TARGET_DENIED),
    /** Our request is wrong: an audience, a scope, a grant that is not switched on. */
    OUR_CONFIG(Problem.TOKEN_REQUEST_REFUSED),
    /** Our own credentials are wrong: nothing that a caller sends can make them right. */
    OUR_CREDENTIALS(Problem.CLIENT_REFUSED),
    /** The server cannot answer now. */
    UNAVAILABLE(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);

    private final Problem problem;

    Outcome(Problem problem) {
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }

    /** Whether an operator has to be told. */
    boolean isAlarm() {
        return this == OUR_CONFIG || this == OUR_CREDENTIALS;
    }
}
