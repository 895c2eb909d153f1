package dev.procura.gateway.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.support.NameUtils;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import reactor.core.publisher.Flux;

/** Hands the routes to Spring Cloud Gateway as ordinary definitions, in their order. */
public final class ProcuraRouteDefinitions implements RouteDefinitionLocator {

    private final List<RouteDefinition> definitions = new ArrayList<>();

    public ProcuraRouteDefinitions(Routes routes) {
        for (ProcuraRoute route : routes.all()) {
            definitions.add(define(route, definitions.size()));
        }
    }

    List<RouteDefinition> all() {
        return definitions;
    }

    @Override
    public Flux<RouteDefinition> getRouteDefinitions() {
        return Flux.fromIterable(definitions);
    }

    private static RouteDefinition define(ProcuraRoute route, int order) {
        RouteDefinition definition = new RouteDefinition();
        definition.setId(route.id());
        definition.setUri(route.uri());
        definition.setOrder(order);
        definition.setPredicates(predicates(route.conditions()));
        definition.setFilters(route.filters());
        definition.setMetadata(Map.of(
                ProcuraRoute.METADATA,
                route,
                RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR,
                route.timeout().toMillis()));
        return definition;
    }

    private static List<PredicateDefinition> predicates(ProcuraRoute.Conditions conditions) {
        List<PredicateDefinition> predicates = new ArrayList<>();
        if (!conditions.paths().isEmpty()) {
            predicates.add(predicate("Path", conditions.paths()));
        }
        if (!conditions.host().isEmpty()) {
            predicates.add(predicate("Host", List.of(conditions.host())));
        }
        if (!conditions.methods().isEmpty()) {
            predicates.add(predicate("Method", conditions.methods()));
        }
        predicates.addAll(conditions.predicates());
        return predicates;
    }

    private static PredicateDefinition predicate(String name, List<String> values) {
        PredicateDefinition predicate = new PredicateDefinition();
        predicate.setName(name);
        Map<String, String> arguments = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            arguments.put(NameUtils.generateName(i), values.get(i));
        }
        predicate.setArgs(arguments);
        return predicate;
    }
}
