package dev.procura.gateway;

import java.beans.Introspector;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * The keys that the gateway takes, read from the records that bind them, and what people write instead. Map keys and list
 * indexes are written as {@code *}.
 */
final class ConfigurationKeys {

    /** How other products spell a key. */
    private static final Map<String, String> SPELLINGS = Map.ofEntries(
            Map.entry("issuer-uri", "issuer"),
            Map.entry("jwk-set-uri", "jwks-uri"),
            Map.entry("jwks-url", "jwks-uri"),
            Map.entry("discovery-uri", "metadata-uri"),
            Map.entry("audience", "audiences"),
            Map.entry("algorithm", "algorithms"),
            Map.entry("jws-algorithms", "algorithms"),
            Map.entry("principal-claim-name", "identity"),
            Map.entry("client-authentication-method", "authentication"),
            Map.entry("token-endpoint", "token-uri"),
            Map.entry("scope", "scopes"),
            Map.entry("authorities", "roles"),
            Map.entry("url", "uri"),
            Map.entry("order", "tier"));

    /** Part of the contract, and not supported by this version. */
    private static final Set<String> LATER = Set.of("sender-constraint");

    /** A valid line for each last part of a key, or for a whole key where two blocks mean two things. */
    private static final Map<String, String> EXAMPLES = Map.ofEntries(
            Map.entry("public-url", "public-url: https://api.example.com"),
            Map.entry("profile", "profile: keycloak"),
            Map.entry("issuer", "issuer: https://id.example.com/realms/corp"),
            Map.entry("metadata-uri", "metadata-uri: https://id.example.com/.well-known/openid-configuration"),
            Map.entry("jwks-uri", "jwks-uri: https://id.example.com/keys"),
            Map.entry("audiences", "audiences: [gateway]"),
            Map.entry("algorithms", "algorithms: [RS256, PS256, ES256]"),
            Map.entry("token-types", "token-types: [at+jwt, jwt]"),
            Map.entry("identity", "identity: [sub]"),
            Map.entry("clock-skew", "clock-skew: 30s"),
            Map.entry("tenants", "tenants: [8f5c2d3e-0000-4000-8000-000000000001]"),
            Map.entry("policies", "policies: [B2C_1_signin]"),
            Map.entry("id-tokens", "id-tokens: refuse"),
            Map.entry("refresh", "refresh: 5m"),
            Map.entry("max-age", "max-age: 5m"),
            Map.entry("cool-down", "cool-down: 30s"),
            Map.entry("introspection", "introspection: { uri: https://id.example.com/introspect, client: gateway }"),
            Map.entry("client", "client: gateway"),
            Map.entry("token-prefix", "token-prefix: corp_"),
            Map.entry("groups", "groups: [staff]"),
            Map.entry("actors", "actors: [orders-api]"),
            Map.entry("acr", "acr: [phr, mfa]"),
            Map.entry("negative-ttl", "negative-ttl: 10s"),
            Map.entry("only-where-named", "only-where-named: true"),
            Map.entry("insecure-http", "insecure-http: true"),
            Map.entry("token-uri", "token-uri: https://id.example.com/token"),
            Map.entry("dialect", "dialect: keycloak"),
            Map.entry("tenant", "tenant: 8f5c2d3e-0000-4000-8000-000000000001"),
            Map.entry("client-capabilities", "client-capabilities: [cp1]"),
            Map.entry("subject-token-type", "subject-token-type: urn:ietf:params:oauth:token-type:jwt"),
            Map.entry("actor", "actor: { client: gateway, audience: gateway }"),
            Map.entry("then", "then: { client: partner, audience: orders-api, scopes: [orders] }"),
            Map.entry("client-id", "client-id: gateway"),
            Map.entry("authentication", "authentication: client-secret-basic"),
            Map.entry("client-secret", "client-secret: ${GATEWAY_SECRET}"),
            Map.entry("client-secret-file", "client-secret-file: /run/secrets/gateway"),
            Map.entry("ssl-bundle", "ssl-bundle: gateway-client"),
            Map.entry("key-id", "key-id: gateway-2027"),
            Map.entry("assertion-audience", "assertion-audience: https://id.example.com/realms/corp"),
            Map.entry("assertion-algorithm", "assertion-algorithm: PS256"),
            Map.entry("assertion-life", "assertion-life: 60s"),
            Map.entry("assertion-thumbprint", "assertion-thumbprint: x5t-s256"),
            Map.entry("assertion-file", "assertion-file: /var/run/secrets/tokens/gateway"),
            Map.entry("subject-issuers", "subject-issuers: [corp]"),
            Map.entry("timeout", "timeout: 5s"),
            Map.entry("max-in-flight", "max-in-flight: 64"),
            Map.entry("id", "id: orders"),
            Map.entry("path", "path: /orders/**"),
            Map.entry("paths", "paths: [/orders/**, /order]"),
            Map.entry("host", "host: '*.example.com'"),
            Map.entry("methods", "methods: [GET, POST]"),
            Map.entry("predicates", "predicates: ['Header=X-Version, v1']"),
            Map.entry("uri", "uri: https://orders.internal:8443"),
            Map.entry("http2", "http2: true"),
            Map.entry("tier", "tier: 1"),
            Map.entry("filters", "filters: [StripPrefix=1]"),
            Map.entry("cookies", "cookies: [locale]"),
            Map.entry("require", "require: { audiences: [gateway], scopes: [orders.read] }"),
            Map.entry("issuers", "issuers: [corp]"),
            Map.entry("scopes", "scopes: [orders.read]"),
            Map.entry("any-scope", "any-scope: [orders.read, orders.write]"),
            Map.entry("roles", "roles: [report-reader]"),
            Map.entry("clients", "clients: [gateway]"),
            Map.entry("actor-token", "actor-token: true"),
            Map.entry("caller", "caller: user"),
            Map.entry("credential", "credential: { on-behalf-of: gateway, audience: orders-api }"),
            Map.entry("on-behalf-of", "on-behalf-of: gateway"),
            Map.entry("client-credentials", "client-credentials: gateway"),
            Map.entry("pass-through", "pass-through: true"),
            Map.entry("none", "none: true"),
            Map.entry("audience", "audience: orders-api"),
            Map.entry("resource", "resource: https://orders.example.com"),
            Map.entry("allow-scopes", "allow-scopes: [audit]"),
            Map.entry("subject", "subject: same"),
            Map.entry("app-callers", "app-callers: reject"),
            Map.entry("user-context", "user-context: signed"),
            Map.entry("limits", "limits: { timeout: 60s, max-in-flight: 1000 }"),
            Map.entry("cache", "cache: { max-entries: 100000, max-bytes: 256MB }"),
            Map.entry("max-entries", "max-entries: 100000"),
            Map.entry("max-bytes", "max-bytes: 256MB"),
            Map.entry("max-life", "max-life: 1h"),
            Map.entry("safety-margin", "safety-margin: 30s"),
            Map.entry("procura.cache.subject", "subject: token"),
            Map.entry("refresh-ahead", "refresh-ahead: 0.8"),
            Map.entry("shared", "shared: redis"),
            Map.entry("seal-keys", "seal-keys: [\"${SEAL_KEY}\"]"),
            Map.entry("seal-keys-file", "seal-keys-file: /run/secrets/seal-keys"),
            Map.entry("revocation-life", "revocation-life: 24h"),
            Map.entry("keys", "keys: [user-context]"),
            Map.entry("logout", "logout: { audiences: [web-app] }"),
            Map.entry("procura.issuers.*.logout.audiences", "audiences: [web-app]"),
            Map.entry("procura.issuers.*.logout.token-types", "token-types: [logout+jwt]"),
            Map.entry("management", "management: { require: { issuers: [corp], roles: [gateway-admin] } }"),
            Map.entry("procura.management.require.roles", "roles: [gateway-admin]"),
            Map.entry("delegation", "delegation: { max-actors: 5, max-hops: 5 }"),
            Map.entry("drain", "drain: 5s"),
            Map.entry("max-actors", "max-actors: 5"),
            Map.entry("max-hops", "max-hops: 5"),
            Map.entry("routes", "routes: [ { id: orders, path: /orders/**, … } ]"));

