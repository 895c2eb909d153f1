package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.console.ManagementProperties;
import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.idp.ClientAuthenticationMethod;
import dev.procura.gateway.idp.ClientProperties;
import dev.procura.gateway.idp.Clients;
import dev.procura.gateway.idp.DialectName;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.ProfileName;
import dev.procura.gateway.route.RouteProperties;
import dev.procura.gateway.route.Routes;
import dev.procura.gateway.token.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.util.unit.DataSize;

/** How the configuration is read, and what stands where it says nothing. */
final class ProcuraPropertiesTest {

    @Test
    void hasDefaultsForEverythingThatIsNotNeeded() {
        ProcuraProperties properties =
                TestConfiguration.of("server: { port: 8080 }").bind();

        assertThat(properties)
                .isEqualTo(new ProcuraProperties(
                        null,
                        Map.of(),
                        Map.of(),
                        List.of(),
                        CacheExample.of(
                                100_000,
                                DataSize.ofMegabytes(256),
                                Duration.ofHours(1),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(30),
                                0.8),
                        new ProcuraProperties.UserContextProperties(List.of()),
                        new DelegationProperties(5, 5),
                        new ManagementProperties(null),
                        Duration.ZERO));
    }

    /** As when every line below it is commented out. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cache: {}",
                "cache:",
                "delegation: {}",
                "user-context: {}",
                "issuers: {}",
                "clients: {}",
                "routes: []",
                "routes: [ { id: a, require: {} } ]",
                "routes: [ { id: a, require: , credential: } ]",
                "routes: [ { id: a, limits: {}, filters: [], cookies: [] } ]"
            })
    void takesAnEmptyBlockForOneThatSaysNothing(String block) {
        ProcuraProperties properties =
                TestConfiguration.of("procura:\n  " + block + "\n").bind();

        assertThat(properties.cache().maxEntries()).isEqualTo(100_000);
        assertThat(properties.userContext().keys()).isEmpty();
        assertThat(properties.delegation()).isEqualTo(new DelegationProperties(5, 5));
        assertThat(properties.routes()).allSatisfy(route -> {
            assertThat(route.require().scopes()).isEmpty();
            assertThat(route.limits().timeout()).isEqualTo(Duration.ofSeconds(60));
        });
    }

    @Test
    void readsABlockOfEachKind() {
        ProcuraProperties properties = TestConfiguration.of("""
                procura:
                  public-url: https://api.example.com
                  issuers:
                    corp: { profile: keycloak, issuer: https://id.example.com, audiences: [gateway], clock-skew: 1m }
                  clients:
                    gateway: { token-uri: https://id.example.com/token, dialect: spring, client-id: gateway,
                               client-secret: s, authentication: client-secret-post, timeout: 250ms }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: https://orders.internal
                      require: { caller: any, actor-token: true }
                      credential: { on-behalf-of: gateway, audience: orders-api, app-callers: client-credentials,
                                    subject: mapped }
                  cache: { max-bytes: 1GB, max-life: 10m }
                  user-context: { keys: [a, b] }
                """).bind();

        assertThat(properties.issuers()).containsOnlyKeys("corp");
        assertThat(properties.issuers().get("corp")).isNotNull().satisfies(corp -> {
            assertThat(corp.profile()).isEqualTo(ProfileName.KEYCLOAK);
            assertThat(corp.clockSkew()).isEqualTo(Duration.ofMinutes(1));
            assertThat(corp.algorithms()).isNull();
            assertThat(corp.keys().refresh()).isEqualTo(Duration.ofMinutes(5));
        });
        assertThat(properties.clients())
                .isEqualTo(Map.of(
                        "gateway",
                        new ClientProperties(
                                null,
                                "https://id.example.com/token",
                                DialectName.SPRING,
                                null,
                                "gateway",
                                ClientAuthenticationMethod.CLIENT_SECRET_POST,
                                Secret.of("s"),
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                List.of(),
                                List.of(),
                                Duration.ofMillis(250),
                                64,
                                false)));
        assertThat(properties.routes()).singleElement().satisfies(route -> {
            assertThat(route.require().caller()).isEqualTo(RouteProperties.CallerKind.ANY);
            assertThat(route.require().actorToken()).isTrue();
            assertThat(route.limits().timeout()).isEqualTo(Duration.ofSeconds(60));
            assertThat(route.credential()).isNotNull().satisfies(credential -> {
                assertThat(credential.appCallers()).isEqualTo(CredentialPlan.AppCallers.CLIENT_CREDENTIALS);
                assertThat(credential.subject()).isEqualTo(Target.SubjectRule.MAPPED);
            });
        });
        assertThat(properties.cache().maxBytes()).isEqualTo(DataSize.ofGigabytes(1));
        assertThat(properties.userContext().keys()).containsExactly("a", "b");
    }

    /** What the page shows as a full example starts. */
    @Test
    void takesTheFullExampleOfThePage(@TempDir Path secrets) throws IOException {
        Files.writeString(secrets.resolve("sts"), "c");
        Files.writeString(secrets.resolve("partner"), "d");
        ProcuraProperties properties = TestConfiguration.of(fullExample().replace("/run/secrets/", secrets + "/"))
                .variable("GATEWAY_SECRET", "a")
                .variable("ORDERS_API_SECRET", "b")
                .variable("STAFF_SECRET", "c")
                .variable("SUPPLIER_SECRET", "d")
                .bind();

        DefaultSslBundleRegistry bundles =
                new DefaultSslBundleRegistry("gateway-client", TestKey.p256().bundle());
        Clients clients = Clients.of(properties.clients(), properties.issuers(), bundles, Clock.systemUTC());
        Issuers issuers = Issuers.of(properties.issuers(), IssuerSurroundings.asking(clients, Clock.systemUTC()));
        assertThat(Routes.of(properties.routes(), issuers, clients).all()).hasSameSizeAs(properties.routes());
    }

    private static String fullExample() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "configuration.md"));
        int heading = page.indexOf("## A full example");
        int begin = page.indexOf("```yaml\n", heading) + "```yaml\n".length();
        return page.substring(begin, page.indexOf("```", begin));
    }
}
