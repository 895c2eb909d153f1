package dev.procura.gateway.inbound;

import com.nimbusds.jose.JWSAlgorithm;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.TokenValue;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One block of {@code procura.issuers}, and what can be wrong with it.
 *
 * @param name of the block
 */
record IssuerBlock(String name, IssuerProperties properties) {

    private static final Set<String> ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519");
    private static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(5);
    private static final String POLICY = "{policy}";
    private static final String POLICY_IN_ISSUER = "/tfp/";
    private static final Pattern GUID_SEGMENT =
            Pattern.compile("/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=/|$)");

    /** Other kinds of JWT, each with a type of its own so that it is never taken for an access token. */
    private static final Set<String> OTHER_TYPES = Set.of(
            "logout+jwt",
            "secevent+jwt",
            "dpop+jwt",
            "oauth-id-jag+jwt",
            "txntoken+jwt",
            "token-introspection+jwt",
            "procura-user-context+jwt");

    /** {@code jwt} for servers from before the type had a name. */
    private static final Set<String> LOGOUT_TYPES = Set.of("logout+jwt", "jwt");

    /**
     * Where the keys are.
     *
     * @param issuer what the metadata must say of itself
     * @param metadataUri where it is; absent: where the standards put it
     * @param jwksUri where the keys are, without metadata
     */
    record KeyPlace(String issuer, Optional<URI> metadataUri, Optional<URI> jwksUri) {}

    /** The rules of every issuer of the block: one for each tenant of a list, else one. */
    List<TrustedIssuer.Rules> rules() {
        String issuer = issuer();
        requireNoBlank(
                "audiences",
                properties.audiences(),
                "audiences: [gateway]",
                "a token must hold one of those listed here");
        if (properties.clockSkew().isNegative() || properties.clockSkew().compareTo(MAX_CLOCK_SKEW) > 0) {
            throw invalid("clock-skew", "is not between 0s and 5m", "clock-skew: 30s");
        }
        checkKeys(properties.keys());
        checkPolicies(issuer);
        return tenants(issuer).stream()
                .map(tenant -> new TrustedIssuer.Rules(
                        name,
                        new TenantTemplate(template(issuer)),
                        tenant,
                        lowerCase(properties.policies()),
                        profile(),
                        new TreeSet<>(properties.audiences()),
                        algorithms(),
                        tokenTypes(),
                        properties.idTokens() == IssuerProperties.IdTokens.ACCEPT,
                        listed("identity", properties.identity(), List.of()),
                        properties.clockSkew()))
                .toList();
    }

    Issuers.Issuer described(Set<String> servers) {
        return new Issuers.Issuer(
                name,
                properties.profile(),
                servers.stream().filter(this::isDiscoverable).collect(Collectors.toCollection(TreeSet::new)),
                new TreeSet<>(properties.audiences()),
                properties.onlyWhereNamed(),
                servers.isEmpty(),
                properties.idTokens() == IssuerProperties.IdTokens.ACCEPT,
                properties.insecureHttp());
    }

    /** Whether a client finds the server by its issuer: B2C keeps its metadata elsewhere, unless the policy is in it. */
    private boolean isDiscoverable(String issuer) {
        return SecureUri.parse(issuer).isPresent() && (!isB2c() || issuer.contains(POLICY_IN_ISSUER));
    }

    String example() {
        return switch (properties.profile()) {
            case ENTRA -> "issuer: https://login.microsoftonline.com/{tenantid}/v2.0";
            case B2C -> "issuer: https://contoso.b2clogin.com/775527ff-9a37-4307-8b3d-cc311f58d925/v2.0/";
            case AUTH0 -> "issuer: https://example.eu.auth0.com/";
            case OKTA -> "issuer: https://example.okta.com/oauth2/default";
            case GENERIC, KEYCLOAK -> "issuer: https://id.example.com/realms/corp";
        };
    }

    private Profile profile() {
        return properties.profile().profile();
    }

    private boolean isEntra() {
        return properties.profile() == ProfileName.ENTRA;
    }

