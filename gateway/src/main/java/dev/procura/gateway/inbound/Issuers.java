package dev.procura.gateway.inbound;

import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.TokenValue;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The issuers of the configuration, checked and ready: whose tokens are let in. */
public final class Issuers {

    private static final Duration FETCH_DEADLINE = Duration.ofSeconds(5);

    /**
     * What others need to know of an issuer.
     *
     * @param name in the configuration
     * @param profile the family
     * @param servers the authorization servers behind it: their issuers, as a client would name them
     * @param audiences every audience that it may be for
     * @param onlyWhereNamed whether it has to be named by a route
     * @param anyTenant whether it takes every tenant of its family
     * @param acceptsIdTokens whether ID tokens are let in
     * @param insecureHttp whether plain HTTP to another machine is allowed
     */
    public record Issuer(
            String name,
            ProfileName profile,
            Set<String> servers,
            Set<String> audiences,
            boolean onlyWhereNamed,
            boolean anyTenant,
            boolean acceptsIdTokens,
            boolean insecureHttp) {}

    /**
     * What makes the parts of an issuer that are not its own.
     *
     * @param maxActors how long the chain of actors in a token may be
     */
    public record Surroundings(
            Introspector.Factory introspectors, Duration negativeTtl, int maxActors, Alarms alarms, Clock clock) {}

    private final Map<String, Issuer> byName = new LinkedHashMap<>();
    private final Map<String, TrustedIssuer> byIss = new LinkedHashMap<>();
    private final Map<TenantTemplate, TrustedIssuer> byTemplate = new LinkedHashMap<>();
    private final Map<String, TrustedIssuer> byTokenPrefix = new LinkedHashMap<>();
    private final Map<String, LogoutRules> logouts = new LinkedHashMap<>();
    private final List<SigningKeys> keys = new ArrayList<>();

    private Issuers() {}

    /** @throws InvalidSetting for the first setting that cannot work */
    public static Issuers of(Map<String, IssuerProperties> properties, Surroundings surroundings) {
        Issuers issuers = new Issuers();
        AuthorizationServerHttp http = AuthorizationServerHttp.create("issuers", 16, FETCH_DEADLINE);
        properties.forEach((name, issuer) -> issuers.add(new IssuerBlock(name, issuer), http, surroundings));
        return issuers;
    }

    private void add(IssuerBlock block, AuthorizationServerHttp http, Surroundings surroundings) {
        KeyStores stores = new KeyStores(block, http, surroundings.clock());
        Set<String> servers = new TreeSet<>();
        for (TrustedIssuer.Rules rules : block.rules()) {
            Map<String, SigningKeys> ofIssuer = stores.of(rules);
            TrustedIssuer issuer = new TrustedIssuer(
                    rules,
                    ofIssuer,
                    introspections(block, rules, ofIssuer, surroundings),
                    surroundings.maxActors(),
                    surroundings.clock());
            Optional<String> iss = rules.exactIssuer();
            iss.ifPresent(servers::add);
            boolean taken = iss.isPresent()
                    ? byIss.put(iss.get(), issuer) != null
                    : byTemplate.put(rules.issuer(), issuer) != null;
            if (taken) {
                // Two blocks for one iss would make it a matter of luck whose keys and audiences count.
                throw block.invalid(
                        "issuer", "is the issuer of another block too: give each issuer one block", block.example());
            }
            block.tokenPrefix().ifPresent(prefix -> addTokenPrefix(block, prefix, issuer));
        }
        keys.addAll(stores.all());
        block.logout().ifPresent(rules -> logouts.put(block.name(), rules));
        byName.put(block.name(), block.described(servers));
    }

    private static @Nullable Introspections introspections(
            IssuerBlock block, TrustedIssuer.Rules rules, Map<String, SigningKeys> keys, Surroundings surroundings) {
        return block.introspector(surroundings.introspectors())
                .map(introspector -> new Introspections(
                        rules,
                        introspector,
                        keys.values().iterator().next(),
                        surroundings.negativeTtl(),
                        surroundings.alarms(),
                        surroundings.clock()))
                .orElse(null);
    }

