package dev.procura.gateway;

import dev.procura.gateway.route.BufferedBodyLimit;
import dev.procura.gateway.route.CredentialFilter;
import dev.procura.gateway.route.HandoverFilter;
import dev.procura.gateway.route.OutboundHeaders;
import dev.procura.gateway.route.RequestGuard;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.WeightCalculatorWebFilter;
import org.springframework.cloud.gateway.filter.headers.GRPCRequestHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.GRPCResponseHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveHopByHopHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveXForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.TransferEncodingNormalizationHeadersFilter;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;
import org.springframework.stereotype.Controller;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.server.WebFilter;

/**
 * Whether requests may be served before the web framework sees them. Custom code, tracing, and a few settings of the framework
 * want to see every request: where there are any, all requests take the full path.
 */
record HitPathConditions(ApplicationContext context, Environment environment) {

    private static final String ROUTER = "spring.cloud.gateway.server.webflux.";

    private static final Set<Class<?>> WEB_FILTERS =
            Set.of(RequestGuard.class, HandoverFilter.class, CorsWebFilter.class, WeightCalculatorWebFilter.class);

    private static final Set<Class<?>> GLOBAL_FILTERS = Set.of(BufferedBodyLimit.class, CredentialFilter.class);

    private static final Set<Class<?>> HEADERS_FILTERS = Set.of(
            RemoveForwardedHeadersFilter.class,
            RemoveXForwardedHeadersFilter.class,
            RemoveHopByHopHeadersFilter.class,
            TransferEncodingNormalizationHeadersFilter.class,
            GRPCRequestHeadersFilter.class,
            GRPCResponseHeadersFilter.class,
            OutboundHeaders.class);

    /** The gateway's own paths, which the hit path leaves alone. */
    private static final Set<String> ROUTER_FUNCTIONS =
            Set.of("userContextKeySet", "protectedResourceMetadata", "backChannelLogout");

    /** Settings that change what the framework does with each request. */
    private static final List<String> SETTINGS = List.of(
            "spring.webflux.base-path",
            "management.observations.key-values",
            "management.observations.enable",
            ROUTER + "default-filters",
            ROUTER + "streaming-media-types",
            ROUTER + "metrics.tags",
            ROUTER + "metrics.prefix");

    /** What stands against it; empty: nothing. */
    Optional<String> objection() {
        return Stream.of(
                        beans(WebFilter.class).filter(name -> !isOneOf(WEB_FILTERS, name)),
                        beans(GlobalFilter.class)
                                .filter(name -> !isOneOf(GLOBAL_FILTERS, name)
                                        && !isIn("org.springframework.cloud.gateway", name)),
                        beans(HttpHeadersFilter.class).filter(name -> !isOneOf(HEADERS_FILTERS, name)),
                        beans(RouterFunction.class).filter(name -> !ROUTER_FUNCTIONS.contains(name)),
                        beans(HandlerMapping.class).filter(name -> !isIn("org.springframework", name)),
                        Stream.of(context.getBeanNamesForAnnotation(Controller.class)),
                        beans(ObservationHandler.class)
                                .filter(name -> !isOneOf(Set.of(DefaultMeterObservationHandler.class), name)),
                        beans(ServerRequestObservationConvention.class).filter(name -> !isDefaultConvention(name)),
                        beans(ObservationFilter.class).filter(name -> !isIn("org.springframework.boot", name)),
                        beans(ObservationPredicate.class).filter(name -> !isIn("org.springframework.boot", name)))
                .flatMap(names -> names)
                .findFirst()
                .map(name -> "the bean " + name)
                .or(this::setting);
    }

    private Optional<String> setting() {
        if (!environment.getProperty("server.forward-headers-strategy", "none").equalsIgnoreCase("none")) {
            return Optional.of("server.forward-headers-strategy");
        }
        if (!environment.getProperty(ROUTER + "metrics.enabled", Boolean.class, true)) {
            return Optional.of(ROUTER + "metrics.enabled");
        }
        return SETTINGS.stream().filter(this::isSet).findFirst();
    }

    private boolean isSet(String key) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(key);
        for (var source : ConfigurationPropertySources.get(environment)) {
            if (source.getConfigurationProperty(name) != null
                    || source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
                return true;
            }
        }
        return false;
    }

    private Stream<String> beans(Class<?> type) {
        return Stream.of(context.getBeanNamesForType(type, true, false));
    }

    private boolean isOneOf(Set<Class<?>> known, String name) {
        Class<?> type = context.getType(name, false);
        return type != null && known.contains(type);
    }

    private boolean isIn(String packageName, String name) {
        Class<?> type = context.getType(name, false);
        return type != null && type.getName().startsWith(packageName + ".");
    }

    private boolean isDefaultConvention(String name) {
        return isOneOf(Set.of(DefaultServerRequestObservationConvention.class), name)
                && "http.server.requests"
                        .equals(context.getBean(name, ServerRequestObservationConvention.class)
                                .getName());
    }
}
