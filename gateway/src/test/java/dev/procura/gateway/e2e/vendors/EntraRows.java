package dev.procura.gateway.e2e.vendors;

import static dev.procura.gateway.e2e.vendors.Ending.CLAIMS_CHALLENGE;
import static dev.procura.gateway.e2e.vendors.Ending.CONSENT;
import static dev.procura.gateway.e2e.vendors.Ending.OUR_CONFIG;
import static dev.procura.gateway.e2e.vendors.Ending.OUR_CREDENTIALS;
import static dev.procura.gateway.e2e.vendors.Ending.STEP_UP;
import static dev.procura.gateway.e2e.vendors.Ending.SUBJECT_REJECTED;
import static dev.procura.gateway.e2e.vendors.Ending.TARGET_DENIED;
import static dev.procura.gateway.e2e.vendors.Ending.UNAVAILABLE;
import static dev.procura.gateway.e2e.vendors.Ending.UNUSABLE;
import static dev.procura.gateway.e2e.vendors.Vendor.B2C;
import static dev.procura.gateway.e2e.vendors.Vendor.ENTRA;
import static dev.procura.gateway.e2e.vendors.Vendor.ENTRA_SINGLE;
import static dev.procura.gateway.e2e.vendors.Vendor.ENTRA_V1;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What Microsoft's servers answer. */
final class EntraRows {

    private EntraRows() {}

    static Stream<Row> rows() {
        return Stream.of(interaction(), subjects(), consent(), ours(), unavailable(), unusable(), b2c())
                .flatMap(rows -> rows);
    }

    /** Both endpoints refuse with the same bodies. */
    private static Stream<Row> onBoth(
            String name, Ending ending, String hint, String error, String code, String... more) {
        return Stream.of(ENTRA, ENTRA_V1).map(vendor -> one(vendor, name, ending, hint, error, code, more));
    }

    private static Row one(
            Vendor vendor, String name, Ending ending, String hint, String error, String code, String... more) {
        return Row.of(code + ", " + name, vendor, Answer.json(400, Bodies.entra(error, code, more)), ending)
                .hinting(hint);
    }

    private static Stream<Row> interaction() {
        String claims = Bodies.claims(Bodies.CLAIMS);
        String basic = Bodies.suberror("basic_action");
        return Stream.of(
                        onBoth(
                                "MFA",
                                CLAIMS_CHALLENGE,
                                "conditional access policy of the API wants MFA",
                                "interaction_required",
                                "50076",
                                basic,
                                claims),
                        onBoth(
                                "to be registered for MFA",
                                CLAIMS_CHALLENGE,
                                "register for MFA",
                                "interaction_required",
                                "50079",
                                basic,
                                claims),
                        onBoth(
                                "claims in which a plus and a slash are base64",
                                CLAIMS_CHALLENGE,
                                "",
                                "interaction_required",
                                "50158",
                                Bodies.claims(
                                        "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\">>>???~~~\"}}}")),
                        onBoth(
                                "claims beside invalid_grant",
                                CLAIMS_CHALLENGE,
                                "",
                                "invalid_grant",
                                "50076",
                                basic,
                                claims),
                        onBoth("MFA has run out", STEP_UP, "MFA has run out", "interaction_required", "50078", basic),
                        onBoth(
                                "device does not comply",
                                STEP_UP,
                                "device does not meet",
                                "interaction_required",
                                "53000",
                                Bodies.suberror("message_only")),
                        onBoth(
                                "sign-in is blocked",
                                STEP_UP,
                                "blocks this sign-in",
                                "interaction_required",
                                "53003",
                                Bodies.suberror("additional_action")),
                        onBoth(
                                "claims that are no JSON",
                                STEP_UP,
                                "",
                                "interaction_required",
                                "50076",
                                Bodies.claims("\", error=\"none")))
                .flatMap(rows -> rows);
    }

