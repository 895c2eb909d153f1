package dev.procura.gateway.route;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.Environment;

/** Holds Spring Cloud Gateway's own settings against the gateway's rules, at the start. */
public final class RouterSettings {

    private static final String PREFIX = GatewayProperties.PREFIX + ".";

    private static final String GATEWAY_ENDPOINT = "management.endpoint.gateway.access";

    private RouterSettings() {}

    /** @throws InvalidSetting for the first setting that would go around a rule */
    public static void check(GatewayProperties router, HttpClientProperties httpClient, Environment environment) {
        refuseOldNames(environment);
        if (!router.getRoutes().isEmpty()) {
            throw new InvalidSetting(
                    PREFIX + "routes",
                    "has routes without a rule and a credential, which are refused: write them as procura.routes",
                    "procura: { routes: [ { id: orders, path: /orders/**, … } ] }");
        }
        FilterRules.checkFilters(PREFIX + "default-filters", router.getDefaultFilters(), "default-filters: []");
        if (!router.isFailOnRouteDefinitionError()) {
            throw new InvalidSetting(
                    PREFIX + "fail-on-route-definition-error",
                    "is false: a route that cannot be built would silently leave its requests to the next one",
                    "fail-on-route-definition-error: true");
        }
        if (environment.getProperty("server.http2.enabled", Boolean.class, false)) {
            throw new InvalidSetting(
                    "server.http2.enabled",
                    "is true, which is not supported by this version: requests would not all be looked at the same way",
                    "http2: { enabled: false }");
        }
        if (!environment.getProperty(GATEWAY_ENDPOINT, "none").equalsIgnoreCase("none")) {
            throw new InvalidSetting(
                    GATEWAY_ENDPOINT, "is not none: routes must not be changed from outside", "access: none");
        }
        if (httpClient.getSsl().isUseInsecureTrustManager()) {
            throw refused("httpclient.ssl.use-insecure-trust-manager", "is true: anybody could pose as a tier");
        }
        if (httpClient.isWiretap()) {
            throw refused("httpclient.wiretap", "is true: it writes every token into the log");
        }
        for (String key : List.of(
                "httpserver.wiretap",
                "filter.local-response-cache.enabled",
                "global-filter.local-response-cache.enabled",
                "discovery.locator.enabled",
                "global-filter.netty-routing.enabled")) {
            if (environment.getProperty(PREFIX + key, Boolean.class, false)) {
                throw refused(key, "is true, which goes around the gateway's rules");
            }
        }
    }

    /** @throws InvalidSetting for the first filter or predicate of a route that there is none of */
    public static void checkNames(
            List<RouteProperties> routes,
            List<GatewayFilterFactory<?>> filters,
            List<RoutePredicateFactory<?>> predicates) {
        Set<String> filterNames =
                filters.stream().map(GatewayFilterFactory::name).collect(Collectors.toSet());
        Set<String> predicateNames =
                predicates.stream().map(RoutePredicateFactory::name).collect(Collectors.toSet());
        for (int i = 0; i < routes.size(); i++) {
            String key = "procura.routes[" + i + "].";
            routes.get(i)
                    .filters()
                    .forEach(filter ->
                            checkName(key + "filters", filter.getName(), filterNames, RouteBlock.FILTERS_EXAMPLE));
            routes.get(i)
                    .predicates()
                    .forEach(predicate -> checkName(
                            key + "predicates", predicate.getName(), predicateNames, RouteBlock.PREDICATES_EXAMPLE));
        }
    }

    /**
     * Builds every route once, at the start.
     *
     * @param build what Spring Cloud Gateway makes of a definition; throws when the arguments do not fit
     * @throws InvalidSetting for the first route that cannot be built
     */
    public static void checkBuild(ProcuraRouteDefinitions definitions, Consumer<RouteDefinition> build) {
        List<RouteDefinition> all = definitions.all();
        for (int i = 0; i < all.size(); i++) {
            try {
                build.accept(all.get(i));
            } catch (RuntimeException e) {
                throw new InvalidSetting(
                        "procura.routes[" + i + "]",
                        "cannot be built: the arguments of a filter or predicate do not fit",
                        RouteBlock.FILTERS_EXAMPLE);
            }
        }
    }

    private static void checkName(String key, @Nullable String name, Set<String> known, String example) {
        if (name == null || !known.contains(name)) {
            throw new InvalidSetting(key, "names " + name + ", which Spring Cloud Gateway does not have", example);
        }
    }

    private static InvalidSetting refused(String key, String reason) {
        return new InvalidSetting(PREFIX + key, reason, key + ": false");
    }

    /** What older versions called them; whoever still does would think that they were read. */
    private static void refuseOldNames(Environment environment) {
        for (String name : List.of("globalcors", "routes", "default-filters", "httpclient")) {
            ConfigurationPropertyName old = ConfigurationPropertyName.of("spring.cloud.gateway." + name);
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                if (source.containsDescendantOf(old) == ConfigurationPropertyState.PRESENT) {
                    throw new InvalidSetting(
                            old.toString(),
                            "is what older versions called it, and nobody reads it",
                            PREFIX + name + ": …");
                }
            }
        }
    }
}
