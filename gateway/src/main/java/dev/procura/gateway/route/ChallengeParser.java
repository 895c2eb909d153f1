package dev.procura.gateway.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code WWW-Authenticate} (RFC 9110 section 11.6.1): any number of headers, each with any number of challenges. Pure;
 * whatever the text is, there is an answer, in time that grows with its length alone.
 *
 * <p>A header that is not well-formed to its end, names a parameter of a challenge twice, or is out of bounds counts as not
 * there: half of a challenge would be another challenge. A challenge with a {@code token68} has no parameters here.
 */
final class ChallengeParser {

    /** Of all headers together. */
    static final int MAX_LENGTH = 16 * 1024;

    static final int MAX_CHALLENGES = 16;
    static final int MAX_PARAMETERS = 32;

    private final String text;
    private final List<Challenge> challenges = new ArrayList<>();
    private int position;

    private ChallengeParser(String text) {
        this.text = text;
    }

    static List<Challenge> parse(List<String> headers) {
        long length = headers.stream().mapToLong(String::length).sum();
        if (length > MAX_LENGTH) {
            return List.of();
        }
        List<Challenge> all = new ArrayList<>();
        for (String header : headers) {
            ChallengeParser parser = new ChallengeParser(header);
            if (parser.readHeader()) {
                all.addAll(parser.challenges);
            }
        }
        return all.size() > MAX_CHALLENGES ? List.of() : List.copyOf(all);
    }

    /** {@code #challenge}: elements of the list may be empty. False: not well-formed. */
    private boolean readHeader() {
        skipSeparators();
        while (position < text.length()) {
            if (!readChallenge()) {
                return false;
            }
        }
        return true;
    }

    /** {@code auth-scheme [ 1*SP ( token68 / #auth-param ) ]}, and what separates it from the next one. */
    private boolean readChallenge() {
        String scheme = readToken();
        if (scheme == null || challenges.size() == MAX_CHALLENGES) {
            return false;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        if (at(' ') && !readRest(parameters)) {
            return false;
        }
        challenges.add(new Challenge(scheme, parameters));
        return skipSeparators();
    }

    private boolean readRest(Map<String, String> parameters) {
        skipSpace();
        boolean nothing = position == text.length() || at(',');
        if (!nothing && !isParameterAhead()) {
            return skipToken68();
        }
        while (isParameterAhead()) {
            if (!readParameter(parameters)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the next element is {@code token BWS "=" BWS value} rather than a scheme or a token68; goes over the
     * separators before it when it is.
     */
    private boolean isParameterAhead() {
        int start = position;
        skipSeparators();
        int name = position;
        boolean ahead = false;
        if (readToken() != null) {
            skipSpace();
            if (at('=')) {
                position++;
                skipSpace();
                ahead = at('"') || (readToken() != null && isAtEndOfElement());
            }
        }
        position = ahead ? name : start;
        return ahead;
    }

    private boolean readParameter(Map<String, String> parameters) {
        String name = readToken();
        skipSpace();
        position++;
        skipSpace();
        String value = at('"') ? readQuoted() : readToken();
        return name != null
                && value != null
                && isAtEndOfElement()
                && parameters.size() < MAX_PARAMETERS
                && parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), value) == null;
    }

    private @Nullable String readToken() {
        int start = position;
        while (position < text.length() && isTokenCharacter(text.charAt(position))) {
            position++;
        }
        return position == start ? null : text.substring(start, position);
    }

    private @Nullable String readQuoted() {
        StringBuilder value = new StringBuilder();
        for (int i = position + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                position = i + 1;
                return value.toString();
            }
            if (c == '\\') {
                i++;
                if (i == text.length()) {
                    return null;
                }
                c = text.charAt(i);
            }
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return null;
            }
            value.append(c);
        }
        return null;
    }

    private boolean skipToken68() {
        int start = position;
        while (position < text.length()
                && (isAlphanumeric(text.charAt(position)) || "-._~+/".indexOf(text.charAt(position)) >= 0)) {
            position++;
        }
        boolean some = position > start;
        while (at('=')) {
            position++;
        }
        return some && isAtEndOfElement();
    }

    /** Whether nothing but space stands before the next comma or the end. */
    private boolean isAtEndOfElement() {
        int ahead = position;
        while (ahead < text.length() && isSpace(text.charAt(ahead))) {
            ahead++;
        }
        return ahead == text.length() || text.charAt(ahead) == ',';
    }

    /** Goes over space and commas; whether there was a comma, or nothing more. */
    private boolean skipSeparators() {
        boolean comma = false;
        while (position < text.length() && (isSpace(text.charAt(position)) || at(','))) {
            comma |= at(',');
            position++;
        }
        return comma || position == text.length();
    }

    private void skipSpace() {
        while (position < text.length() && isSpace(text.charAt(position))) {
            position++;
        }
    }

    private boolean at(char c) {
        return position < text.length() && text.charAt(position) == c;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isTokenCharacter(char c) {
        return isAlphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
