package dev.procura.gateway.route;

import dev.procura.gateway.idp.Clients;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.problem.InvalidSetting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The routes of the configuration, checked and compiled, in their order. */
public final class Routes {

    private final List<ProcuraRoute> all;
    private final Set<String> targets;

    private Routes(List<ProcuraRoute> all, Set<String> targets) {
        this.all = List.copyOf(all);
        this.targets = targets;
    }

    /** Every audience that some route's credential is for: whoever holds one of those tokens is a tier, or was one. */
    public Set<String> targets() {
        return targets;
    }

    public List<ProcuraRoute> all() {
        return all;
    }

    /** @throws InvalidSetting for the first setting that cannot work */
    public static Routes of(List<RouteProperties> properties, Issuers issuers, Clients clients) {
        if (properties.isEmpty()) {
            throw new InvalidSetting(
                    "procura.routes", "is missing: without a route the gateway has nothing to do", """
                    routes:
                      - id: orders
                        path: /orders/**
                        uri: https://orders.internal:8443
                        require: { audiences: [gateway] }
                        credential: { on-behalf-of: gateway, audience: orders-api }""");
        }
        Set<String> targets = properties.stream()
                .map(RouteProperties::credential)
                .filter(Objects::nonNull)
                .flatMap(RouteProperties.CredentialSettings::targets)
                .collect(Collectors.toUnmodifiableSet());
        List<ProcuraRoute> routes = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < properties.size(); i++) {
            RouteBlock block = new RouteBlock("procura.routes[" + i + "]", properties.get(i));
            ProcuraRoute route = compile(block, issuers, clients, targets);
            if (!ids.add(route.id())) {
                throw block.invalid("id", "is the id of an earlier route too", "id: orders");
            }
            routes.add(route);
        }
        return new Routes(routes, targets);
    }

    private static ProcuraRoute compile(RouteBlock block, Issuers issuers, Clients clients, Set<String> targets) {
        PlanCompiler.Compiled compiled = new PlanCompiler(block, clients).compile();
        return new ProcuraRoute(
                block.id(),
                block.tier(),
                block.conditions(),
                block.uri(),
                block.http2(),
                block.filters(),
                new RuleCompiler(block, issuers, targets, compiled).compile(),
                !block.properties().require().issuers().isEmpty(),
                compiled.plan(),
                block.cookies(),
                block.limits());
    }
}
