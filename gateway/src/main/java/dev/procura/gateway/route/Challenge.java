package dev.procura.gateway.route;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110 section 11.6.1), as somebody else wrote it.
 *
 * @param scheme as written
 * @param parameters by name in lower case, in their order; values without their quotes. Not checked: what they mean
 */
record Challenge(String scheme, Map<String, String> parameters) {

    Challenge {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    boolean isBearer() {
        return scheme.equalsIgnoreCase("Bearer");
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name.toLowerCase(Locale.ROOT)));
    }

    /** With this parameter and no other of its name, or without it. */
    Challenge with(String name, Optional<String> value) {
        Map<String, String> changed = new LinkedHashMap<>(parameters);
        changed.remove(name);
        value.ifPresent(text -> changed.put(name, text));
        return new Challenge(scheme, changed);
    }

    /**
     * The challenge as a header: every value quoted, whatever it holds. A value with anything but printable ASCII is left
     * out with its name, so that nobody can end the line or be read in two ways.
     */
    String header() {
        StringBuilder header = new StringBuilder(scheme);
        String separator = " ";
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            if (isPrintable(parameter.getValue())) {
                header.append(separator).append(parameter.getKey()).append("=\"");
                quote(header, parameter.getValue());
                header.append('"');
                separator = ", ";
            }
        }
        return header.toString();
    }

    private static boolean isPrintable(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    private static void quote(StringBuilder header, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                header.append('\\');
            }
            header.append(c);
        }
    }
}
