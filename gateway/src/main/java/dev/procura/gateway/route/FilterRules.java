package dev.procura.gateway.route;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which Spring Cloud Gateway filters and arguments would go around the gateway's own rules, and why. */
final class FilterRules {

    private static final Map<String, String> REFUSED = Map.of(
            "TokenRelay",
                    "lets the caller's own token through when it has none; name a credential on the route instead",
            "LocalResponseCache", "would give one caller's answer to another: its key does not know who asks",
            "RequestHeaderToRequestUri", "lets the caller choose where the credential is sent",
            "SetRequestUri", "can send the credential to another host than the route's uri",
            "JsonToGrpc", "opens a connection of its own, past the route's uri and its credential");

    private FilterRules() {}

    /** @param filters in the short form, {@code Name=argument,argument} */
    static void checkFilters(String key, List<String> filters) {
        for (String filter : filters) {
            reasonAgainst(filter).ifPresent(reason -> {
                throw new InvalidSetting(key, reason, "filters: [StripPrefix=1]");
            });
        }
    }

    static void checkPredicates(String key, List<String> predicates) {
        for (String predicate : predicates) {
            reasonAgainstArguments(predicate).ifPresent(reason -> {
                throw new InvalidSetting(key, reason, "predicates: ['Header=X-Version, v1']");
            });
        }
    }

    static Optional<String> reasonAgainst(String filter) {
        String name = filter.split("=", 2)[0].strip();
        String refused = REFUSED.get(name);
        return refused == null
                ? reasonAgainstArguments(filter)
                : Optional.of("holds " + name + ", which is refused: it " + refused);
    }

    private static Optional<String> reasonAgainstArguments(String text) {
        if (text.contains("#{")) {
            return Optional.of("holds an expression (#{…}), which is refused: it could read anything in the process");
        }
        if (text.contains("forward:")) {
            return Optional.of(
                    "holds a forward: address, which is refused: it would enter the gateway behind its checks");
        }
        return Optional.empty();
    }
}
