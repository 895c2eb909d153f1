package dev.procura.gateway.route;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;

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

    static void checkFilters(String key, List<FilterDefinition> filters, String example) {
        for (FilterDefinition filter : filters) {
            reasonAgainst(filter).ifPresent(reason -> {
                throw new InvalidSetting(key, reason, example);
            });
        }
    }

    static void checkPredicates(String key, List<PredicateDefinition> predicates, String example) {
        for (PredicateDefinition predicate : predicates) {
            reasonAgainst(predicate.getArgs()).ifPresent(reason -> {
                throw new InvalidSetting(key, reason, example);
            });
        }
    }

    private static Optional<String> reasonAgainst(FilterDefinition filter) {
        String name = filter.getName() == null ? "" : filter.getName().strip();
        String refused = REFUSED.get(name);
        return refused == null
                ? reasonAgainst(filter.getArgs())
                : Optional.of("holds " + name + ", which is refused: it " + refused);
    }

    static void checkArgument(String key, String argument, String example) {
        reasonAgainst(Map.of("", argument)).ifPresent(reason -> {
            throw new InvalidSetting(key, reason, example);
        });
    }

    private static Optional<String> reasonAgainst(Map<String, String> arguments) {
        for (String argument : arguments.values()) {
            if (argument.contains("#{")) {
                return Optional.of(
                        "holds an expression (#{…}), which is refused: it could read anything in the process");
            }
            if (argument.contains("forward:")) {
                return Optional.of(
                        "holds a forward: address, which is refused: it would enter the gateway behind its checks");
            }
        }
        return Optional.empty();
    }
}