    private static final Set<String> NAMED_BLOCKS = Set.of("procura.issuers", "procura.clients");

    /** The long form of a Spring Cloud Gateway filter or predicate. */
    private static final Pattern FILTER_PART =
            Pattern.compile("procura\\.routes\\.\\*\\.(filters|predicates)\\.\\*\\.(name|args\\..+)");

    private ConfigurationKeys() {}

    /** Every key, with the type that it binds to. */
    static Map<String, Class<?>> all() {
        Map<String, Class<?>> keys = new TreeMap<>();
        collect("procura", ProcuraProperties.class, keys);
        return keys;
    }

    /** Whether something binds the key: one of {@link #all()}, a member of its list, or an argument of a filter. */
    static boolean isKnown(ConfigurationPropertyName name) {
        String key = pattern(name);
        return all().containsKey(key)
                || (key.endsWith(".*") && all().get(key.substring(0, key.length() - 2)) == List.class)
                || FILTER_PART.matcher(key).matches();
    }

    private static String pattern(ConfigurationPropertyName name) {
        StringBuilder pattern = new StringBuilder(name.getElement(0, ConfigurationPropertyName.Form.DASHED));
        for (int i = 1; i < name.getNumberOfElements(); i++) {
            boolean named = i == 2 && NAMED_BLOCKS.contains(pattern.toString());
            pattern.append('.')
                    .append(
                            named || name.isNumericIndex(i)
                                    ? "*"
                                    : name.getElement(i, ConfigurationPropertyName.Form.DASHED));
        }
        return pattern.toString();
    }

