package dev.procura.gateway.route;

import dev.procura.gateway.inbound.SecureUri;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.Scopes;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.http.HttpMethod;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * One entry of {@code procura.routes}: what Spring Cloud Gateway needs of it, and what can be wrong with that.
 *
 * @param key {@code procura.routes[0]}
 */
record RouteBlock(String key, RouteProperties properties) {

    private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss");
    static final String FILTERS_EXAMPLE = "filters: [StripPrefix=1]";
    static final String PREDICATES_EXAMPLE = "predicates: ['Header=X-Version, v1']";

    private static final String URI_EXAMPLE = "uri: https://orders.internal:8443";

    String id() {
        String id = required("id", properties.id(), "id: orders");
        if (!id.matches("[A-Za-z0-9._-]{1,100}")) {
            throw invalid("id", "has other characters than letters, digits, dot, dash and underscore", "id: orders");
        }
        return id;
    }

    int tier() {
        if (properties.tier() < 1) {
            throw invalid("tier", "is less than 1", "tier: 1");
        }
        return properties.tier();
    }

    ProcuraRoute.Conditions conditions() {
        List<String> paths = properties.allPaths();
        String host = properties.host() == null ? "" : properties.host();
        if (paths.isEmpty() && host.isBlank() && properties.predicates().isEmpty()) {
            throw invalid("path", "is missing: the route would take every request", "path: /orders/**");
        }
        FilterRules.checkArgument(key + ".host", host, "host: '*.example.com'");
        for (String path : paths) {
            checkPath(path);
        }
        for (String method : properties.methods()) {
            if (method.equals("TRACE") || !List.of(HttpMethod.values()).contains(HttpMethod.valueOf(method))) {
                throw invalid(
                        "methods",
                        "holds what is no HTTP method in capital letters (or TRACE)",
                        "methods: [GET, POST]");
            }
        }
        FilterRules.checkPredicates(key + ".predicates", properties.predicates(), PREDICATES_EXAMPLE);
        return new ProcuraRoute.Conditions(paths, host, properties.methods(), properties.predicates());
    }

    private void checkPath(String path) {
        try {
            if (path.startsWith("/")) {
                PathPatternParser.defaultInstance.parse(path);
                return;
            }
        } catch (PatternParseException e) {
            // The message below is the better one.
        }
        throw invalid("path", "is not a path pattern that begins with a slash", "path: /orders/**");
    }

    /** Scheme, host and port alone: a path here would silently be ignored by the router. */
    URI uri() {
        String text = required("uri", properties.uri(), URI_EXAMPLE);
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw invalid("uri", "is not an address", URI_EXAMPLE);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!SCHEMES.contains(scheme) || uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw invalid("uri", "is not scheme, host and port, the scheme one of https, http, wss, ws", URI_EXAMPLE);
        }
        boolean more = !(uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null;
        if (more) {
            throw invalid(
                    "uri", "has a path: put it before the request's own with filters: [PrefixPath=/base]", URI_EXAMPLE);
        }
        if (!properties.insecureHttp() && !SecureUri.isSecure(uri)) {
            throw invalid("uri", SecureUri.PLAIN_HTTP, URI_EXAMPLE);
        }
        return uri;
    }

    boolean http2() {
        if (properties.http2() && uri().getScheme().toLowerCase(Locale.ROOT).startsWith("ws")) {
            throw invalid("http2", "is true for a WebSocket, which is opened with HTTP/1.1", "http2: false");
        }
        return properties.http2();
    }

    List<FilterDefinition> filters() {
        FilterRules.checkFilters(key + ".filters", properties.filters(), FILTERS_EXAMPLE);
        return properties.filters();
    }

    Set<String> cookies() {
        if (properties.cookies().stream().anyMatch(String::isBlank)) {
            throw invalid("cookies", "holds an empty name", "cookies: [locale]");
        }
        return Set.copyOf(properties.cookies());
    }

    RouteProperties.Limits limits() {
        RouteProperties.Limits limits = properties.limits();
        if (limits.timeout().compareTo(Duration.ofMillis(1)) < 0) {
            throw invalid("limits.timeout", "is less than 1ms", "limits: { timeout: 60s }");
        }
        if (limits.maxInFlight() < 1) {
            throw invalid("limits.max-in-flight", "is less than 1", "limits: { max-in-flight: 1000 }");
        }
        return limits;
    }

    /** Single scopes (RFC 6749 section 3.3), which can stand in a challenge. */
    Scopes scopes(String name, List<String> values) {
        for (String value : values) {
            if (value.isBlank() || value.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '\\' || c > '~')) {
                throw invalid(
                        name, "holds what is no single scope", name.substring(name.indexOf('.') + 1) + ": [orders]");
            }
        }
        return Scopes.of(values);
    }

    /** Names that somebody can have. */
    Set<String> names(String name, List<String> values) {
        if (values.stream().anyMatch(String::isBlank)) {
            throw invalid(name, "holds an empty entry", name.substring(name.indexOf('.') + 1) + ": [gateway]");
        }
        return Set.copyOf(values);
    }

    String required(String name, @Nullable String value, String example) {
        if (value == null || value.isBlank()) {
            throw invalid(name, "is missing", example);
        }
        return value;
    }

    InvalidSetting invalid(String name, String reason, String example) {
        return new InvalidSetting(key + "." + name, reason, example);
    }
}
