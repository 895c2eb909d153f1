package dev.procura.gateway.e2e.vendors;

/** What a refused caller sees, and whether an operator is woken; written out here, not taken from the code. */
enum Ending {
    SUBJECT_REJECTED(
            401,
            "subject_rejected",
            "error=\"invalid_token\", error_description=\"The authorization server does not accept the access token any more\""),
    /** With the challenge of RFC 9470. */
    STEP_UP(
            401,
            "step_up_required",
            "error=\"insufficient_user_authentication\", error_description=\"A stronger or more recent sign-in is needed\""),
    /** With Entra's challenge; the row has the claims. */
    CLAIMS_CHALLENGE(401, "step_up_required", ""),
    CONSENT(
            403,
            "consent_required",
            "error=\"insufficient_scope\", error_description=\"Nobody has consented to this use yet\""),
    TARGET_DENIED(
            403,
            "target_denied",
            "error=\"insufficient_scope\", error_description=\"The authorization server grants this caller no such access\""),
    OUR_CONFIG(502, "token_request_refused", ""),
    OUR_CREDENTIALS(502, "client_refused", ""),
    UNAVAILABLE(503, "authorization_server_unavailable", ""),
    /** A success that cannot be used. */
    UNUSABLE(502, "issued_token_refused", "");

    private final int status;
    private final String code;
    private final String challenge;

    Ending(int status, String code, String challenge) {
        this.status = status;
        this.code = code;
        this.challenge = challenge;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    /** The whole challenge; empty where there is none. */
    String challenge(String route) {
        return challenge.isEmpty() ? "" : "Bearer realm=\"procura\", " + challenge + metadata(route);
    }

    static String metadata(String route) {
        return ", resource_metadata=\"https://api.example.test/.well-known/oauth-protected-resource/" + route + "\"";
    }

    /** In the log. */
    String outcome() {
        return this == CLAIMS_CHALLENGE ? STEP_UP.name() : name();
    }

    boolean isAlarm() {
        return status == 502;
    }
}