    /** An opaque token goes to one endpoint only: one that it does not belong to could keep it. */
    private void addTokenPrefix(IssuerBlock block, String prefix, TrustedIssuer issuer) {
        for (String other : byTokenPrefix.keySet()) {
            if (other.startsWith(prefix) || prefix.startsWith(other)) {
                throw block.invalid(
                        "introspection.token-prefix",
                        "cannot tell its opaque tokens from another issuer's: each issuer with introspection needs a"
                                + " prefix that is no beginning of another one",
                        "token-prefix: corp_");
            }
        }
        byTokenPrefix.put(prefix, issuer);
    }

    public Collection<Issuer> all() {
        return byName.values();
    }

    public @Nullable Issuer named(String name) {
        return byName.get(name);
    }

    /** What this issuer's family writes into a token to make it one among equals; of an unknown issuer nothing. */
    public Set<String> tokenOnlyClaims(String name) {
        Issuer issuer = byName.get(name);
        return issuer == null ? Set.of() : issuer.profile().profile().tokenOnlyClaims();
    }

    /** Whether tokens with this {@code iss} are let in. */
    public boolean trusts(String iss) {
        return issuing(iss).isPresent();
    }

    /** Every {@code iss} of a block; empty where there is no such block, or it takes any tenant's. */
    public Set<String> exactIssuersOf(String name) {
        Set<String> found = new TreeSet<>();
        byIss.forEach((iss, issuer) -> {
            if (issuer.rules().name().equals(name)) {
                found.add(iss);
            }
        });
        return found;
    }

    /** Whether logout tokens of some issuer are taken. */
    boolean takesLogouts() {
        return !logouts.isEmpty();
    }

    /** Empty: the logout tokens of the block are not taken. */
    Optional<LogoutRules> logout(String name) {
        return Optional.ofNullable(logouts.get(name));
    }

    /** How the keys of every issuer stand, in the order of the configuration. */
    public List<SigningKeys.State> keyStates() {
        return keys.stream().map(SigningKeys::state).toList();
    }

    /** Asks for the keys that nobody has yet, and of servers that were lost, without waiting. */
    public void warmUp() {
        keys.forEach(SigningKeys::warmUp);
    }

    Optional<TrustedIssuer> issuing(String iss) {
        return Optional.ofNullable(byIss.get(iss))
                .or(() -> byTemplate.entrySet().stream()
                        .filter(entry -> entry.getKey().tenantOf(iss).isPresent())
                        .map(Map.Entry::getValue)
                        .findFirst());
    }

    /** For the operator: what may be overlooked where {@link #issuing} finds nobody. */
    String hint(String iss) {
        Map<String, String> blocks = new LinkedHashMap<>();
        byIss.forEach((exact, issuer) -> blocks.put(exact, issuer.rules().name()));
        Optional<String> unlisted = byIss.values().stream()
                .map(TrustedIssuer::rules)
                .filter(rules -> rules.issuer().tenantOf(iss).isPresent())
                .map(TrustedIssuer.Rules::name)
                .findFirst();
        return Hints.aboutIssuer(iss, blocks, unlisted, takesEntra(false), takesEntra(true));
    }

    private boolean takesEntra(boolean version2) {
        return Stream.concat(byIss.values().stream(), byTemplate.values().stream())
                .map(TrustedIssuer::rules)
                .anyMatch(rules -> rules.profile() instanceof EntraProfile
                        && EntraIssuer.isVersion2(rules.issuer().text()) == version2);
    }

    /** The issuer whose endpoint is asked about this opaque token. */
    Optional<TrustedIssuer> introspecting(TokenValue token) {
        return byTokenPrefix.entrySet().stream()
                .filter(entry -> token.reveal().startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
