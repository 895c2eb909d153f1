package dev.procura.gateway;

import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;
import org.springframework.stereotype.Controller;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;

/**
 * Whether requests may be served before the web framework sees them. Custom code, tracing, and a few settings of the framework
 * want to see every request: where there are any, all requests take the full path.
 */
record HitPathConditions(ApplicationContext context, Environment environment) {

    private static final String ROUTER = "spring.cloud.gateway.server.webflux.";

    /** What stands around a request when nobody has added anything: the hit path does what these do. */
    private static final Map<Class<?>, Set<String>> USUAL = new LinkedHashMap<>();

    static {
        USUAL.put(
                WebFilter.class, Set.of("requestGuard", "handoverFilter", "crossOrigin", "weightCalculatorWebFilter"));
        USUAL.put(
                GlobalFilter.class,
                Set.of(
                        "bufferedBodyLimit",
                        "credentialFilter",
                        "tierRouting",
                        "nettyWriteResponseFilter",
                        "adaptCachedBodyGlobalFilter",
                        "removeCachedBodyFilter",
                        "routeToRequestUrlFilter",
                        "forwardRoutingFilter",
                        "forwardPathFilter",
                        "websocketRoutingFilter",
                        "gatewayMetricFilter",
                        "noLoadBalancerClientFilter"));
        USUAL.put(
                HttpHeadersFilter.class,
                Set.of(
                        "outboundHeaders",
                        "removeForwardedHeadersFilter",
                        "removeHopByHopHeadersFilter",
                        "removeXForwardedHeadersFilter",
                        "gRPCRequestHeadersFilter",
                        "gRPCResponseHeadersFilter",
                        "transferEncodingNormalizationHeadersFilter"));
        USUAL.put(RouterFunction.class, Set.of("userContextKeySet", "protectedResourceMetadata", "backChannelLogout"));
        USUAL.put(
                HandlerMapping.class,
                Set.of(
                        "routePredicateHandlerMapping",
                        "requestMappingHandlerMapping",
                        "routerFunctionMapping",
                        "resourceHandlerMapping",
                        "welcomePageRouterFunctionMapping",
                        "healthEndpointWebFluxHandlerMapping"));
        USUAL.put(RouteLocator.class, Set.of("routeDefinitionRouteLocator", "cachedCompositeRouteLocator"));
        USUAL.put(
                RouteDefinitionLocator.class,
                Set.of(
                        "routeDefinitions",
                        "propertiesRouteDefinitionLocator",
                        "inMemoryRouteDefinitionRepository",
                        "routeDefinitionLocator"));
        USUAL.put(ObservationHandler.class, Set.of("defaultMeterObservationHandler"));
        USUAL.put(ObservationFilter.class, Set.of("propertiesObservationFilter"));
        USUAL.put(ObservationPredicate.class, Set.of("propertiesObservationFilter"));
        USUAL.put(ServerRequestObservationConvention.class, Set.of("defaultServerRequestObservationConvention"));
        USUAL.put(WebHttpHandlerBuilderCustomizer.class, Set.of("hitPath"));
        USUAL.put(HttpHandlerDecoratorFactory.class, Set.of());
        USUAL.put(ForwardedHeaderTransformer.class, Set.of());
    }

    /** Settings that change what the framework does with each request. */
    private static final List<String> SETTINGS = List.of(
            "spring.webflux.base-path",
            "management.observations",
            "management.endpoint.health.probes.add-additional-paths",
            ROUTER + "default-filters",
            ROUTER + "streaming-media-types",
            ROUTER + "metrics");

    private static final String HEALTH_GROUPS = "management.endpoint.health.group";

    /** What stands against it; empty: nothing. */
    Optional<String> objection() {
        return Stream.concat(
                        USUAL.entrySet().stream().flatMap(usual -> others(usual.getKey(), usual.getValue())),
                        Stream.of(context.getBeanNamesForAnnotation(Controller.class)))
                .findFirst()
                .map(name -> "the bean " + name)
                .or(this::setting);
    }

    private Stream<String> others(Class<?> type, Set<String> usual) {
        return Stream.of(context.getBeanNamesForType(type, true, false)).filter(name -> !usual.contains(name));
    }

    private Optional<String> setting() {
        if (!environment.getProperty("server.forward-headers-strategy", "none").equalsIgnoreCase("none")) {
            return Optional.of("server.forward-headers-strategy");
        }
        return SETTINGS.stream().filter(this::isSet).findFirst().or(this::healthOnTheCallersPort);
    }

    private boolean isSet(String key) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(key);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getConfigurationProperty(name) != null
                    || source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
                return true;
            }
        }
        return false;
    }

    private Optional<String> healthOnTheCallersPort() {
        return Binder.get(environment)
                .bind(HEALTH_GROUPS, Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .entrySet()
                .stream()
                .filter(group -> group.getValue() instanceof Map<?, ?> keys && keys.containsKey("additional-path"))
                .map(group -> HEALTH_GROUPS + "." + group.getKey() + ".additional-path")
                .findFirst();
    }
}
