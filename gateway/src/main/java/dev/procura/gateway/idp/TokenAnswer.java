package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Target;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.inbound.Json;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.TokenValue;
import java.text.ParseException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the answer of a token endpoint (RFC 6749 sections 5.1 and 5.2, RFC 8693 section 2.2), without believing it. What
 * comes beside the access token (refresh token, ID token) is dropped unread.
 */
sealed interface TokenAnswer {

    record Issued(AccessToken token) implements TokenAnswer {}

    record Refused(Refusal refusal) implements TokenAnswer {}

    /**
     * The server could not answer, or something that is not the server did.
     *
     * @param refusal what it said, as far as it can be read
     */
    record Unavailable(String reason, Refusal refusal) implements TokenAnswer {}

    /** A success that cannot be used: what is wrong with it, without what it said. */
    record Unusable(String reason) implements TokenAnswer {}

    Set<String> ACCESS_TOKEN_TYPES = Set.of(TokenRequests.ACCESS_TOKEN_TYPE, TokenRequests.JWT_TYPE);

    /** RFC 8693 section 2.2.1: what was issued is no access token. */
    String NO_ACCESS_TOKEN = "N_A";

    Pattern DIGITS = Pattern.compile("\\d{1,10}");

    /** @param recipient who is to take what is issued: an API takes access tokens alone */
    static TokenAnswer read(AuthorizationServerHttp.Answer answer, Target.Recipient recipient, Instant now) {
        if (answer.status() == 429 || answer.status() >= 500) {
            return new Unavailable("status " + answer.status(), Refusal.of(answer.status(), readable(answer)));
        }
        Claims members;
        try {
            members = Json.object(answer.body());
        } catch (ParseException e) {
            return new Unavailable(
                    "status " + answer.status() + " with a body that is not a JSON object",
                    Refusal.of(answer.status(), Claims.of(Map.of())));
        }
        if (answer.status() == 200) {
            return issued(members, recipient, now);
        }
        return new Refused(Refusal.of(answer.status(), members));
    }

    private static Claims readable(AuthorizationServerHttp.Answer answer) {
        try {
            return Json.object(answer.body());
        } catch (ParseException e) {
            return Claims.of(Map.of());
        }
    }

    private static TokenAnswer issued(Claims members, Target.Recipient recipient, Instant now) {
        if (members.has("error")) {
            return new Unusable("a success that names an error");
        }
        Optional<String> text = members.string("access_token");
        if (text.isEmpty()) {
            return new Unusable("no access_token");
        }
        if (members.string("token_type")
                .filter(type -> isUsable(type, recipient))
                .isEmpty()) {
            return new Unusable("token_type is not Bearer");
        }
        if (members.has("issued_token_type")
                && members.string("issued_token_type")
                        .filter(ACCESS_TOKEN_TYPES::contains)
                        .isEmpty()) {
            return new Unusable("issued_token_type is not an access token");
        }
        Optional<Long> seconds = lifetime(members);
        if (members.has("expires_in") && seconds.isEmpty()) {
            return new Unusable("expires_in is not a number of seconds");
        }
        try {
            return new Issued(
                    new AccessToken(TokenValue.of(text.get()), seconds.map(now::plusSeconds), members.scopes("scope")));
        } catch (IllegalArgumentException e) {
            return new Unusable("access_token is " + e.getMessage());
        }
    }

    private static boolean isUsable(String tokenType, Target.Recipient recipient) {
        return tokenType.equalsIgnoreCase("Bearer")
                || (recipient == Target.Recipient.AUTHORIZATION_SERVER && tokenType.equalsIgnoreCase(NO_ACCESS_TOKEN));
    }

    /** A number, or (Azure AD) a number in a string. */
    private static Optional<Long> lifetime(Claims members) {
        return members.number("expires_in")
                .or(() -> members.string("expires_in")
                        .filter(text -> DIGITS.matcher(text).matches())
                        .map(Long::valueOf))
                .filter(seconds -> seconds >= 0 && seconds < 10_000_000_000L);
    }
}
