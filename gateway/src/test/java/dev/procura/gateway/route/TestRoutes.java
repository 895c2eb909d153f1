package dev.procura.gateway.route;

import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.idp.ClientProperties;
import dev.procura.gateway.idp.Clients;
import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.inbound.Issuers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.core.io.ByteArrayResource;

/** Routes written as a user writes them, bound and compiled as the start-up does it. */
public final class TestRoutes {

    /** Whose tokens come in, and who the gateway is, unless a test says otherwise. */
    public static final String DEFAULT = """
            issuers:
              corp: { issuer: https://id.example.com/corp, audiences: [gateway, orders-api] }
              partner: { issuer: https://id.example.com/partner, audiences: [gateway, partner-gateway] }
              tied: { issuer: https://id.example.com/tied, audiences: [gateway], only-where-named: true }
            clients:
              gateway: { issuer: https://id.example.com/corp, dialect: rfc8693, client-id: gateway-id, client-secret: s3cr3t }
              orders-api: { issuer: https://id.example.com/corp, dialect: spring, client-id: orders-api-id, client-secret: s3cr3t }
              kc: { issuer: https://id.example.com/corp, dialect: keycloak, client-id: kc-id, client-secret: s3cr3t }
            """;

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    /** What {@code ssl-bundle: gateway-client} names. */
    private static final DefaultSslBundleRegistry BUNDLES =
            new DefaultSslBundleRegistry("gateway-client", TestKey.p256().bundle());

    private static final Issuers DEFAULT_ISSUERS = issuers(binder(DEFAULT));
    private static final Clients DEFAULT_CLIENTS = clients(binder(DEFAULT));

    private final Issuers issuers;
    private final Routes routes;

    private TestRoutes(Issuers issuers, Routes routes) {
        this.issuers = issuers;
        this.routes = routes;
    }

    /** @param yaml what stands below {@code procura} */
    public static TestRoutes of(String yaml) {
        Binder binder = binder(yaml);
        Issuers issuers = issuers(binder);
        return new TestRoutes(issuers, Routes.of(routeProperties(binder), issuers, clients(binder)));
    }

    /** @param routes the entries of {@code routes} */
    public static TestRoutes withDefaults(String routes) {
        return new TestRoutes(DEFAULT_ISSUERS, Routes.of(properties(routes), DEFAULT_ISSUERS, DEFAULT_CLIENTS));
    }

    static List<RouteProperties> properties(String routes) {
        return routeProperties(binder("routes:\n" + routes.indent(2)));
    }

    public Issuers issuers() {
        return issuers;
    }

    public Routes routes() {
        return routes;
    }

    ProcuraRoute route(String id) {
        return routes.all().stream()
                .filter(route -> route.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Issuers issuers(Binder binder) {
        return Issuers.of(issuerProperties(binder), IssuerSurroundings.at(CLOCK));
    }

    private static Map<String, IssuerProperties> issuerProperties(Binder binder) {
        return binder.bind("issuers", Bindable.mapOf(String.class, IssuerProperties.class))
                .orElse(Map.of());
    }

    private static Clients clients(Binder binder) {
        return Clients.of(
                binder.bind("clients", Bindable.mapOf(String.class, ClientProperties.class))
                        .orElse(Map.of()),
                issuerProperties(binder),
                BUNDLES,
                CLOCK);
    }

    private static List<RouteProperties> routeProperties(Binder binder) {
        return binder.bind("routes", Bindable.listOf(RouteProperties.class)).orElse(List.of());
    }

    private static Binder binder(String yaml) {
        try {
            return new Binder(ConfigurationPropertySources.from(new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
