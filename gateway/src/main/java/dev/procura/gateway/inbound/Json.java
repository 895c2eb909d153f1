package dev.procura.gateway.inbound;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.token.Claims;
import java.text.ParseException;
import java.util.Map;

/** Reads JSON that somebody else wrote. Whatever it holds, the answer is an object or a {@link ParseException}. */
public final class Json {

    private Json() {}

    /** The members of a JSON object; the exception says nothing of the text. */
    public static Claims object(String text) throws ParseException {
        if (!text.stripLeading().startsWith("{")) {
            // The parser would take a list of pairs for an object.
            throw new ParseException("not a JSON object", 0);
        }
        Map<String, Object> members;
        try {
            members = JSONObjectUtils.parse(text);
        } catch (ParseException | RuntimeException e) {
            throw new ParseException("not a JSON object", 0);
        }
        if (members == null) {
            // The word null is JSON, and no object.
            throw new ParseException("not a JSON object", 0);
        }
        return Claims.of(members);
    }
}
