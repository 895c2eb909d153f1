package dev.procura.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** What was measured of each proxy, round by round, in the order in which they came first. */
final class Rounds<T> {

    private final Map<String, List<T>> byProxy = new LinkedHashMap<>();

    void add(String proxy, T measured) {
        byProxy.computeIfAbsent(proxy, any -> new ArrayList<>()).add(measured);
    }

    /** Empty: it was not measured. */
    List<T> of(String proxy) {
        return byProxy.getOrDefault(proxy, List.of());
    }

    void forEach(BiConsumer<String, List<T>> action) {
        byProxy.forEach(action);
    }
}
