package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;

/** What the registered error codes mean (RFC 6749 section 5.2, RFC 8693 section 2.2.2, RFC 8707 section 2). */
final class StandardRefusals {

    private StandardRefusals() {}

    static Outcome classify(Grant grant, Refusal refusal) {
        boolean forSubject = grant.inNameOf().isPresent();
        return switch (refusal.error()) {
            case "invalid_grant", "invalid_token" -> invalidGrant(grant);
            case "invalid_target", "invalid_scope", "access_denied" ->
                forSubject ? Outcome.TARGET_DENIED : Outcome.OUR_CONFIG;
            case "interaction_required", "login_required", "insufficient_user_authentication", "mfa_required" ->
                forSubject ? Outcome.STEP_UP : Outcome.OUR_CONFIG;
            case "consent_required" -> forSubject ? Outcome.CONSENT : Outcome.OUR_CONFIG;
            // 401 only where the client tried the header; 400 otherwise (RFC 6749 section 5.2).
            case "invalid_client" -> Outcome.OUR_CREDENTIALS;
            case "temporarily_unavailable", "server_error", "slow_down" -> Outcome.UNAVAILABLE;
            default -> Outcome.OUR_CONFIG;
        };
    }

    /** An assertion was made a moment ago: it is not old, this server does not know its user, and a new one is no better. */
    private static Outcome invalidGrant(Grant grant) {
        if (grant instanceof Grant.Assertion) {
            return Outcome.TARGET_DENIED;
        }
        return grant instanceof Grant.OnBehalfOf ? Outcome.SUBJECT_REJECTED : Outcome.OUR_CONFIG;
    }
}
