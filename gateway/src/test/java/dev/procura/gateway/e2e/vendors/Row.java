package dev.procura.gateway.e2e.vendors;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.e2e.callers.EntraTokens;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One answer that a token endpoint is documented to give, and what has to come of it.
 *
 * @param name the answer, in words
 * @param hint some words of the hint in the log; empty: there is none to expect
 */
record Row(String name, Vendor vendor, Answer answer, Ending ending, Effect effect, String hint) {

    static Row of(String name, Vendor vendor, Answer answer, Ending ending) {
        Effect effect = ending == Ending.OUR_CREDENTIALS
                ? Effect.PAUSED
                : ending == Ending.UNAVAILABLE
                        ? Effect.STILL_SERVED
                        : vendor.isInOwnName() ? Effect.ASKED_AGAIN : Effect.REMEMBERED;
        return new Row(name, vendor, answer, ending, effect, "");
    }

    Row then(Effect other) {
        return new Row(name, vendor, answer, ending, other, hint);
    }

    Row hinting(String words) {
        return new Row(name, vendor, answer, ending, effect, words);
    }

    /** The whole challenge; empty where there is none. */
    String challenge() {
        return ending == Ending.CLAIMS_CHALLENGE
                ? "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/" + EntraTokens.ORCHID
                        + "/oauth2/v2.0/authorize\", error=\"insufficient_claims\", claims=\""
                        + Base64.getEncoder()
                                .encodeToString(
                                        String.valueOf(members().get("claims")).getBytes(StandardCharsets.UTF_8))
                        + "\"" + Ending.metadata(vendor.id())
                : ending.challenge(vendor.id());
    }

    /** What the line in the log has to name. */
    List<String> facts() {
        List<String> facts = new ArrayList<>(
                List.of("code=" + ending.code() + " ", "route=" + vendor.id() + " ", "client=" + vendor.id() + " "));
        if (!answer.isRefusal()) {
            return facts;
        }
        facts.add(" class=" + ending.outcome() + " ");
        facts.add(" http_status=" + answer.status() + " ");
        Map<String, Object> members = members();
        for (String name : List.of("error", "suberror", "correlation_id", "trace_id")) {
            if (members.containsKey(name)) {
                facts.add(" " + name + "=" + members.get(name) + " ");
            }
        }
        if (members.get("error_codes") instanceof List<?> codes) {
            facts.add(" codes=" + codes.get(0) + " ");
        }
        if (!hint.isEmpty()) {
            facts.add(" hint=\"");
            facts.add(hint);
        }
        return facts;
    }

    /** Of what the server said, what is for nobody but the operator. */
    List<String> secrets() {
        return List.of(
                "Words of the server",
                "AADSTS",
                "AADB2C",
                "api-ledger",
                "b3d1a9d2",
                "Trace ID",
                Bodies.TRACE_ID,
                Bodies.CORRELATION_ID,
                "2026-11-02",
                "mfa-token-of-auth0");
    }

    private Map<String, Object> members() {
        try {
            return JSONObjectUtils.parse(answer.body());
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return vendor.id() + ": " + name + ": " + ending.status() + " " + ending.code() + ", "
                + effect.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
