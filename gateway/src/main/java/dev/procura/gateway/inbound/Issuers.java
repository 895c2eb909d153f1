package dev.procura.gateway.inbound;

import com.nimbusds.jose.JWSAlgorithm;
import dev.procura.gateway.problem.InvalidSetting;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The issuers of the configuration, checked and ready: whose tokens are let in. */
public final class Issuers {

    private static final Set<String> ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");
    private static final Duration FETCH_DEADLINE = Duration.ofSeconds(5);
    private static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(5);

    /** What others need to know of an issuer: the name, its audiences, whether it has to be named by a route. */
    public record Issuer(String name, Set<String> audiences, boolean onlyWhereNamed, boolean insecureHttp) {}

    private final Map<String, Issuer> byName = new LinkedHashMap<>();
    private final Map<String, TrustedIssuer> byIss = new LinkedHashMap<>();

    private Issuers() {}

    /** @throws InvalidSetting for the first setting that cannot work */
    public static Issuers of(Map<String, IssuerProperties> properties, Clock clock) {
        Issuers issuers = new Issuers();
        AuthorizationServerHttp http = AuthorizationServerHttp.create("issuers", 16, FETCH_DEADLINE);
        properties.forEach((name, issuer) -> issuers.add(new Block(name, issuer), http, clock));
        return issuers;
    }

    private void add(Block block, AuthorizationServerHttp http, Clock clock) {
        TrustedIssuer.Rules rules = block.rules();
        SigningKeys keys = new SigningKeys(block.name(), block.keySource(http), SigningKeys.Timing.DEFAULT, clock);
        if (byIss.put(rules.issuer(), new TrustedIssuer(rules, keys, clock)) != null) {
            // Two blocks for one iss would make it a matter of luck whose keys and audiences count.
            throw block.invalid(
                    "issuer", "is the issuer of another block too: give each issuer one block", block.example());
        }
        byName.put(
                block.name(),
                new Issuer(
                        block.name(),
                        rules.audiences(),
                        block.properties().onlyWhereNamed(),
                        block.properties().insecureHttp()));
    }

    public Collection<Issuer> all() {
        return byName.values();
    }

    public @Nullable Issuer named(String name) {
        return byName.get(name);
    }

    @Nullable
    TrustedIssuer issuing(String iss) {
        return byIss.get(iss);
    }

    Collection<TrustedIssuer> trusted() {
        return byIss.values();
    }

    /** One block of the configuration, and what can be wrong with it. */
    private record Block(String name, IssuerProperties properties) {

        TrustedIssuer.Rules rules() {
            String issuer = issuer();
            if (properties.audiences().isEmpty()) {
                throw invalid(
                        "audiences",
                        "is missing: a token must hold one of the audiences listed here",
                        "audiences: [gateway]");
            }
            requireNoBlank("audiences", properties.audiences(), "audiences: [gateway]");
            requireNoBlank("identity", properties.identity(), "identity: [sub]");
            requireNoBlank("token-types", properties.tokenTypes(), "token-types: [at+jwt, jwt]");
            if (properties.clockSkew().isNegative() || properties.clockSkew().compareTo(MAX_CLOCK_SKEW) > 0) {
                throw invalid("clock-skew", "is not between 0s and 5m", "clock-skew: 30s");
            }
            return new TrustedIssuer.Rules(
                    name,
                    issuer,
                    properties.profile().profile(),
                    new TreeSet<>(properties.audiences()),
                    algorithms(),
                    properties.tokenTypes().stream()
                            .map(type -> type.toLowerCase(Locale.ROOT))
                            .collect(Collectors.toCollection(TreeSet::new)),
                    List.copyOf(properties.identity()),
                    properties.clockSkew());
        }

        private String issuer() {
            String issuer = properties.issuer();
            if (issuer == null || issuer.isBlank()) {
                throw invalid("issuer", "is missing: the exact value of the iss claim", example());
            }
            if (issuer.contains("{")) {
                throw invalid("issuer", "is a template: issuers with many tenants are not supported yet", example());
            }
            if (properties.jwksUri() == null && SecureUri.parse(issuer).isEmpty()) {
                throw invalid(
                        "issuer",
                        "is no https address, so its keys cannot be discovered: set jwks-uri beside it",
                        example());
            }
            if (properties.jwksUri() == null && properties.metadataUri() == null) {
                secure("issuer", issuer);
            }
            return issuer;
        }

        String example() {
            return "issuer: https://id.example.com/realms/corp";
        }

        private Set<JWSAlgorithm> algorithms() {
            if (properties.algorithms().isEmpty()) {
                throw invalid("algorithms", "is empty", "algorithms: [RS256, PS256, ES256]");
            }
            for (String algorithm : properties.algorithms()) {
                if (!ALGORITHMS.contains(algorithm)) {
                    throw invalid(
                            "algorithms",
                            "holds one that is not supported: only " + new TreeSet<>(ALGORITHMS)
                                    + " are (a shared key, as in HS256, would let every API that checks tokens make them)",
                            "algorithms: [RS256, PS256, ES256]");
                }
            }
            return properties.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toUnmodifiableSet());
        }

        Mono<List<KeySet.VerificationKey>> keySource(AuthorizationServerHttp http) {
            if (properties.jwksUri() != null && properties.metadataUri() != null) {
                throw invalid(
                        "metadata-uri",
                        "has no effect beside jwks-uri: remove one of them",
                        "jwks-uri: https://id.example.com/keys");
            }
            Optional<URI> metadataUri =
                    Optional.ofNullable(properties.metadataUri()).map(text -> secure("metadata-uri", text));
            Mono<URI> jwksUri = properties.jwksUri() != null
                    ? Mono.just(secure("jwks-uri", properties.jwksUri()))
                    : ServerMetadata.discover(http, issuer(), metadataUri, properties.insecureHttp())
                            .flatMap(metadata -> Mono.justOrEmpty(metadata.jwksUri()))
                            .switchIfEmpty(Mono.error(() -> new IOException("the metadata names no jwks_uri")));
            return jwksUri.flatMap(uri -> http.get(uri).flatMap(answer -> read(uri, answer)));
        }

        private static Mono<List<KeySet.VerificationKey>> read(URI uri, AuthorizationServerHttp.Answer answer) {
            if (answer.status() != 200) {
                return Mono.error(new IOException(uri + " answered " + answer.status()));
            }
            try {
                return Mono.just(KeySet.parse(answer.body()));
            } catch (ParseException e) {
                return Mono.error(new IOException(uri + " is not a key set"));
            }
        }

        private URI secure(String name, String text) {
            return SecureUri.ofSetting(key(name), text, properties.insecureHttp());
        }

        private void requireNoBlank(String key, List<String> values, String example) {
            if (values.isEmpty() || values.stream().anyMatch(String::isBlank)) {
                throw invalid(key, "is empty, or holds an empty entry", example);
            }
        }

        InvalidSetting invalid(String name, String reason, String example) {
            return new InvalidSetting(key(name), reason, example);
        }

        private String key(String name) {
            return "procura.issuers." + this.name + "." + name;
        }
    }
}