    static String exampleFor(String key) {
        String name = lastPart(key);
        return EXAMPLES.getOrDefault(key, EXAMPLES.getOrDefault(name, name + ": …"));
    }

    /** What to do about a key that nothing binds. */
    static String advice(String key) {
        if (isLater(key)) {
            return "is not supported by this version yet: remove it";
        }
        Optional<String> meant = guess(key);
        if (meant.isPresent()) {
            return "is not a key of the gateway: did you mean " + meant.get() + "?";
        }
        Set<String> siblings = siblings(firstUnknown(key));
        return siblings.isEmpty()
                ? "is not a key of the gateway"
                : "is not a key of the gateway; here it takes " + String.join(", ", siblings);
    }

    /** Whether the key is part of the contract, and not supported by this version. */
    static boolean isLater(String key) {
        return LATER.contains(lastPart(firstUnknown(key)));
    }

    /** The key that was probably meant, for its example. */
    static String meant(String key) {
        return guess(key).orElseGet(() -> lastPart(firstUnknown(key)));
    }

    /** Whether the name is that of a block, which holds keys. */
    static boolean isBlock(ConfigurationPropertyName name) {
        String prefix = pattern(name) + ".";
        return all().keySet().stream().anyMatch(key -> key.startsWith(prefix));
    }

    private static Optional<String> guess(String key) {
        String unknown = firstUnknown(key);
        String name = lastPart(unknown);
        Set<String> siblings = siblings(unknown);
        String spelling = SPELLINGS.get(name);
        return spelling != null && siblings.contains(spelling)
                ? Optional.of(spelling)
                : siblings.stream()
                        .filter(sibling -> distance(sibling, name) <= 2)
                        .min(Comparator.comparingInt(sibling -> distance(sibling, name)));
    }

    /** The key cut off after the first part that no record has: what stands below it is unknown because of it. */
    private static String firstUnknown(String key) {
        List<String> parts = parts(key);
        for (int end = 2; end <= parts.size(); end++) {
            String prefix = pattern(parts.subList(0, end));
            if (all().keySet().stream().noneMatch(known -> known.equals(prefix) || known.startsWith(prefix + "."))) {
                return String.join(".", parts.subList(0, end));
            }
        }
        return key;
    }

    /** The names that could have stood in the place of the key's last part. */
    private static Set<String> siblings(String key) {
        List<String> parts = parts(key);
        String parent = pattern(parts.subList(0, parts.size() - 1)) + ".";
        Set<String> names = new TreeSet<>();
        for (String known : all().keySet()) {
            if (known.startsWith(parent)) {
                String rest = known.substring(parent.length());
                names.add(rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest);
            }
        }
        names.remove("*");
        return names;
    }

    private static String pattern(List<String> parts) {
        StringBuilder pattern = new StringBuilder("procura");
        for (int i = 1; i < parts.size(); i++) {
            boolean named =
                    i == 2 && (parts.get(1).equals("issuers") || parts.get(1).equals("clients"));
            pattern.append('.').append(named ? "*" : parts.get(i));
        }
        return pattern.toString();
    }

    /** {@code procura.routes[0].uri} has the parts procura, routes, *, uri. */
    private static List<String> parts(String key) {
        return List.of(key.replaceAll("\\[[^]]*]", ".*").split("\\."));
    }

    private static String lastPart(String key) {
        List<String> parts = parts(key);
        int last = parts.size() - 1;
        return parts.get(last).equals("*") && last > 0 ? parts.get(last - 1) : parts.get(last);
    }

    private static void collect(String prefix, Class<?> type, Map<String, Class<?>> keys) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + "." + dashed(component.getName());
            Class<?> element = elementType(component.getGenericType());
            if (element.isRecord()) {
                boolean many = component.getType() == List.class || component.getType() == Map.class;
                collect(many ? key + ".*" : key, element, keys);
            } else {
                keys.put(key, component.getType());
            }
        }
    }

    private static Class<?> elementType(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            return elementType(arguments[arguments.length - 1]);
        }
        return (Class<?>) type;
    }

    private static String dashed(String name) {
        return Introspector.decapitalize(name).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's. */
    private static int distance(String one, String other) {
        int[] previous = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] current = new int[other.length() + 1];
            current[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int substituted = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substituted, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[other.length()];
    }
}
