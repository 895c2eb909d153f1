package dev.procura.gateway.route;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a request target has one reading. A path that one program reads as {@code /a/b} and the next as {@code /b} lets a
 * caller pass the rule of one route and reach the API of another. Pure.
 */
final class RequestTarget {

    /** Slash, backslash, semicolon, NUL. */
    private static final Set<String> DELIMITERS = Set.of("2f", "5c", "3b", "00");

    /** What must not stand in a path that has been decoded: a tier that decodes twice would find it. */
    private static final Set<String> DELIMITERS_AND_DOT = Set.of("2f", "5c", "3b", "00", "2e");

    private RequestTarget() {}

    /** Why the raw path is refused; empty when policy and tier cannot but read the same. */
    static Optional<String> ambiguity(String rawPath) {
        if (!rawPath.startsWith("/")) {
            return Optional.of("it does not begin with a slash");
        }
        Optional<String> decoded = decodeOnce(rawPath);
        if (decoded.isEmpty()) {
            return Optional.of("a percent-encoding is broken, or is not UTF-8");
        }
        if (holdsCode(rawPath, DELIMITERS) || holdsCode(decoded.get(), DELIMITERS_AND_DOT)) {
            return Optional.of("an encoded slash, backslash, semicolon or NUL");
        }
        return ambiguityOfDecoded(decoded.get());
    }

    private static Optional<String> ambiguityOfDecoded(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '\\' || c == ';' || Character.isISOControl(c)) {
                return Optional.of("a backslash, a semicolon or a control character");
            }
            if (c == '/' && i + 1 < path.length() && path.charAt(i + 1) == '/') {
                return Optional.of("two slashes in a row");
            }
        }
        for (String segment : path.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return Optional.of("a dot segment");
            }
        }
        return Optional.empty();
    }

    private static boolean holdsCode(String path, Set<String> codes) {
        for (int i = path.indexOf('%'); i >= 0 && i + 2 < path.length(); i = path.indexOf('%', i + 1)) {
            if (codes.contains(path.substring(i + 1, i + 3).toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    /** Strict: a malformed encoding is no text. */
    private static Optional<String> decodeOnce(String path) {
        if (path.indexOf('%') < 0) {
            return Optional.of(path);
        }
        ByteBuffer bytes = ByteBuffer.allocate(path.length() * 3);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '%') {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            if (i + 2 >= path.length()
                    || !HexFormat.isHexDigit(path.charAt(i + 1))
                    || !HexFormat.isHexDigit(path.charAt(i + 2))) {
                return Optional.empty();
            }
            bytes.put((byte) HexFormat.fromHexDigits(path, i + 1, i + 3));
            i += 2;
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
