package dev.procura.gateway.e2e.vendors;

import static dev.procura.gateway.e2e.vendors.Ending.CONSENT;
import static dev.procura.gateway.e2e.vendors.Ending.OUR_CONFIG;
import static dev.procura.gateway.e2e.vendors.Ending.OUR_CREDENTIALS;
import static dev.procura.gateway.e2e.vendors.Ending.STEP_UP;
import static dev.procura.gateway.e2e.vendors.Ending.SUBJECT_REJECTED;
import static dev.procura.gateway.e2e.vendors.Ending.TARGET_DENIED;
import static dev.procura.gateway.e2e.vendors.Ending.UNAVAILABLE;
import static dev.procura.gateway.e2e.vendors.Ending.UNUSABLE;
import static dev.procura.gateway.e2e.vendors.Vendor.AUTH0;
import static dev.procura.gateway.e2e.vendors.Vendor.AUTH0_CUSTOM;
import static dev.procura.gateway.e2e.vendors.Vendor.OKTA;
import static dev.procura.gateway.e2e.vendors.Vendor.RFC7523;
import static dev.procura.gateway.e2e.vendors.Vendor.RFC8693;
import static dev.procura.gateway.e2e.vendors.Vendor.TOKENX;

import java.util.stream.Stream;

/** What Auth0, Okta, TokenX and the servers of the standards answer. */
final class OtherRows {

    private OtherRows() {}

    static Stream<Row> rows() {
        return Stream.of(
                        auth0(AUTH0),
                        auth0(AUTH0_CUSTOM),
                        okta(),
                        tokenX(),
                        rfc7523(),
                        rfc8693(),
                        Stream.of(AUTH0, AUTH0_CUSTOM, OKTA, TOKENX, RFC7523, RFC8693)
                                .flatMap(OtherRows::unavailable),
                        Stream.of(AUTH0, AUTH0_CUSTOM, OKTA, TOKENX, RFC8693).flatMap(OtherRows::unusable))
                .flatMap(rows -> rows);
    }

    private static Row refused(Vendor vendor, int status, String error, Ending ending, String hint) {
        return Row.of(status + " " + error, vendor, Answer.json(status, Bodies.plain(error)), ending)
                .hinting(hint);
    }

    private static Stream<Row> auth0(Vendor vendor) {
        return Stream.of(
                Row.of(
                                "the chain of actors is too long",
                                vendor,
                                Answer.json(
                                        400,
                                        Bodies.plain(
                                                "invalid_request",
                                                "Delegation chain (`act` claim) depth exceeds the maximum of 5")),
                                TARGET_DENIED)
                        .hinting("ends a chain at five"),
                refused(vendor, 400, "invalid_request", OUR_CONFIG, "Custom API client"),
                refused(vendor, 400, "unsupported_grant_type", OUR_CONFIG, ""),
                refused(vendor, 400, "use_dpop_nonce", OUR_CONFIG, ""),
                refused(vendor, 401, "invalid_grant", SUBJECT_REJECTED, ""),
                refused(vendor, 401, "invalid_request", SUBJECT_REJECTED, ""),
                refused(vendor, 401, "access_denied", SUBJECT_REJECTED, "client-secret is wrong, or an Action"),
                refused(vendor, 401, "invalid_client", OUR_CREDENTIALS, "client-id or client-secret"),
                refused(vendor, 403, "access_denied", TARGET_DENIED, "client grant"),
                refused(vendor, 403, "unauthorized_client", TARGET_DENIED, "client grant"),
                Row.of("403 mfa_required", vendor, Answer.json(403, """
                                        {"error":"mfa_required","error_description":"Multifactor authentication required: Words of the server",\
                                        "mfa_token":"Fe26.mfa-token-of-auth0"}"""), STEP_UP)
                        .hinting("second factor"),
                refused(vendor, 403, "consent_required", CONSENT, ""),
                Row.of(
                                "429 too_many_attempts",
                                vendor,
                                Answer.json(429, Bodies.plain("too_many_attempts"))
                                        .retryAfter("7"),
                                UNAVAILABLE)
                        .then(Effect.WAITED_FOR),
                Row.of("429 without a time", vendor, Answer.json(429, Bodies.plain("too_many_attempts")), UNAVAILABLE));
    }

