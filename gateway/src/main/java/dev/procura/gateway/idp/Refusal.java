package dev.procura.gateway.idp;

import dev.procura.gateway.token.Claims;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An error answer of a token endpoint (RFC 6749 section 5.2), with what Microsoft adds to it.
 *
 * @param status the HTTP status
 * @param error the code; empty when the body has none
 * @param description the server's prose: read for the class of the refusal where a server gives no better sign, never
 *     shown to a caller
 * @param suberror what the caller's client could do about it (Entra); empty when the body has none
 * @param codes the server's own numbers, for logs and hints alone: they change
 * @param claims a claims request as JSON that a new sign-in has to satisfy (Entra)
 * @param traceId finds the event in the server's log; empty when the body has none
 * @param correlationId the same for everything that belongs to one request; empty when the body has none
 */
record Refusal(
        int status,
        String error,
        String description,
        String suberror,
        List<String> codes,
        Optional<String> claims,
        String traceId,
        String correlationId) {

    private static final int MAX_CODES = 8;

    /** A number that Entra writes at the beginning of its prose, too. */
    private static final Pattern PROSE_CODE = Pattern.compile("^AADSTS(\\d{1,10})\\b");

    Refusal {
        codes = List.copyOf(codes);
    }

    Refusal(int status, String error, String description) {
        this(status, error, description, "", List.of(), Optional.empty(), "", "");
    }

    static Refusal of(int status, Claims members) {
        String description = members.string("error_description").orElse("");
        return new Refusal(
                status,
                members.string("error").orElse(""),
                description,
                members.string("suberror").orElse(""),
                codes(members, description),
                members.string("claims"),
                members.string("trace_id").orElse(""),
                members.string("correlation_id").orElse(""));
    }

    private static List<String> codes(Claims members, String description) {
        List<String> codes = new ArrayList<>();
        if (members.values().get("error_codes") instanceof List<?> numbers) {
            numbers.stream()
                    .filter(Number.class::isInstance)
                    .limit(MAX_CODES)
                    .forEach(number -> codes.add(Long.toString(((Number) number).longValue())));
        }
        Matcher inProse = PROSE_CODE.matcher(description);
        if (codes.isEmpty() && inProse.find()) {
            codes.add(inProse.group(1));
        }
        return codes;
    }
}
