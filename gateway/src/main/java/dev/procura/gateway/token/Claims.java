package dev.procura.gateway.token;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a token says (RFC 7519 section 4), read with care: a claim of another JSON type than the one asked for counts as
 * absent, so nothing is ever coerced into an identity or a right. Prints the names of the claims only.
 */
public final class Claims {

    private final Map<String, Object> values;

    private Claims(Map<String, Object> values) {
        this.values = values;
    }

    /** Takes the members of a JSON object: strings, numbers, booleans, lists, maps. */
    public static Claims of(Map<String, ?> values) {
        return new Claims(Collections.unmodifiableMap(new LinkedHashMap<>(values)));
    }

    public boolean has(String name) {
        return values.get(name) != null;
    }

    /** The members as they are, not to be changed. */
    public Map<String, Object> values() {
        return values;
    }

    public Set<String> names() {
        return values.keySet();
    }

    /** The claim when it is a string that is not empty. */
    public Optional<String> string(String name) {
        return values.get(name) instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }

    /** The claim when it is a string, or a list of strings (other list members are left out). */
    public List<String> strings(String name) {
        Object value = values.get(name);
        if (value instanceof String text) {
            return List.of(text);
        }
        if (value instanceof List<?> list) {
            List<String> texts = new ArrayList<>(list.size());
            for (Object member : list) {
                if (member instanceof String text) {
                    texts.add(text);
                }
            }
            return List.copyOf(texts);
        }
        return List.of();
    }

    /** The claim when it is a space-delimited string or a list of strings. */
    public Optional<Scopes> scopes(String name) {
        Object value = values.get(name);
        if (value instanceof String text) {
            return Optional.of(Scopes.parse(text));
        }
        return value instanceof List<?> ? Optional.of(Scopes.of(List.copyOf(strings(name)))) : Optional.empty();
    }

    /** The claim when it is a {@code NumericDate} (RFC 7519 section 2) between the years 1970 and 9999. */
    public Optional<Instant> instant(String name) {
        if (!(values.get(name) instanceof Number number)) {
            return Optional.empty();
        }
        double seconds = number.doubleValue();
        return seconds >= 0 && seconds < 253_402_300_800d
                ? Optional.of(Instant.ofEpochSecond(number.longValue()))
                : Optional.empty();
    }

    /** The claim when it is a number; fractions are cut off. */
    public Optional<Long> number(String name) {
        return values.get(name) instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
    }

    /** The claim when it is a JSON object. */
    public Optional<Claims> object(String name) {
        if (!(values.get(name) instanceof Map<?, ?> map)) {
            return Optional.empty();
        }
        return Optional.of(ofMembers(map));
    }

    /** The claim when it is a list; members that are no JSON objects are left out. */
    public Optional<List<Claims>> objects(String name) {
        if (!(values.get(name) instanceof List<?> list)) {
            return Optional.empty();
        }
        List<Claims> objects = new ArrayList<>(list.size());
        for (Object member : list) {
            if (member instanceof Map<?, ?> map) {
                objects.add(ofMembers(map));
            }
        }
        return Optional.of(List.copyOf(objects));
    }

    /** The same claims without these. */
    public Claims without(String... names) {
        Map<String, Object> rest = new LinkedHashMap<>(values);
        for (String name : names) {
            rest.remove(name);
        }
        return of(rest);
    }

    /** The same claims with one more, or with another value of it. */
    public Claims with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return of(more);
    }

    private static Claims ofMembers(Map<?, ?> map) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        map.forEach((key, value) -> members.put(String.valueOf(key), value));
        return new Claims(Collections.unmodifiableMap(members));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Claims that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "Claims" + values.keySet();
    }
}
