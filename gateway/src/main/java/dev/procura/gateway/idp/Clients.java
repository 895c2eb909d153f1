package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.inbound.Introspector;
import dev.procura.gateway.inbound.SecureUri;
import dev.procura.gateway.inbound.ServerMetadata;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.Secret;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The clients of the configuration, checked and ready: who the gateway is at each authorization server. */
public final class Clients implements Introspector.Factory {

    private static final Duration METADATA_LIFE = Duration.ofHours(1);
    private static final Duration METADATA_RETRY = Duration.ofSeconds(1);
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);

    private final Map<String, RegisteredClient> byName = new LinkedHashMap<>();
    private final Map<String, Block> blocks = new LinkedHashMap<>();

    private Clients() {}

    /**
     * @param issuerNames the names that subject-issuers may hold
     * @throws InvalidSetting for the first setting that cannot work
     */
    public static Clients of(Map<String, ClientProperties> properties, Set<String> issuerNames) {
        Clients clients = new Clients();
        properties.forEach((name, client) -> {
            Block block = new Block(name, client);
            clients.blocks.put(name, block);
            clients.byName.put(name, block.register(issuerNames));
        });
        return clients;
    }

    public Collection<String> names() {
        return byName.keySet();
    }

    public @Nullable Client named(String name) {
        RegisteredClient registered = byName.get(name);
        return registered == null ? null : registered.client();
    }

    /** Connections of its own: a flood of unknown tokens must not hold up the token endpoint. */
    @Override
    public Introspector create(String key, String issuerName, String clientName, URI uri) {
        RegisteredClient client = byName.get(clientName);
        Block block = blocks.get(clientName);
        if (client == null || block == null) {
            throw new InvalidSetting(key, "names no block of procura.clients: " + clientName, "client: gateway");
        }
        if (!block.properties().insecureHttp() && !SecureUri.isSecure(uri)) {
            // It is this client's secret that travels there.
            throw new InvalidSetting(
                    key,
                    "would send the secret of procura.clients." + clientName
                            + " over plain http, which that block does not allow (insecure-http)",
                    "client: gateway");
        }
        return new IntrospectionEndpoint(new RegisteredClient(
                client.client(),
                client.dialect(),
                client.authentication(),
                client.secret(),
                Mono.just(uri),
                block.http("introspection-" + issuerName)));
    }

    /** Why the server of this client can never act for a user, whatever it is asked; empty when nothing is known against it. */
    public Optional<String> whyNoOnBehalfOf(String name) {
        RegisteredClient client = byName.get(name);
        boolean b2c = client != null
                && (B2cEndpoint.is(client.client().server())
                        || client.client().issuer().filter(B2cEndpoint::is).isPresent());
        return b2c
                ? Optional.of("is a client at Azure AD B2C, which has no on-behalf-of flow: use client-credentials with"
                        + " user-context: signed, or pass-through, or a client at a server that trusts B2C as its"
                        + " identity provider")
                : Optional.empty();
    }

    RegisteredClient registered(Client client) {
        RegisteredClient registered = byName.get(client.name());
        if (registered == null || !registered.client().equals(client)) {
            throw new IllegalArgumentException("not one of these clients: " + client.name());
        }
        return registered;
    }

    /** One block of the configuration, and what can be wrong with it. */
    private record Block(String name, ClientProperties properties) {

        RegisteredClient register(Set<String> issuerNames) {
            DialectName dialect = properties.dialect();
            if (dialect == null) {
                throw invalid("dialect", "is missing: how this server wants to be asked", "dialect: keycloak");
            }
            for (String issuer : properties.subjectIssuers()) {
                if (!issuerNames.contains(issuer)) {
                    throw invalid(
                            "subject-issuers",
                            "names no block of procura.issuers: " + issuer,
                            "subject-issuers: [corp]");
                }
            }
            if (properties.maxInFlight() < 1 || properties.maxInFlight() > 10_000) {
                throw invalid("max-in-flight", "is not between 1 and 10000", "max-in-flight: 64");
            }
            if (properties.timeout().compareTo(Duration.ofMillis(1)) < 0
                    || properties.timeout().compareTo(MAX_TIMEOUT) > 0) {
                throw invalid("timeout", "is not between 1ms and 1m", "timeout: 5s");
            }
            AuthorizationServerHttp http = http("client-" + name);
            Client client = new Client(
                    name,
                    required("client-id", properties.clientId(), "client-id: gateway"),
                    server(),
                    dialect.name(),
                    Optional.ofNullable(properties.issuer()),
                    dialect.dialect().addedScopes(),
                    dialect.dialect().grantsLess(),
                    Set.copyOf(properties.subjectIssuers()));
            return new RegisteredClient(
                    client, dialect.dialect(), properties.authentication(), secret(), endpoint(http), http);
        }

        AuthorizationServerHttp http(String pool) {
            return AuthorizationServerHttp.create(pool, properties.maxInFlight(), properties.timeout());
        }

        private Secret secret() {
            Secret secret = properties.clientSecret();
            if (secret == null || secret.isBlank()) {
                throw invalid("client-secret", "is missing, or empty", "client-secret: ${GATEWAY_SECRET}");
            }
            return secret;
        }

        private String server() {
            String issuer = properties.issuer();
            String tokenUri = properties.tokenUri();
            if (issuer == null && tokenUri == null) {
                throw invalid(
                        "issuer",
                        "is missing: name the issuer of the tokens (its metadata tells where to ask), or a token-uri",
                        "issuer: https://id.example.com/realms/corp");
            }
            if (issuer != null && issuer.isBlank()) {
                throw invalid("issuer", "is empty", "issuer: https://id.example.com/realms/corp");
            }
            if ((issuer != null && issuer.contains("{")) || (tokenUri != null && tokenUri.contains("{"))) {
                throw invalid(
                        tokenUri != null ? "token-uri" : "issuer",
                        "is a template: one client for many tenants is not supported yet",
                        "issuer: https://id.example.com/realms/corp");
            }
            if (tokenUri != null) {
                return secure("token-uri", tokenUri).toString();
            }
            return secure("issuer", String.valueOf(issuer)).toString();
        }

        private Mono<URI> endpoint(AuthorizationServerHttp http) {
            if (properties.tokenUri() != null) {
                return Mono.just(secure("token-uri", properties.tokenUri()));
            }
            String issuer = String.valueOf(properties.issuer());
            return ServerMetadata.discover(http, issuer, Optional.empty(), properties.insecureHttp())
                    .flatMap(metadata -> Mono.justOrEmpty(metadata.tokenEndpoint()))
                    .switchIfEmpty(Mono.error(() -> new IOException("the metadata names no token_endpoint")))
                    .cache(uri -> METADATA_LIFE, failure -> METADATA_RETRY, () -> METADATA_RETRY);
        }

        private String required(String key, @Nullable String value, String example) {
            if (value == null || value.isBlank()) {
                throw invalid(key, "is missing", example);
            }
            return value;
        }

        private URI secure(String name, String text) {
            return SecureUri.ofSetting(key(name), text, properties.insecureHttp());
        }

        private InvalidSetting invalid(String name, String reason, String example) {
            return new InvalidSetting(key(name), reason, example);
        }

        private String key(String name) {
            return "procura.clients." + this.name + "." + name;
        }
    }
}