    private boolean isB2c() {
        return properties.profile() == ProfileName.B2C;
    }

    private String issuer() {
        String issuer = properties.issuer();
        if (issuer == null || issuer.isBlank()) {
            throw invalid("issuer", "is missing: the exact value of the iss claim", example());
        }
        profile().spellingFault(issuer).ifPresent(fault -> {
            throw invalid("issuer", fault, example());
        });
        if (issuer.contains("{") && !(isEntra() && TenantTemplate.isTemplate(issuer))) {
            throw invalid("issuer", "is a template ({tenantid}), which needs profile: entra beside it", example());
        }
        String spelled = isEntra() ? EntraIssuer.canonical(issuer) : issuer;
        boolean discovered = properties.jwksUri() == null;
        if (discovered
                && SecureUri.parse(TenantTemplate.placeholderAsTenant(spelled)).isEmpty()) {
            throw invalid(
                    "issuer",
                    "is no https address, so its keys cannot be discovered: set jwks-uri beside it",
                    example());
        }
        if (discovered && properties.metadataUri() == null) {
            secure("issuer", TenantTemplate.placeholderAsTenant(spelled));
        }
        return spelled;
    }

    /** A fixed tenant for each issuer of the block; an empty one where the block has no tenants, or takes any. */
    private List<Optional<String>> tenants(String issuer) {
        List<String> listed = properties.tenants();
        if (!isEntra()) {
            needs(ProfileName.ENTRA, "tenants", !listed.isEmpty());
            return List.of(Optional.empty());
        }
        if (!TenantTemplate.isTemplate(issuer)) {
            refuse("tenants", !listed.isEmpty(), "has no meaning beside an issuer that names its tenant");
            Matcher tenant = GUID_SEGMENT.matcher(issuer);
            if (!tenant.find()) {
                throw invalid("issuer", "names no tenant by its id (a GUID in lower case), as tokens do", example());
            }
            return List.of(Optional.of(tenant.group(1)));
        }
        if (listed.isEmpty()) {
            throw invalid(
                    "tenants",
                    "is missing: say which tenants the template stands for (\"*\" means any, of every company)",
                    "tenants: [8f5c2d3e-0000-4000-8000-000000000001]");
        }
        if (listed.equals(List.of("*"))) {
            return List.of(Optional.empty());
        }
        for (String tenant : listed) {
            if (!TenantTemplate.isTenant(tenant) || !tenant.equals(tenant.toLowerCase(Locale.ROOT))) {
                throw invalid(
                        "tenants",
                        "holds what is no tenant id (a GUID in lower case; \"*\" stands alone)",
                        "tenants: [8f5c2d3e-0000-4000-8000-000000000001]");
            }
        }
        return Set.copyOf(listed).stream().sorted().map(Optional::of).toList();
    }

    /** An Entra issuer that names its tenant is a template with one tenant. */
    private String template(String issuer) {
        return isEntra() && !TenantTemplate.isTemplate(issuer)
                ? GUID_SEGMENT.matcher(issuer).replaceFirst("/{tenantid}")
                : issuer;
    }

    private void checkPolicies(String issuer) {
        if (!isB2c()) {
            needs(ProfileName.B2C, "policies", !properties.policies().isEmpty());
            return;
        }
        requireNoBlank(
                "policies",
                properties.policies(),
                "policies: [B2C_1_signin]",
                "the user flows and custom policies whose tokens are let in");
        boolean ownMetadata = issuer.contains(POLICY_IN_ISSUER);
        if (properties.metadataUri() == null && properties.jwksUri() == null && !ownMetadata) {
            throw invalid(
                    "metadata-uri",
                    "is missing: this form of a B2C issuer does not tell where its metadata is",
                    "metadata-uri: https://contoso.b2clogin.com/contoso.onmicrosoft.com/{policy}/v2.0/.well-known/openid-configuration");
        }
    }

