package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;

/**
 * What Entra's refusals mean. Goes by {@code error}, {@code suberror} and {@code claims} alone: Microsoft changes its
 * numbers and its prose.
 */
final class EntraRefusals {

    private EntraRefusals() {}

    static Outcome classify(Grant grant, Refusal refusal) {
        if (refusal.error().equals("invalid_client")) {
            return Outcome.OUR_CREDENTIALS;
        }
        if (!(grant instanceof Grant.OnBehalfOf)) {
            return StandardRefusals.classify(grant, refusal);
        }
        return switch (refusal.error()) {
            case "interaction_required" ->
                refusal.suberror().equals("consent_required") ? Outcome.CONSENT : Outcome.STEP_UP;
            case "invalid_grant" -> invalidGrant(refusal);
            // With the tenants of callers, it is they who have not installed the application or the API.
            case "unauthorized_client", "invalid_resource" ->
                grant.client().tenant().isPresent() ? Outcome.CONSENT : Outcome.OUR_CONFIG;
            case "invalid_scope" -> Outcome.OUR_CONFIG;
            default -> StandardRefusals.classify(grant, refusal);
        };
    }

    private static Outcome invalidGrant(Refusal refusal) {
        return switch (refusal.suberror()) {
            case "consent_required" -> Outcome.CONSENT;
            case "protection_policy_required" -> Outcome.TARGET_DENIED;
            case "client_mismatch" -> Outcome.SUBJECT_REJECTED;
            case "basic_action", "additional_action", "message_only", "user_password_expired" -> Outcome.STEP_UP;
            default -> refusal.claims().isPresent() ? Outcome.STEP_UP : Outcome.SUBJECT_REJECTED;
        };
    }
}
