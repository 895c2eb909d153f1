package dev.procura.gateway.inbound;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.TokenValue;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;

/**
 * Finds the tokens of a request: the caller's in {@code Authorization} (RFC 6750 section 2.1) and the calling API's in
 * {@code Actor-Token}. Bodies are never searched; a token in the query is refused before any of this.
 */
public final class BearerTokens {

    /** The header in which an API sends its own access token beside the one that it was given. */
    public static final String ACTOR_HEADER = "Actor-Token";

    private static final String BEARER = "Bearer";

    private BearerTokens() {}

    /** @throws ProblemException when there is none, more than one, or one that is not well-formed */
    public static TokenValue caller(HttpHeaders headers) {
        List<String> values = headers.getOrEmpty(HttpHeaders.AUTHORIZATION);
        if (values.size() > 1) {
            throw ProblemException.of(Problem.INVALID_AUTHORIZATION, "more than one Authorization header");
        }
        if (values.isEmpty() || !hasScheme(values.get(0))) {
            throw ProblemException.of(
                    Problem.TOKEN_MISSING,
                    "no Authorization header of the scheme Bearer, and require.caller is not anyone");
        }
        String text = values.get(0).substring(BEARER.length()).strip();
        if (text.length() > TokenValue.MAX_LENGTH) {
            throw ProblemException.of(Problem.TOKEN_TOO_LARGE, "a token of " + text.length() + " characters");
        }
        try {
            return TokenValue.of(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(Problem.INVALID_AUTHORIZATION, "what follows Bearer is not one b64token");
        }
    }

    /** Empty when there is no such header; the scheme may be written before the token, or left out. */
    public static Optional<TokenValue> actor(HttpHeaders headers) {
        List<String> values = headers.getOrEmpty(ACTOR_HEADER);
        if (values.isEmpty()) {
            return Optional.empty();
        }
        String value = values.get(0);
        String text = hasScheme(value) ? value.substring(BEARER.length()).strip() : value.strip();
        if (values.size() > 1 || text.length() > TokenValue.MAX_LENGTH || !TokenValue.isB64Token(text)) {
            throw ProblemException.of(
                    Problem.ACTOR_TOKEN_INVALID, "require.actor-token: Actor-Token is not one well-formed token");
        }
        return Optional.of(TokenValue.of(text));
    }

    /** Scheme names are case-insensitive (RFC 9110 section 11.1). */
    private static boolean hasScheme(String value) {
        return value.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && (value.length() == BEARER.length() || value.charAt(BEARER.length()) == ' ');
    }
}