    private static Stream<Row> okta() {
        return Stream.of(
                refused(OKTA, 401, "invalid_client", OUR_CREDENTIALS, "API Services app"),
                refused(OKTA, 400, "unauthorized_client", OUR_CONFIG, "Token Exchange"),
                refused(OKTA, 400, "invalid_scope", OUR_CONFIG, "custom authorization server"),
                refused(OKTA, 400, "access_denied", TARGET_DENIED, "access policy rule"),
                refused(OKTA, 400, "invalid_grant", SUBJECT_REJECTED, "Trusted servers"),
                refused(OKTA, 400, "invalid_request", SUBJECT_REJECTED, "Trusted servers"),
                refused(OKTA, 400, "invalid_target", TARGET_DENIED, ""),
                refused(OKTA, 400, "invalid_dpop_proof", OUR_CONFIG, "switch off DPoP"),
                refused(OKTA, 400, "unsupported_grant_type", OUR_CONFIG, ""));
    }

    private static Stream<Row> tokenX() {
        return Stream.of(
                refused(TOKENX, 401, "invalid_client", OUR_CREDENTIALS, ""),
                refused(TOKENX, 400, "invalid_request", SUBJECT_REJECTED, ""),
                refused(TOKENX, 400, "invalid_grant", SUBJECT_REJECTED, ""),
                refused(TOKENX, 400, "invalid_target", TARGET_DENIED, ""),
                refused(TOKENX, 400, "access_denied", TARGET_DENIED, ""));
    }

    private static Stream<Row> rfc7523() {
        return Stream.of(
                refused(RFC7523, 400, "invalid_grant", SUBJECT_REJECTED, ""),
                refused(RFC7523, 400, "invalid_request", OUR_CONFIG, ""),
                refused(RFC7523, 400, "invalid_scope", TARGET_DENIED, ""),
                refused(RFC7523, 401, "invalid_client", OUR_CREDENTIALS, ""),
                refused(RFC7523, 400, "unsupported_grant_type", OUR_CONFIG, ""),
                refused(RFC7523, 400, "unauthorized_client", OUR_CONFIG, ""));
    }

    private static Stream<Row> rfc8693() {
        return Stream.of(
                refused(RFC8693, 400, "invalid_request", SUBJECT_REJECTED, ""),
                refused(RFC8693, 400, "invalid_grant", SUBJECT_REJECTED, ""),
                refused(RFC8693, 400, "invalid_target", TARGET_DENIED, ""),
                refused(RFC8693, 400, "invalid_scope", TARGET_DENIED, ""),
                refused(RFC8693, 401, "invalid_client", OUR_CREDENTIALS, ""),
                refused(RFC8693, 400, "unauthorized_client", OUR_CONFIG, ""));
    }

    private static Stream<Row> unavailable(Vendor vendor) {
        return Stream.of(
                Row.of("429 with a time", vendor, Answer.html(429).retryAfter("7"), UNAVAILABLE)
                        .then(Effect.WAITED_FOR),
                Row.of("500", vendor, Answer.json(500, Bodies.plain("server_error")), UNAVAILABLE),
                Row.of("503 of something before it", vendor, Answer.html(503), UNAVAILABLE));
    }

    private static Stream<Row> unusable(Vendor vendor) {
        String success = vendor.success("an.opaque_token");
        return Stream.of(
                Row.of("N_A where an API is to take it", vendor, Answer.ok(success.replace("Bearer", "N_A")), UNUSABLE),
                Row.of(
                        "a token that is bound to a key",
                        vendor,
                        Answer.ok(success.replace("Bearer", "DPoP")),
                        UNUSABLE),
                Row.of(
                        "an ID token",
                        vendor,
                        Answer.ok(success.replace("token-type:access_token", "token-type:id_token")),
                        UNUSABLE));
    }
}