    private static Set<String> lowerCase(List<String> values) {
        return values.stream()
                .map(value -> value.toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<JWSAlgorithm> algorithms() {
        List<String> names = listed(
                "algorithms", properties.algorithms(), profile().defaults().algorithms());
        for (String algorithm : names) {
            if (!ALGORITHMS.contains(algorithm)) {
                throw invalid(
                        "algorithms",
                        "holds one that is not supported: only " + new TreeSet<>(ALGORITHMS)
                                + " are (a shared key, as in HS256, would let every API that checks tokens make them)",
                        "algorithms: [RS256, PS256, ES256]");
            }
        }
        return names.stream().map(JWSAlgorithm::parse).collect(Collectors.toUnmodifiableSet());
    }

    private Set<String> tokenTypes() {
        List<String> types = listed(
                "token-types", properties.tokenTypes(), profile().defaults().tokenTypes());
        Set<String> accepted = new TreeSet<>();
        for (String type : types) {
            String lower = type.toLowerCase(Locale.ROOT).replaceFirst("^application/", "");
            if (OTHER_TYPES.contains(lower)) {
                throw invalid(
                        "token-types", "holds " + lower + ", which is no access token", "token-types: [at+jwt, jwt]");
            }
            accepted.add(lower);
        }
        return accepted;
    }

    /** What the block says, or the default where it says nothing; an empty list is neither. */
    private List<String> listed(String key, @Nullable List<String> values, List<String> byDefault) {
        if (values == null) {
            return byDefault;
        }
        if (values.isEmpty() || values.stream().anyMatch(String::isBlank)) {
            throw invalid(
                    key,
                    "is empty, or holds an empty entry",
                    key + ": [" + String.join(", ", byDefault.isEmpty() ? List.of("sub") : byDefault) + "]");
        }
        return List.copyOf(values);
    }

    /** A withdrawn key has to stop working some day, and a new one to begin. */
    private void checkKeys(IssuerProperties.Keys keys) {
        requireBetween(Duration.ofSeconds(1), keys.refresh(), Duration.ofDays(1), "keys.refresh", "1s and 24h");
        requireBetween(Duration.ofSeconds(1), keys.coolDown(), Duration.ofHours(1), "keys.cool-down", "1s and 1h");
        requireBetween(keys.refresh(), keys.maxAge(), Duration.ofDays(7), "keys.max-age", "keys.refresh and 7d");
    }

    private void requireBetween(Duration least, Duration value, Duration most, String key, String bounds) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw invalid(key, "is not between " + bounds, "keys: { refresh: 5m, max-age: 24h, cool-down: 30s }");
        }
    }

    /**
     * Where the keys of one tenant and policy are.
     *
     * @param tenant a tenant, or the word that stands for all of them
     * @param policy empty: none
     */
    KeyPlace keyPlace(TrustedIssuer.Rules rules, String tenant, String policy) {
        String jwksUri = properties.jwksUri();
        String metadataUri = properties.metadataUri();
        if (jwksUri != null && metadataUri != null) {
            throw invalid(
                    "metadata-uri",
                    "has no effect beside jwks-uri: remove one of them",
                    "jwks-uri: https://id.example.com/keys");
        }
        if (jwksUri != null) {
            return new KeyPlace("", Optional.empty(), Optional.of(address("jwks-uri", jwksUri, tenant, policy)));
        }
        // What Entra's addresses for all tenants say of themselves is the template.
        boolean shared = metadataUri != null && !TenantTemplate.isTemplate(metadataUri);
        String issuer = rules.tenant().isPresent() && !shared
                ? rules.issuer().forTenant(tenant)
                : rules.issuer().text();
        Optional<URI> place = Optional.empty();
        if (metadataUri != null) {
            place = Optional.of(address("metadata-uri", metadataUri, tenant, policy));
        } else if (isEntra()) {
            place = Optional.of(
                    address("issuer", EntraIssuer.metadataUri(rules.issuer().text()), tenant, policy));
        }
        return new KeyPlace(issuer, place, Optional.empty());
    }

