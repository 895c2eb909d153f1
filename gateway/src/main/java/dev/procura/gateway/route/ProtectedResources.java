package dev.procura.gateway.route;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.policy.AccessRule;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.web.util.UriUtils;

/**
 * What the gateway tells clients about its resources (RFC 9728): one document for each path prefix under which routes need
 * a token, and one for all of them together. Everything comes out of the configuration and the public address; a request's
 * own headers have no say.
 */
public final class ProtectedResources {

    /** RFC 9728 section 3.1: between the host and the path of the resource. */
    public static final String WELL_KNOWN = "/.well-known/oauth-protected-resource";

    private final String origin;
    private final String basePath;
    private final Map<String, Map<String, Object>> documents;

    private ProtectedResources(String origin, String basePath, Map<String, Map<String, Object>> documents) {
        this.origin = origin;
        this.basePath = basePath;
        this.documents = documents;
    }

    /** @param publicUrl the address that callers use; without one nothing can be said */
    public static ProtectedResources of(Optional<String> publicUrl, Routes routes, Issuers issuers) {
        if (publicUrl.isEmpty()) {
            return new ProtectedResources("", "", Map.of());
        }
        URI address = URI.create(publicUrl.get());
        String origin = address.getScheme() + "://" + address.getRawAuthority();
        String basePath = withoutSlashes(address.getRawPath());
        Map<String, Needs> needs = new TreeMap<>();
        for (ProcuraRoute route : routes.all()) {
            if (route.rule() instanceof AccessRule.Restricted rule) {
                prefixes(route)
                        .forEach(prefix -> needs.computeIfAbsent(prefix, any -> new Needs())
                                .add(rule, issuers));
                needs.computeIfAbsent("", any -> new Needs()).add(rule, issuers);
            }
        }
        Map<String, Map<String, Object>> documents = new TreeMap<>();
        needs.forEach((prefix, need) -> documents.put(prefix, need.document(origin + basePath + prefix)));
        return new ProtectedResources(origin, basePath, documents);
    }

    /** What the routes under one prefix need. */
    private static final class Needs {
        private final Set<String> servers = new TreeSet<>();
        private final Set<String> scopes = new TreeSet<>();

        void add(AccessRule.Restricted rule, Issuers issuers) {
            issuers.all().stream()
                    .filter(issuer -> rule.issuers().contains(issuer.name()))
                    .forEach(issuer -> servers.addAll(issuer.servers()));
            scopes.addAll(rule.scopes().values());
            scopes.addAll(rule.anyScope().values());
        }

        /** RFC 9728 section 3.2: members without a value are left out. */
        Map<String, Object> document(String resource) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("resource", resource);
            if (!servers.isEmpty()) {
                members.put("authorization_servers", List.copyOf(servers));
            }
            if (!scopes.isEmpty()) {
                members.put("scopes_supported", List.copyOf(scopes));
            }
            members.put("bearer_methods_supported", List.of("header"));
            return members;
        }
    }

    /** The plain beginning of each path pattern, up to the first segment that is not fixed. */
    private static List<String> prefixes(ProcuraRoute route) {
        List<String> prefixes = new ArrayList<>();
        for (String path : route.conditions().paths()) {
            StringBuilder prefix = new StringBuilder();
            for (String segment : path.split("/", -1)) {
                if (segment.chars().anyMatch(c -> c == '*' || c == '?' || c == '{')) {
                    break;
                }
                if (!segment.isEmpty()) {
                    prefix.append('/').append(UriUtils.encodePathSegment(segment, StandardCharsets.UTF_8));
                }
            }
            prefixes.add(prefix.toString());
        }
        return prefixes;
    }

    /**
     * The document at a path below {@link #WELL_KNOWN}.
     *
     * @param path raw; the path of the resource, with the public address's own or without it
     */
    public Optional<String> document(String path) {
        String plain = withoutSlashes(path);
        String own = !basePath.isEmpty() && (plain.equals(basePath) || plain.startsWith(basePath + "/"))
                ? plain.substring(basePath.length())
                : plain;
        return Optional.ofNullable(documents.get(own)).map(JSONObjectUtils::toJSONString);
    }

    /**
     * The address of the document for a request, the one with the longest prefix; for the challenge. Made of the
     * configuration: of the request only which prefix it has.
     */
    public Optional<String> metadataUri(String requestPath) {
        return documents.keySet().stream()
                .filter(prefix -> isBelow(requestPath, prefix))
                .max(Comparator.comparingInt(String::length))
                .map(prefix -> origin + WELL_KNOWN + basePath + prefix);
    }

    private static boolean isBelow(String path, String prefix) {
        return path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }

    private static String withoutSlashes(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '/') {
            end--;
        }
        return text.substring(0, end);
    }
}
