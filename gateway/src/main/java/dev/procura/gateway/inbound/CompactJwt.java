package dev.procura.gateway.inbound;

import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.token.Claims;
import java.text.ParseException;
import java.util.Base64;

/** Reads a signed JWT (RFC 7515 section 7.1). Its exceptions say nothing of the text. Not checked: the signature. */
final class CompactJwt {

    private CompactJwt() {}

    static SignedJWT parse(String text) throws ParseException {
        if (!isCanonical(text)) {
            throw new ParseException("is not three parts of canonical base64url", 0);
        }
        try {
            return SignedJWT.parse(text);
        } catch (ParseException | RuntimeException e) {
            // The parser's own words quote the token; and it was not made for everything that people send.
            throw new ParseException("is not a signed JWT", 0);
        }
    }

    static Claims claims(SignedJWT jwt) throws ParseException {
        try {
            return Json.object(jwt.getPayload().toString());
        } catch (ParseException e) {
            throw new ParseException("has a payload that is not a JSON object", 0);
        }
    }

    /**
     * RFC 7515 section 2: base64url without padding. A decoder takes other spellings too, and each would be a token of its
     * own to a cache that goes by the text.
     */
    private static boolean isCanonical(String token) {
        String[] parts = token.split("\\.", -1);
        try {
            for (String part : parts) {
                String again = Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(Base64.getUrlDecoder().decode(part));
                if (!again.equals(part)) {
                    return false;
                }
            }
        } catch (IllegalArgumentException e) {
            return false;
        }
        return parts.length == 3;
    }
}
