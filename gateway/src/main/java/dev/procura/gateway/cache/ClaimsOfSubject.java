package dev.procura.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.token.Fingerprint;
import dev.procura.gateway.token.TokenValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Everything that a caller's token says, but for what makes it one token among equals: so a token that was renewed is the
 * same subject, and one that says anything else is another. A claim that nobody here has heard of counts.
 *
 * <p>The header counts as it is written: an authorization server may judge by it. A token with a number that was rounded
 * when it was read stands for itself alone, because two numbers may have become one.
 *
 * <p>Each caller is looked at once and then remembered, as long as somebody else holds it. Not checked: that two tokens
 * which say the same are worth the same to the authorization server.
 */
public final class ClaimsOfSubject implements SubjectChoice {

    /** RFC 7519 section 4.1: which token it is, and when. */
    private static final Set<String> TOKEN_ONLY = Set.of("jti", "iat", "nbf", "exp");

    /** @param header of a JWT, encoded; of other tokens empty */
    private record Said(String header, Map<String, Object> claims) {}

    private final Function<String, Set<String>> tokenOnlyOf;
    private final Cache<Caller.Known, Fingerprint> known;

    /**
     * @param tokenOnlyOf by the issuer's name, the claims that its family adds to those of RFC 7519
     * @param maxCallers how many callers are remembered
     */
    public ClaimsOfSubject(Function<String, Set<String>> tokenOnlyOf, long maxCallers) {
        this.tokenOnlyOf = tokenOnlyOf;
        // Weak keys are compared by identity: a caller is one verified token, and comparing its claims costs too much.
        this.known = Caffeine.newBuilder().weakKeys().maximumSize(maxCallers).build();
    }

    @Override
    public Fingerprint of(Caller.Known caller) {
        return known.get(caller, this::digest);
    }

    private Fingerprint digest(Caller.Known caller) {
        Map<String, Object> claims = new LinkedHashMap<>(caller.claims().values());
        claims.keySet().removeAll(TOKEN_ONLY);
        claims.keySet().removeAll(tokenOnlyOf.apply(caller.issuerName()));
        return isRounded(claims)
                ? caller.token().fingerprint()
                : Canonical.digest(new Said(headerOf(caller.token()), claims));
    }

    /** A whole number of 64 bits is exact; the parser makes every other one a double. */
    private static boolean isRounded(Object value) {
        if (value instanceof Map<?, ?> map) {
            return anyRounded(map.values());
        }
        return value instanceof Collection<?> many ? anyRounded(many) : value instanceof Double;
    }

    private static boolean anyRounded(Collection<?> values) {
        for (Object value : values) {
            if (value != null && isRounded(value)) {
                return true;
            }
        }
        return false;
    }

    private static String headerOf(TokenValue token) {
        String text = token.reveal();
        String first = text.substring(0, Math.max(0, text.indexOf('.')));
        try {
            String header = new String(Base64.getUrlDecoder().decode(first), StandardCharsets.UTF_8);
            return header.stripLeading().startsWith("{") ? first : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
