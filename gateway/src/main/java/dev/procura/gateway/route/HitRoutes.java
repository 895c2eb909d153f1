package dev.procura.gateway.route;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The routes as the {@link HitPath} knows them: the first that takes a request, where path and method are enough to say so.
 * Where more would have to be looked at, a host for example, it knows none.
 */
final class HitRoutes {

    /** Routes to a WebSocket are the full path's. */
    private static final Set<String> SCHEMES = Set.of("http", "https");

    /**
     * @param decidable whether path and method say everything
     * @param servable whether nothing but the gateway's own stages stands between caller and tier
     */
    private record Entry(
            ProcuraRoute route, List<PathPattern> paths, Set<HttpMethod> methods, boolean decidable, boolean servable) {

        static Entry of(ProcuraRoute route) {
            ProcuraRoute.Conditions conditions = route.conditions();
            PathPatternParser parser = new PathPatternParser();
            return new Entry(
                    route,
                    conditions.paths().stream().map(parser::parse).toList(),
                    conditions.methods().stream().map(HttpMethod::valueOf).collect(Collectors.toUnmodifiableSet()),
                    conditions.host().isEmpty() && conditions.predicates().isEmpty(),
                    route.filters().isEmpty() && SCHEMES.contains(route.uri().getScheme()));
        }

        boolean mayTake(PathContainer path, HttpMethod method) {
            return (methods.isEmpty() || methods.contains(method)) && (paths.isEmpty() || matches(path));
        }

        private boolean matches(PathContainer path) {
            for (PathPattern pattern : paths) {
                if (pattern.matches(path)) {
                    return true;
                }
            }
            return false;
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    HitRoutes(List<ProcuraRoute> routes) {
        routes.forEach(route -> entries.add(Entry.of(route)));
    }

    @Nullable
    ProcuraRoute find(URI target, HttpMethod method) {
        PathContainer path = PathContainer.parsePath(target.getRawPath());
        for (Entry entry : entries) {
            if (entry.mayTake(path, method)) {
                return entry.decidable && entry.servable ? entry.route : null;
            }
        }
        return null;
    }
}
