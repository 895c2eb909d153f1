package dev.procura.gateway.e2e.callers;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A token, of which a row says only what differs from its family's. Immutable; written and signed however wrong it is. */
public record Token(Map<String, Object> header, Map<String, Object> claims, SigningKey key) {

    /** With the header {@code typ}, {@code alg} and {@code kid}; an empty type is left out. */
    public static Token of(String type, SigningKey key, Map<String, Object> claims) {
        Token token = new Token(Map.of(), claims, key).signedBy(key);
        return type.isEmpty() ? token : token.header("typ", type);
    }

    /** What tokens are dated by. */
    public static Clock time() {
        return Clock.systemUTC();
    }

    public Token header(String name, Object value) {
        return new Token(changed(header, name, value), claims, key);
    }

    public Token with(String name, Object value) {
        return new Token(header, changed(claims, name, value), key);
    }

    public Token without(String... names) {
        Map<String, Object> fewer = new LinkedHashMap<>(claims);
        List.of(names).forEach(fewer::remove);
        return new Token(header, fewer, key);
    }

    public Token signedBy(SigningKey other) {
        return new Token(changed(changed(header, "alg", other.algorithm()), "kid", other.kid()), claims, other);
    }

    private static Map<String, Object> changed(Map<String, Object> members, String name, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(members);
        changed.put(name, value);
        return changed;
    }

    public String text() {
        String input = Base64URL.encode(JSONObjectUtils.toJSONString(header)) + "."
                + Base64URL.encode(JSONObjectUtils.toJSONString(claims));
        return input + "." + key.sign(input.getBytes(StandardCharsets.US_ASCII));
    }

    /** Every text in the claims, however deep. */
    public List<String> words() {
        return words(claims).toList();
    }

    private static Stream<String> words(Object value) {
        if (value instanceof Map<?, ?> members) {
            return members.values().stream().flatMap(Token::words);
        }
        if (value instanceof Collection<?> members) {
            return members.stream().flatMap(Token::words);
        }
        return value instanceof String text ? Stream.of(text) : Stream.empty();
    }
}
