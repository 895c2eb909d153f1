package dev.procura.gateway.token;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** A set of scope values (RFC 6749 section 3.3), sorted, so that the same set has one spelling. */
public record Scopes(Set<String> values) {

    private static final Scopes NONE = new Scopes(Set.of());

    public Scopes {
        values = Collections.unmodifiableSet(new TreeSet<>(values));
    }

    public static Scopes none() {
        return NONE;
    }

    public static Scopes of(Collection<String> values) {
        return values.isEmpty() ? NONE : new Scopes(Set.copyOf(values));
    }

    public static Scopes of(String... values) {
        return of(Arrays.asList(values));
    }

    /** Reads {@code "a b c"}; any run of spaces separates. */
    public static Scopes parse(String text) {
        String trimmed = text.strip();
        return trimmed.isEmpty() ? NONE : new Scopes(new TreeSet<>(Arrays.asList(trimmed.split(" +"))));
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public boolean containsAll(Scopes others) {
        return values.containsAll(others.values);
    }

    public boolean containsAny(Scopes others) {
        return others.values.stream().anyMatch(values::contains);
    }

    public Scopes plus(Scopes others) {
        Set<String> all = new TreeSet<>(values);
        all.addAll(others.values);
        return new Scopes(all);
    }

    public Scopes minus(Scopes others) {
        Set<String> rest = new TreeSet<>(values);
        rest.removeAll(others.values);
        return new Scopes(rest);
    }

    /** The form that travels: separated by single spaces. */
    @Override
    public String toString() {
        return String.join(" ", values);
    }
}
