package dev.procura.gateway.idp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.inbound.EntraIssuer;
import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.inbound.SecureUri;
import dev.procura.gateway.inbound.ServerMetadata;
import dev.procura.gateway.inbound.TenantTemplate;
import dev.procura.gateway.problem.InvalidSetting;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import reactor.core.publisher.Mono;

/** One block of {@code procura.clients}: what the gateway needs of it, and what can be wrong with that. */
record ClientBlock(String name, ClientProperties properties, SslBundles bundles, Clock clock) {

    private static final Duration METADATA_LIFE = Duration.ofHours(1);
    private static final Duration METADATA_RETRY = Duration.ofSeconds(1);
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);

    /** Of one client, whose token endpoints are known. */
    private static final int MAX_TENANTS = 10_000;

    RegisteredClient register(Map<String, IssuerProperties> issuers) {
        DialectName dialect = properties.dialect();
        if (dialect == null) {
            throw invalid("dialect", "is missing: how this server wants to be asked", "dialect: keycloak");
        }
        if (properties.maxInFlight() < 1 || properties.maxInFlight() > 10_000) {
            throw invalid("max-in-flight", "is not between 1 and 10000", "max-in-flight: 64");
        }
        if (properties.timeout().compareTo(Duration.ofMillis(1)) < 0
                || properties.timeout().compareTo(MAX_TIMEOUT) > 0) {
            throw invalid("timeout", "is not between 1ms and 1m", "timeout: 5s");
        }
        Dialect spoken = dialect.dialect();
        if (!spoken.authenticationMethods().contains(properties.authentication())) {
            throw invalid(
                    "authentication", "is not one that this kind of server takes", "authentication: private-key-jwt");
        }
        ClientAuthentication authentication =
                new AuthenticationBlock(name, properties, spoken.assertionDefaults(), bundles, clock).read();
        AuthorizationServerHttp http = http("client-" + name, authentication);
        Client client = new Client(
                name,
                required("client-id", properties.clientId(), "client-id: gateway"),
                server(spoken),
                dialect.name(),
                tenant(),
                Optional.ofNullable(properties.issuer()).map(spoken::issuersOf).orElse(Set.of()),
                spoken.traits(),
                capabilities(spoken),
                new SubjectIssuers(key("subject-issuers"), properties.subjectIssuers(), issuers).of(spoken));
        return new RegisteredClient(client, spoken, authentication, endpoints(spoken, authentication, http), http);
    }

    private Set<String> capabilities(Dialect spoken) {
        boolean asked = !properties.clientCapabilities().isEmpty();
        if (asked && !spoken.traits().takesClaimsRequest()) {
            throw invalid(
                    "client-capabilities", "has a meaning for dialects entra and entra-v1 alone", "dialect: entra");
        }
        if (properties.clientCapabilities().stream().anyMatch(text -> !text.matches("[A-Za-z0-9_-]{1,40}"))) {
            throw invalid("client-capabilities", "holds what is no capability", "client-capabilities: [cp1]");
        }
        return Set.copyOf(properties.clientCapabilities());
    }

    private Optional<String> tenant() {
        String tenant = properties.tenant();
        if (tenant == null) {
            return Optional.empty();
        }
        if (!isTemplate()) {
            throw invalid(
                    "tenant",
                    "has a meaning beside an issuer or a token-uri with {tenantid} alone",
                    "issuer: https://login.microsoftonline.com/{tenantid}/v2.0");
        }
        if (!TenantTemplate.isTenant(tenant)) {
            throw invalid("tenant", "is no tenant id in lower case", "tenant: 8f5c2d3e-0000-4000-8000-000000000001");
        }
        return Optional.of(tenant);
    }

    private boolean isTemplate() {
        return Stream.of(properties.issuer(), properties.tokenUri())
                .anyMatch(text -> text != null && TenantTemplate.isTemplate(text));
    }

    AuthorizationServerHttp http(String pool, ClientAuthentication authentication) {
        return authentication
                .tls()
                .map(tls -> AuthorizationServerHttp.create(pool, properties.maxInFlight(), properties.timeout(), tls))
                .orElseGet(() -> AuthorizationServerHttp.create(pool, properties.maxInFlight(), properties.timeout()));
    }

    private String server(Dialect spoken) {
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
        checkTemplates(spoken);
        return tokenUri != null ? secure("token-uri", tokenUri) : secure("issuer", String.valueOf(issuer));
    }

    /** Both or neither: a token of one tenant must not count as one of another. */
    private void checkTemplates(Dialect spoken) {
        checkTemplate(spoken, "issuer", properties.issuer());
        checkTemplate(spoken, "token-uri", properties.tokenUri());
        String issuer = properties.issuer();
        String tokenUri = properties.tokenUri();
        if (issuer != null
                && tokenUri != null
                && TenantTemplate.isTemplate(issuer) != TenantTemplate.isTemplate(tokenUri)) {
            throw invalid(
                    TenantTemplate.isTemplate(issuer) ? "token-uri" : "issuer",
                    "names one tenant, and the other address of the block has {tenantid}: both or neither",
                    "issuer: https://login.microsoftonline.com/{tenantid}/v2.0");
        }
    }

    private void checkTemplate(Dialect spoken, String name, @Nullable String text) {
        if (text == null) {
            return;
        }
        boolean tenant = TenantTemplate.isTemplate(text);
        boolean other = TenantTemplate.placeholderAsTenant(text).contains("{");
        if (other || (tenant && !spoken.asksAtTenants())) {
            throw invalid(
                    name,
                    "is a template: {tenantid} is for dialects entra and entra-v1, and there is no other placeholder",
                    "issuer: https://id.example.com/realms/corp");
        }
        if (spoken.asksAtTenants()) {
            EntraIssuer.spellingFault(text).ifPresent(fault -> {
                throw invalid(name, fault, "issuer: https://login.microsoftonline.com/{tenantid}/v2.0");
            });
        }
    }

    /** Where a client asks, at each of its tenants. */
    private Function<Client, Mono<URI>> endpoints(
            Dialect spoken, ClientAuthentication authentication, AuthorizationServerHttp http) {
        boolean mutualTls = authentication instanceof TlsClientAuth;
        String tokenUri = properties.tokenUri();
        if (tokenUri != null) {
            if (mutualTls && !TlsClientAuth.isTls(URI.create(TenantTemplate.placeholderAsTenant(tokenUri)))) {
                throw invalid(
                        "token-uri",
                        "is no https address, which authentication: tls-client-auth needs",
                        "token-uri: https://id.example.com/token");
            }
            return client -> Mono.just(URI.create(client.server()));
        }
        Cache<String, Mono<URI>> byIssuer =
                Caffeine.newBuilder().maximumSize(MAX_TENANTS).build();
        return client -> byIssuer.get(client.server(), issuer -> discovered(spoken, mutualTls, http, issuer));
    }

    private Mono<URI> discovered(Dialect spoken, boolean mutualTls, AuthorizationServerHttp http, String issuer) {
        Optional<Dialect.Discovery> place = spoken.discoveryOf(issuer);
        return ServerMetadata.discover(
                        http,
                        place.map(Dialect.Discovery::issuer).orElse(issuer),
                        place.map(Dialect.Discovery::metadataUri),
                        properties.insecureHttp())
                .flatMap(metadata ->
                        Mono.justOrEmpty(mutualTls ? metadata.mutualTlsTokenEndpoint() : metadata.tokenEndpoint()))
                .switchIfEmpty(Mono.error(() -> new IOException("the metadata names no token_endpoint")))
                .cache(uri -> METADATA_LIFE, failure -> METADATA_RETRY, () -> METADATA_RETRY);
    }

    private String required(String key, @Nullable String value, String example) {
        if (value == null || value.isBlank()) {
            throw invalid(key, "is missing", example);
        }
        return value;
    }

    /** Read with an example of a tenant in the place of the placeholder. */
    private String secure(String name, String text) {
        SecureUri.ofSetting(key(name), TenantTemplate.placeholderAsTenant(text), properties.insecureHttp());
        return text;
    }

    private InvalidSetting invalid(String name, String reason, String example) {
        return new InvalidSetting(key(name), reason, example);
    }

    private String key(String name) {
        return "procura.clients." + this.name + "." + name;
    }
}