    private static Stream<Row> subjects() {
        return Stream.of(
                        onBoth(
                                "bad assertion",
                                SUBJECT_REJECTED,
                                "not one that this tenant signed",
                                "invalid_grant",
                                "50013"),
                        onBoth("expired assertion", SUBJECT_REJECTED, "has expired", "invalid_grant", "500133"),
                        onBoth("revoked sessions", SUBJECT_REJECTED, "revoked", "invalid_grant", "50173"),
                        onBoth("expired sign-in", SUBJECT_REJECTED, "expired or was revoked", "invalid_grant", "70008"),
                        onBoth("an ID token", SUBJECT_REJECTED, "ID token", "invalid_grant", "240002"),
                        onBoth(
                                "another client's",
                                SUBJECT_REJECTED,
                                "",
                                "invalid_grant",
                                "70000",
                                Bodies.suberror("client_mismatch")),
                        onBoth(
                                "an application that is not protected",
                                TARGET_DENIED,
                                "",
                                "invalid_grant",
                                "53005",
                                Bodies.suberror("protection_policy_required")))
                .flatMap(rows -> rows);
    }

    /** At the tenant of the caller, it is that tenant which has not let us in; at our own, we. */
    private static Stream<Row> consent() {
        List<Row> notInstalled = List.of(
                one(ENTRA, "not installed there", CONSENT, "not installed", "unauthorized_client", "700016"),
                one(ENTRA_SINGLE, "not installed here", OUR_CONFIG, "not installed", "unauthorized_client", "700016"),
                one(ENTRA_SINGLE, "may not act", OUR_CONFIG, "not allowed to act", "unauthorized_client", "7000114"),
                one(ENTRA_V1, "not installed here", OUR_CONFIG, "not installed", "unauthorized_client", "700016"),
                one(ENTRA, "no such API there", CONSENT, "application ID URI", "invalid_resource", "500011"),
                one(ENTRA_SINGLE, "no such API here", OUR_CONFIG, "application ID URI", "invalid_resource", "500011"),
                one(ENTRA_V1, "no such API here", OUR_CONFIG, "application ID URI", "invalid_resource", "500011"));
        return Stream.of(
                        onBoth(
                                "no consent",
                                CONSENT,
                                "grant admin consent",
                                "invalid_grant",
                                "65001",
                                Bodies.suberror("consent_required")),
                        onBoth(
                                "no consent, as interaction",
                                CONSENT,
                                "grant admin consent",
                                "interaction_required",
                                "65001",
                                Bodies.suberror("consent_required")),
                        notInstalled.stream())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> ours() {
        return Stream.of(
                        onBoth("wrong secret", OUR_CREDENTIALS, "client-secret", "invalid_client", "7000215"),
                        onBoth("expired secret", OUR_CREDENTIALS, "has expired", "invalid_client", "7000222"),
                        onBoth("wrong certificate", OUR_CREDENTIALS, "certificate", "invalid_client", "700027"),
                        onBoth("bad client assertion", OUR_CREDENTIALS, "assertion", "invalid_client", "50012"),
                        onBoth("no permission for the API", OUR_CONFIG, "API permissions", "invalid_scope", "65005"),
                        onBoth("no scope of the API", OUR_CONFIG, "credential.scopes", "invalid_scope", "70011"),
                        onBoth("two APIs", OUR_CONFIG, "more than one API", "invalid_scope", "700022"),
                        onBoth("a parameter is missing", OUR_CONFIG, "please report", "invalid_request", "900144"),
                        onBoth("malformed", OUR_CONFIG, "please report", "invalid_request", "9002313"),
                        onBoth("wrong endpoint", OUR_CONFIG, "tenant's id", "invalid_request", "9001023"),
                        onBoth("going in circles", OUR_CONFIG, "in circles", "invalid_request", "50196"),
                        onBoth("unknown grant", OUR_CONFIG, "entra-v1", "unsupported_grant_type", "70003"),
                        onBoth("unheard of", OUR_CONFIG, "", "something_new", "123456"))
                .flatMap(rows -> rows)
                .flatMap(row -> row.name().startsWith("7000215")
                        ? Stream.of(
                                row,
                                new Row(
                                        row.name() + ", with 401",
                                        row.vendor(),
                                        Answer.json(401, row.answer().body()),
                                        row.ending(),
                                        row.effect(),
                                        row.hint()))
                        : Stream.of(row));
    }

    private static Stream<Row> unavailable() {
        String throttled = Bodies.entra("temporarily_unavailable", "90055");
        return Stream.of(ENTRA, ENTRA_V1)
                .flatMap(vendor -> Stream.of(
                        one(
                                vendor,
                                "transient",
                                UNAVAILABLE,
                                "unavailable for the moment",
                                "temporarily_unavailable",
                                "90033"),
                        Row.of(
                                        "429 with a time",
                                        vendor,
                                        Answer.json(429, throttled).retryAfter("7"),
                                        UNAVAILABLE)
                                .then(Effect.WAITED_FOR),
                        Row.of(
                                        "503 with a time",
                                        vendor,
                                        Answer.json(503, throttled).retryAfter("7"),
                                        UNAVAILABLE)
                                .then(Effect.WAITED_FOR),
                        Row.of("429 without a time", vendor, Answer.json(429, throttled), UNAVAILABLE),
                        Row.of("500", vendor, Answer.json(500, Bodies.entra("server_error", "50000")), UNAVAILABLE),
                        Row.of("502 of something before it", vendor, Answer.html(502), UNAVAILABLE),
                        Row.of("504", vendor, Answer.html(504), UNAVAILABLE)));
    }

    private static Stream<Row> unusable() {
        return Stream.concat(
                Stream.of(ENTRA, ENTRA_V1)
                        .flatMap(vendor -> Stream.of(
                                Row.of(
                                        "N_A where an API is to take it",
                                        vendor,
                                        Answer.ok(vendor.success("an.opaque_token")
                                                .replace("Bearer", "N_A")),
                                        UNUSABLE),
                                Row.of(
                                        "a token that is bound to a key",
                                        vendor,
                                        Answer.ok(vendor.success("an.opaque_token")
                                                .replace("Bearer", "pop")),
                                        UNUSABLE),
                                Row.of(
                                        "a refusal with 200",
                                        vendor,
                                        Answer.ok(Bodies.entra("invalid_grant", "50013")),
                                        UNUSABLE),
                                Row.of("no token", vendor, Answer.ok("{\"token_type\":\"Bearer\"}"), UNUSABLE))),
                Stream.of(Row.of(
                        "the unsigned ID token in the place of the access token",
                        ENTRA_V1,
                        Answer.ok(ENTRA_V1.success(Bodies.UNSIGNED_ID_TOKEN)),
                        UNUSABLE)));
    }

    private static Stream<Row> b2c() {
        return Arrays.asList(
                Row.of("wrong secret", B2C, Answer.json(400, Bodies.b2c("invalid_client", "90081")), OUR_CREDENTIALS),
                Row.of("no such scope", B2C, Answer.json(400, Bodies.b2c("invalid_scope", "90117")), OUR_CONFIG),
                Row.of("malformed", B2C, Answer.json(400, Bodies.b2c("invalid_request", "90050")), OUR_CONFIG),
                Row.of("no grant", B2C, Answer.json(400, Bodies.b2c("invalid_grant", "90085")), OUR_CONFIG),
                Row.of(
                                "429 with a time",
                                B2C,
                                Answer.json(429, Bodies.b2c("temporarily_unavailable", "90000"))
                                        .retryAfter("7"),
                                UNAVAILABLE)
                        .then(Effect.PAUSED),
                Row.of("500", B2C, Answer.json(500, Bodies.b2c("server_error", "90001")), UNAVAILABLE))
                .stream();
    }
}
