package dev.procura.gateway.idp;

import java.util.List;

/**
 * What Keycloak means when it refuses an assertion (its JWT authorization grant). Whatever is wrong, the code is {@code
 * invalid_grant}; the words were measured on 26.7.3.
 */
final class KeycloakAssertions {

    /** Switches, trust, keys, clocks and the claims of the first step: no caller has a say in them. In lower case. */
    private static final List<String> ABOUT_OURS = List.of(
            "not supported for the requested client",
            "public client",
            "identity provider",
            "signature",
            "audience",
            "claim",
            "valid jwt",
            "issued in the future",
            "too far in the",
            "reuse detected");

    private KeycloakAssertions() {}

    /** @param words beside the code, in lower case */
    static Outcome invalidGrant(String words) {
        if (words.contains("token is not active")) {
            // It was alive a moment ago. It lives no longer than the caller's session, which is at its end.
            return Outcome.SUBJECT_REJECTED;
        }
        // Should the words change: shut, and no alarm that a caller could ring by being unknown there.
        return ABOUT_OURS.stream().anyMatch(words::contains) ? Outcome.OUR_CONFIG : Outcome.TARGET_DENIED;
    }
}