    private URI address(String key, String text, String tenant, String policy) {
        String ofTenant = isEntra() ? new TenantTemplate(text).forTenant(tenant) : text;
        String filled = isB2c() ? ofTenant.replace(POLICY, policy) : ofTenant;
        if (filled.contains("{")) {
            throw invalid(
                    key,
                    "holds a placeholder that has no meaning here: entra knows {tenantid}, b2c knows {policy}",
                    key.equals("issuer")
                            ? example()
                            : key + ": https://id.example.com/.well-known/"
                                    + (key.equals("jwks-uri") ? "jwks.json" : "openid-configuration"));
        }
        return secure(key, filled);
    }

    /** Absent: opaque tokens are not for this issuer. */
    Optional<String> tokenPrefix() {
        return Optional.ofNullable(properties.introspection()).map(IssuerProperties.Introspection::tokenPrefix);
    }

    Optional<Introspector> introspector(Introspector.Factory introspectors) {
        IssuerProperties.Introspection introspection = properties.introspection();
        if (introspection == null) {
            return Optional.empty();
        }
        String example = "introspection: { uri: https://id.example.com/introspect, client: gateway }";
        if (isEntra() || isB2c()) {
            throw invalid("introspection", "has no endpoint to ask in this family of servers: remove it", example());
        }
        String uri = introspection.uri();
        if (uri == null || uri.isBlank()) {
            throw invalid("introspection.uri", "is missing: the introspection endpoint", example);
        }
        String client = introspection.client();
        if (client == null || client.isBlank()) {
            throw invalid("introspection.client", "is missing: the block of procura.clients that asks", example);
        }
        if (!introspection.tokenPrefix().isEmpty() && !TokenValue.isB64Token(introspection.tokenPrefix())) {
            throw invalid("introspection.token-prefix", "holds what no token begins with", "token-prefix: corp_");
        }
        return Optional.of(
                introspectors.create(key("introspection.client"), name, client, secure("introspection.uri", uri)));
    }

    /** Absent: none of its logout tokens are taken. */
    Optional<LogoutRules> logout() {
        IssuerProperties.Logout logout = properties.logout();
        if (logout == null) {
            return Optional.empty();
        }
        requireNoBlank(
                "logout.audiences",
                logout.audiences(),
                "logout: { audiences: [web-app] }",
                "the client ids whose logout tokens are taken");
        Set<String> types = new TreeSet<>();
        for (String type : logout.tokenTypes()) {
            types.add(type.toLowerCase(Locale.ROOT).replaceFirst("^application/", ""));
        }
        if (types.isEmpty() || !LOGOUT_TYPES.containsAll(types)) {
            throw invalid(
                    "logout.token-types",
                    "is empty, or holds a type that no logout token has: only " + new TreeSet<>(LOGOUT_TYPES)
                            + " are possible",
                    "logout: { audiences: [web-app], token-types: [logout+jwt] }");
        }
        return Optional.of(new LogoutRules(
                new TreeSet<>(logout.audiences()), types, properties.profile() == ProfileName.KEYCLOAK));
    }

    private URI secure(String name, String text) {
        return SecureUri.ofSetting(key(name), text, properties.insecureHttp());
    }

    private void requireNoBlank(String key, List<String> values, String example, String why) {
        if (values.isEmpty()) {
            throw invalid(key, "is missing: " + why, example);
        }
        if (values.stream().anyMatch(String::isBlank)) {
            throw invalid(key, "is empty, or holds an empty entry", example);
        }
    }

    private void needs(ProfileName profile, String key, boolean present) {
        String line = "profile: " + profile.name().toLowerCase(Locale.ROOT);
        if (present) {
            throw invalid(key, "has a meaning for " + line + " alone: set that, or remove it", line);
        }
    }

    private void refuse(String key, boolean present, String reason) {
        if (present) {
            throw invalid(key, reason + ": remove it", example());
        }
    }

    InvalidSetting invalid(String name, String reason, String example) {
        return new InvalidSetting(key(name), reason, example);
    }

    private String key(String name) {
        return "procura.issuers." + this.name + "." + name;
    }
}
