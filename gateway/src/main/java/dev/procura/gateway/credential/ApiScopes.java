package dev.procura.gateway.credential;

import dev.procura.gateway.token.Scopes;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The scopes that were asked for, compared with those that came. Where scopes name their API (Entra: asked for as {@code
 * api://orders/Orders.Read}, issued as {@code Orders.Read}), the last part alone counts, {@code .default} means whatever was
 * consented to, and the server may add others of the same API. Pure.
 *
 * @param nameTheirApi whether the API's identifier stands before each scope that is asked for
 */
public record ApiScopes(Scopes asked, boolean nameTheirApi) {

    /** All that was consented to for this API. */
    private static final String DEFAULT = ".default";

    Scopes missingFrom(Scopes granted) {
        if (!nameTheirApi) {
            return asked.minus(granted);
        }
        Scopes names = names(asked);
        return names.values().contains(DEFAULT) ? Scopes.none() : names.minus(names(granted));
    }

    /** Scopes that nobody asked for; of another API, where the same API's are not counted. */
    Scopes widerIn(Scopes granted) {
        if (!nameTheirApi) {
            return granted.minus(asked);
        }
        Set<String> foreign = new TreeSet<>();
        for (String scope : granted.values()) {
            boolean itsOwn = api(scope)
                    .map(api -> asked.values().stream().anyMatch(one -> api(one).equals(Optional.of(api))))
                    .orElse(true);
            if (!itsOwn) {
                foreign.add(scope);
            }
        }
        return new Scopes(foreign);
    }

    /** What stands before the name; empty for a bare one. */
    public static Optional<String> api(String scope) {
        int slash = scope.lastIndexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(scope.substring(0, slash));
    }

    private static Scopes names(Scopes scopes) {
        Set<String> names = new TreeSet<>();
        scopes.values().forEach(scope -> names.add(scope.substring(scope.lastIndexOf('/') + 1)));
        return new Scopes(names);
    }
}
