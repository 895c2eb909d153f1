package dev.procura.gateway.idp;

import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.problem.InvalidSetting;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whose callers a client may act for: those that the configuration names, or all that the server can take.
 *
 * @param key the whole key, for messages
 * @param named in the configuration; empty: all
 * @param issuers every block there is
 */
record SubjectIssuers(String key, List<String> named, Map<String, IssuerProperties> issuers) {

    private static final String EXAMPLE = "subject-issuers: [corp]";

    /** Names of blocks; empty: all of them. Never empty for a server that takes none: then it holds a name of no block. */
    Set<String> of(Dialect dialect) {
        for (String name : named) {
            IssuerProperties issuer = issuers.get(name);
            if (issuer == null) {
                throw new InvalidSetting(key, "names no block of procura.issuers: " + name, EXAMPLE);
            }
            dialect.whyNoSubjectsOf(issuer).ifPresent(why -> {
                throw new InvalidSetting(key, "names " + name + ", which " + why, EXAMPLE);
            });
        }
        if (!named.isEmpty()) {
            return Set.copyOf(named);
        }
        Set<String> possible = new LinkedHashSet<>();
        issuers.forEach((name, issuer) -> {
            Optional<String> whyNot = dialect.whyNoSubjectsOf(issuer);
            if (whyNot.isEmpty()) {
                possible.add(name);
            }
        });
        if (possible.size() == issuers.size()) {
            return Set.of();
        }
        return possible.isEmpty() ? Set.of("") : Set.copyOf(possible);
    }
}
