package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.fixture.RuleExample;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.token.Scopes;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;

/** What routes compile to, and what is decided where the configuration says nothing. */
final class RoutesTest {

    @Test
    void decidesEverythingThatARouteDoesNotSay() {
        ProcuraRoute route = one("""
                - id: orders
                  path: /orders/**
                  uri: https://orders.internal:8443
                  credential: { on-behalf-of: gateway, audience: orders-api }
                """);

        assertThat(route.tier()).isEqualTo(1);
        assertThat(route.conditions())
                .isEqualTo(new ProcuraRoute.Conditions(List.of("/orders/**"), "", List.of(), List.of()));
        assertThat(route.uri()).isEqualTo(URI.create("https://orders.internal:8443"));
        assertThat(route.http2()).isFalse();
        assertThat(route.filters()).isEmpty();
        assertThat(route.cookies()).isEmpty();
        assertThat(route.timeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(route.namesIssuers()).isFalse();
        assertThat(route.sendsUserContext()).isFalse();
        assertThat(route.rule())
                .isEqualTo(RuleExample.restricted(
                        Set.of("corp", "partner"),
                        Set.of("gateway", "partner-gateway"),
                        Set.of(Caller.Kind.USER),
                        Scopes.none(),
                        Scopes.none(),
                        Set.of(),
                        Set.of(),
                        Optional.empty()));
        assertThat(route.plan()).isInstanceOfSatisfying(CredentialPlan.OnBehalfOf.class, plan -> {
            assertThat(plan.client().name()).isEqualTo("gateway");
            assertThat(plan.client().id()).isEqualTo("gateway-id");
            assertThat(plan.appCallers()).isEqualTo(CredentialPlan.AppCallers.REJECT);
            assertThat(plan.target())
                    .isEqualTo(new Target(
                            Optional.of("orders-api"),
                            Optional.empty(),
                            Scopes.none(),
                            Scopes.none(),
                            Target.SubjectRule.SAME));
        });
    }

    @Test
    void takesEverythingThatARouteSays() {
        ProcuraRoute route = one("""
                - id: orders.v1_a-b
                  path: /orders/**
                  paths: [/order, '/o/{id}']
                  host: '*.example.com'
                  methods: [GET, POST]
                  predicates: ['Header=X-Version, v1']
                  uri: https://orders.internal:8443/
                  http2: true
                  tier: 3
                  require:
                    audiences: [gateway]
                    issuers: [corp, tied]
                    scopes: [orders.read]
                    any-scope: [a, b]
                    roles: [clerk]
                    clients: [native-app]
                    caller: any
                  credential: { on-behalf-of: gateway, audience: orders-api, resource: https://orders.example.com,
                                scopes: [orders], allow-scopes: [audit], subject: mapped, app-callers: client-credentials }
                  filters: [StripPrefix=1]
                  cookies: [locale]
                  limits: { timeout: 3s, max-in-flight: 2 }
                """);

        assertThat(route.id()).isEqualTo("orders.v1_a-b");
        assertThat(route.http2()).isTrue();
        assertThat(route.tier()).isEqualTo(3);
        assertThat(route.conditions())
                .isEqualTo(new ProcuraRoute.Conditions(
                        List.of("/orders/**", "/order", "/o/{id}"),
                        "*.example.com",
                        List.of("GET", "POST"),
                        List.of(new PredicateDefinition("Header=X-Version, v1"))));
        assertThat(route.filters()).containsExactly(new FilterDefinition("StripPrefix=1"));
        assertThat(route.cookies()).containsExactly("locale");
        assertThat(route.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(route.namesIssuers()).isTrue();
        assertThat(route.rule())
                .isEqualTo(RuleExample.restricted(
                        Set.of("corp", "tied"),
                        Set.of("gateway"),
                        Set.of(Caller.Kind.values()),
                        Scopes.of("orders.read"),
                        Scopes.of("a", "b"),
                        Set.of("clerk"),
                        Set.of("native-app"),
                        Optional.empty()));
        assertThat(route.plan()).isInstanceOfSatisfying(CredentialPlan.OnBehalfOf.class, plan -> {
            assertThat(plan.appCallers()).isEqualTo(CredentialPlan.AppCallers.CLIENT_CREDENTIALS);
            assertThat(plan.target())
                    .isEqualTo(new Target(
                            Optional.of("orders-api"),
                            Optional.of("https://orders.example.com"),
                            Scopes.of("orders"),
                            Scopes.of("audit"),
                            Target.SubjectRule.MAPPED));
        });
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "|on-behalf-of: gateway, audience: a|USER",
                "|on-behalf-of: gateway, audience: a, app-callers: reject|USER",
                "|on-behalf-of: gateway, audience: a, app-callers: client-credentials|USER APP UNKNOWN",
                "|client-credentials: gateway, audience: a|USER",
                "|pass-through: true|USER",
                "|none: true|USER",
                "caller: any|on-behalf-of: gateway, audience: a|USER APP UNKNOWN",
                "caller: any|pass-through: true|USER APP UNKNOWN",
                "caller: app|client-credentials: gateway, audience: a|APP",
                "caller: app|on-behalf-of: gateway, audience: a, app-callers: client-credentials|APP",
                "caller: app|pass-through: true|APP",
                "caller: anyone|none: true|",
                "caller: anyone|client-credentials: gateway, audience: a|",
                "caller: anyone|client-credentials: gateway, audience: a, user-context: none|"
            })
    void opensToTheKindsOfCallerThatItNamesOrThatItsCredentialCanServe(
            String require, String credential, String kinds) {
        ProcuraRoute route = one("""
                - id: orders
                  path: /orders/**
                  uri: https://orders.internal:8443
                  require: { %s }
                  credential: { %s }
                """.formatted(require == null ? "audiences: [gateway]" : require, credential));

        if (kinds == null) {
            assertThat(route.rule()).isEqualTo(AccessRule.Open.OPEN);
        } else {
            assertThat(restricted(route).kinds())
                    .extracting(Caller.Kind::name)
                    .containsExactlyInAnyOrder(kinds.split(" "));
        }
    }

    @Test
    void opensToTheTokensOfATierOnlyWhereTheRouteNamesThem() {
        TestRoutes routes = TestRoutes.withDefaults("""
                - id: orders
                  path: /orders/**
                  uri: https://orders.internal:8443
                  credential: { on-behalf-of: gateway, audience: orders-api }
                - id: inventory
                  path: /inventory/**
                  uri: https://inventory.internal:8443
                  tier: 2
                  require: { audiences: [orders-api], clients: [gateway] }
                  credential: { on-behalf-of: orders-api, audience: inventory-api }
                - id: legacy
                  path: /legacy/**
                  uri: https://legacy.internal:8443
                  credential: { pass-through: true }
                """);

        assertThat(restricted(routes.route("orders")).audiences())
                .containsExactlyInAnyOrder("gateway", "partner-gateway");
        assertThat(restricted(routes.route("inventory")).audiences()).containsExactly("orders-api");
        assertThat(restricted(routes.route("legacy")).audiences())
                .containsExactlyInAnyOrder("gateway", "partner-gateway");
    }

    @Test
    void takesEveryAudienceForATiersThatAnIssuedTokenMayHold() {
        TestRoutes routes = TestRoutes.of("""
                issuers:
                  corp: { issuer: https://id.example.com, audiences: [gateway, https://orders.example.com, orders-api] }
                clients:
                  gateway: { issuer: https://id.example.com, dialect: rfc8693, client-id: gateway, client-secret: s }
                routes:
                  - id: front
                    path: /front/**
                    uri: https://front.internal
                    credential: { pass-through: true }
                  - id: by-both
                    path: /both/**
                    uri: https://orders.internal
                    credential: { on-behalf-of: gateway, audience: orders-api, resource: https://orders.example.com }
                """);

        // An authorization server may put the resource into aud as well (RFC 8707 section 2).
        assertThat(restricted(routes.route("front")).audiences()).containsExactly("gateway");
    }

    @Test
    void wantsTheActorsOwnTokenFromTheClientOfTheRouteAndMeantForTheGateway() {
        ProcuraRoute route = one("""
                - id: inventory
                  path: /inventory/**
                  uri: https://inventory.internal:8443
                  tier: 2
                  require: { audiences: [orders-api], issuers: [corp], clients: [gateway-id], actor-token: true }
                  credential: { on-behalf-of: orders-api, audience: inventory-api }
                - id: orders
                  path: /orders/**
                  uri: https://orders.internal:8443
                  credential: { on-behalf-of: gateway, audience: orders-api }
                """);

        assertThat(restricted(route).actor())
                .contains(new AccessRule.ActorRule(
                        "orders-api-id", Set.of("https://id.example.com/corp"), Set.of("gateway")));
    }

    @Test
    void leavesOutAnIssuerThatHasToBeNamed() {
        assertThat(restricted(one("""
                        - id: orders
                          path: /orders/**
                          uri: https://orders.internal:8443
                          credential: { pass-through: true }
                        """)).issuers()).doesNotContain("tied");
    }

    @Test
    void compilesTheTrustedSubsystem() {
        ProcuraRoute route = one("""
                - id: reports
                  path: /reports/**
                  uri: https://reports.internal:8443
                  require: { audiences: [gateway], roles: [report-reader] }
                  credential: { client-credentials: gateway, audience: reports-api, user-context: signed }
                """);

        assertThat(route.sendsUserContext()).isTrue();
        assertThat(route.plan())
                .isInstanceOfSatisfying(
                        CredentialPlan.ClientCredentials.class,
                        plan -> assertThat(plan.userContext()).isEqualTo(CredentialPlan.UserContext.SIGNED));
    }

    @ParameterizedTest
    @CsvSource({
        "https://orders.internal:8443",
        "https://orders.internal",
        "https://orders.internal/",
        "HTTPS://ORDERS.internal",
        "wss://orders.internal",
        "http://127.0.0.1:9101",
        "http://localhost:9101",
        "ws://[::1]:9101"
    })
    void callsTiersOverTlsOrOnThisMachine(URI uri) {
        assertThat(one("- { id: a, path: /a, uri: '" + uri + "', credential: { pass-through: true } }")
                        .uri())
                .isEqualTo(uri);
    }

    @Test
    void callsATierWithoutTlsWhereTheRouteSaysSo() {
        assertThat(one("""
                        - id: a
                          path: /a
                          uri: http://mesh.internal
                          insecure-http: true
                          credential: { pass-through: true }
                        """).uri()).isEqualTo(URI.create("http://mesh.internal"));
    }

    @Test
    void needsNoPathWhereHostOrPredicatesChoose() {
        assertThat(one("- { id: a, host: a.example.com, uri: 'https://a', credential: { pass-through: true } }")
                        .conditions()
                        .isPathsOnly())
                .isFalse();
        assertThat(one("- { id: a, predicates: [Query=a], uri: 'https://a', credential: { pass-through: true } }")
                        .conditions()
                        .paths())
                .isEmpty();
    }

    @Test
    void needsNoIssuerWhereEveryRouteIsOpenToAnyone() {
        TestRoutes routes = TestRoutes.of("""
                routes:
                  - { id: status, path: /status, uri: 'https://status', require: { caller: anyone }, credential: { none: true } }
                """);

        assertThat(routes.route("status").rule()).isEqualTo(AccessRule.Open.OPEN);
    }

    @Test
    void takesFiltersAndPredicatesWithNamedArgumentsToo() {
        ProcuraRoute route = one("""
                - id: a
                  path: /a
                  uri: https://a
                  credential: { pass-through: true }
                  filters: [ { name: AddRequestHeader, args: { name: X-A, value: 'b, c' } } ]
                  predicates: [ { name: Header, args: { header: X-A, regexp: '\\d+' } } ]
                """);

        assertThat(route.filters()).singleElement().satisfies(filter -> {
            assertThat(filter.getName()).isEqualTo("AddRequestHeader");
            assertThat(filter.getArgs()).isEqualTo(Map.of("name", "X-A", "value", "b, c"));
        });
        assertThat(route.conditions().predicates()).singleElement().satisfies(predicate -> {
            assertThat(predicate.getName()).isEqualTo("Header");
            assertThat(predicate.getArgs()).isEqualTo(Map.of("header", "X-A", "regexp", "\\d+"));
        });
    }

    @Test
    void keepsTheOrderOfTheConfiguration() {
        TestRoutes routes = TestRoutes.withDefaults("""
                - { id: c, path: /c, uri: 'https://c', credential: { pass-through: true } }
                - { id: a, path: /a, uri: 'https://a', credential: { pass-through: true } }
                - { id: b, path: /b, uri: 'https://b', credential: { pass-through: true } }
                """);

        assertThat(routes.routes().all()).extracting(ProcuraRoute::id).containsExactly("c", "a", "b");
    }

    /** The first one. */
    private static ProcuraRoute one(String routes) {
        return TestRoutes.withDefaults(routes).routes().all().get(0);
    }

    private static AccessRule.Restricted restricted(ProcuraRoute route) {
        return (AccessRule.Restricted) route.rule();
    }
}
