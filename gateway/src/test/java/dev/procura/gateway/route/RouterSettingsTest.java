package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.AddRequestHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.StripPrefixGatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.mock.env.MockEnvironment;

/** Settings of Spring Cloud Gateway itself that would go around the rules do not start. */
final class RouterSettingsTest {

    private static final String PREFIX = "spring.cloud.gateway.server.webflux.";

    private final GatewayProperties router = new GatewayProperties();
    private final HttpClientProperties httpClient = new HttpClientProperties();
    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void startsWithTheDefaults() {
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void startsWithHarmlessDefaultFilters() {
        router.setDefaultFilters(List.of(new FilterDefinition("AddResponseHeader=X-A, b")));

        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TokenRelay=",
                "TokenRelay=corp",
                "LocalResponseCache=30m",
                "RequestHeaderToRequestUri=X-Url",
                "SetRequestUri=https://evil.example",
                "AddRequestHeader=X-A, #{@clients}",
                "CircuitBreaker=a, forward:/x"
            })
    void refusesDefaultFilters(String filter) {
        router.setDefaultFilters(List.of(new FilterDefinition("StripPrefix=1"), new FilterDefinition(filter)));

        refuses("default-filters");
    }

    @Test
    void refusesADefaultFilterThatIsWrittenWithNamedArguments() {
        FilterDefinition filter = new FilterDefinition();
        filter.setName("AddRequestHeader");
        filter.addArg("name", "X-A");
        filter.addArg("value", "#{@clients}");
        router.setDefaultFilters(List.of(filter));

        refuses("default-filters");
    }

    @Test
    void refusesRoutesThatHaveNoRule() {
        router.setRoutes(List.of(new RouteDefinition()));

        refuses("routes");
    }

    @Test
    void refusesToTrustEveryCertificate() {
        httpClient.getSsl().setUseInsecureTrustManager(true);

        refuses("httpclient.ssl.use-insecure-trust-manager");
    }

    @Test
    void refusesToWriteTokensIntoTheLog() {
        httpClient.setWiretap(true);

        refuses("httpclient.wiretap");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "httpserver.wiretap",
                "filter.local-response-cache.enabled",
                "global-filter.local-response-cache.enabled",
                "discovery.locator.enabled",
                "global-filter.netty-routing.enabled"
            })
    void refusesOtherSwitches(String key) {
        environment.setProperty(PREFIX + key, "true");
        refuses(key);

        environment.setProperty(PREFIX + key, "false");
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void refusesToGoOnWithoutARouteThatCannotBeBuilt() {
        router.setFailOnRouteDefinitionError(false);

        refuses("fail-on-route-definition-error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"read-only", "unrestricted", "READ_ONLY"})
    void refusesTheEndpointThatChangesRoutes(String access) {
        environment.setProperty("management.endpoint.gateway.access", "none");
        assertThatCode(this::check).doesNotThrowAnyException();

        environment.setProperty("management.endpoint.gateway.access", access);
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(this::check)
                .satisfies(invalid -> assertThat(invalid.key()).isEqualTo("management.endpoint.gateway.access"));
    }

    @Test
    void namesTheRouteThatCannotBeBuilt() {
        ProcuraRouteDefinitions definitions =
                new ProcuraRouteDefinitions(TestRoutes.withDefaults("""
                        - { id: a, path: /a, uri: 'https://a', credential: { pass-through: true } }
                        - { id: b, path: /b, uri: 'https://b', credential: { pass-through: true } }
                        """).routes());

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> RouterSettings.checkBuild(definitions, definition -> {
                    if (definition.getId().equals("b")) {
                        throw new IllegalArgumentException("secret");
                    }
                }))
                .withMessageStartingWith("procura.routes[1]")
                .withMessageNotContaining("secret");
        assertThatCode(() -> RouterSettings.checkBuild(definitions, definition -> {}))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "StripPrefix=1|Header=X-A|",
                "{name: StripPrefix, args: {parts: 1}}|Header=X-A|",
                "{args: {parts: 1}}|Header=X-A|filters",
                "StripPrefix=1|{args: {header: X-A}}|predicates",
                "StripPrefx=1|Header=X-A|filters",
                "stripPrefix=1|Header=X-A|filters",
                "StripPrefixGatewayFilterFactory=1|Header=X-A|filters",
                "StripPrefix=1|Heder=X-A|predicates",
                "StripPrefix=1|StripPrefix=1|predicates"
            })
    void knowsTheNamesOfFiltersAndPredicates(String filter, String predicate, String wrong) {
        List<RouteProperties> routes = TestRoutes.properties("""
                - { id: a, path: /a }
                - { id: b, path: /b, filters: [%s], predicates: [%s] }
                """.formatted(filter, predicate));

        if (wrong == null) {
            assertThatCode(() -> checkNames(routes)).doesNotThrowAnyException();
        } else {
            assertThatExceptionOfType(InvalidSetting.class)
                    .isThrownBy(() -> checkNames(routes))
                    .satisfies(invalid -> {
                        assertThat(invalid.key()).isEqualTo("procura.routes[1]." + wrong);
                        assertThat(invalid.example()).startsWith(wrong + ": [");
                    });
        }
    }

    private static void checkNames(List<RouteProperties> routes) {
        RouterSettings.checkNames(
                routes,
                List.of(new StripPrefixGatewayFilterFactory(), new AddRequestHeaderGatewayFilterFactory()),
                List.of(new HeaderRoutePredicateFactory()));
    }

    private void refuses(String key) {
        assertThatExceptionOfType(InvalidSetting.class).isThrownBy(this::check).satisfies(invalid -> {
            assertThat(invalid.key()).isEqualTo(PREFIX + key);
            assertThat(invalid.reason()).isNotBlank();
            assertThat(invalid.example()).isNotBlank();
        });
    }

    private void check() {
        RouterSettings.check(router, httpClient, environment);
    }
}
