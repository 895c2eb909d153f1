package dev.procura.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.route.TestRoutes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each warning comes where it should, and nowhere else. */
final class WarningsTest {

    private static final String ONE_ISSUER = """
            issuers:
              corp: { issuer: https://id.example.com/corp, audiences: [gateway, orders-api] }
              tied: { issuer: https://id.example.com/tied, audiences: [gateway], only-where-named: true }
            clients:
              gateway: { issuer: https://id.example.com/corp, dialect: rfc8693, client-id: gateway, client-secret: s }
              orders-api: { issuer: https://id.example.com/corp, dialect: spring, client-id: orders-api, client-secret: s }
            routes:
            """;

    private static final String ORDERS = """
            - id: orders
              path: /orders/**
              uri: https://orders.internal
              credential: { on-behalf-of: gateway, audience: orders-api }
            """;

    @Test
    void saysNothingWhereNothingIsOdd() {
        assertThat(warnings(ONE_ISSUER, ORDERS + """
                - id: inventory
                  path: /inventory/**
                  uri: https://inventory.internal
                  tier: 2
                  require: { audiences: [orders-api], clients: [gateway], actor-token: true }
                  credential: { on-behalf-of: orders-api, audience: inventory-api }
                - id: reports
                  path: /reports/**
                  uri: https://reports.internal
                  credential: { client-credentials: gateway, audience: reports-api }
                - id: status
                  path: /status
                  uri: https://status.internal
                  require: { caller: anyone }
                  credential: { none: true }
                """)).isEmpty();
    }

    @Test
    void warnsOfARouteThatEveryIssuerOpensBecauseNoneIsNamed() {
        assertThat(warnings(TestRoutes.DEFAULT + "routes:\n", ORDERS))
                .singleElement()
                .asString()
                .contains("route orders", "require.issuers");
        assertThat(warnings(TestRoutes.DEFAULT + "routes:\n", require(ORDERS, "issuers: [corp, partner]")))
                .isEmpty();
        assertThat(warnings(TestRoutes.DEFAULT + "routes:\n", require(ORDERS, "issuers: [corp]")))
                .isEmpty();
    }

    @Test
    void warnsOfIdTokensAndThatNobodyCanActOnOne() {
        String accepting = TestRoutes.DEFAULT.replaceFirst("corp: \\{", "corp: { id-tokens: accept,");

        List<String> warnings = warnings(accepting + "routes:\n", require(ORDERS, "issuers: [corp]"));

        assertThat(warnings)
                .anyMatch(warning -> warning.startsWith("procura.issuers.corp lets ID tokens in"))
                .anyMatch(warning -> warning.startsWith("route orders: refuses the ID tokens"));
    }

    @ParameterizedTest(name = "tier {0}, {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "2|audiences: [orders-api]|true",
                "3|audiences: [orders-api]|true",
                "2|audiences: [orders-api], roles: [a]|true",
                "2|audiences: [orders-api], clients: [gateway]|false",
                "2|audiences: [orders-api], actor-token: true|false",
                "1|audiences: [orders-api]|false"
            })
    void warnsOfASecondTierThatWhoeverHoldsATokenMayUse(int tier, String require, boolean warned) {
        List<String> warnings = warnings(ONE_ISSUER, ORDERS + """
                - id: inventory
                  path: /inventory/**
                  uri: https://inventory.internal
                  tier: %d
                  require: { %s }
                  credential: { on-behalf-of: orders-api, audience: inventory-api }
                """.formatted(tier, require));

        expect(warnings, warned, "route inventory", "require.clients", "require.actor-token");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"audiences: [gateway]|true", "clients: [a]|false", "roles: [a]|false", "scopes: [a]|true"})
    void warnsOfApplicationsThatAllUseTheGatewaysOwnRights(String require, boolean warned) {
        String route = require(ORDERS, require)
                .replace("audience: orders-api", "audience: orders-api, app-callers: client-credentials");

        expect(warnings(ONE_ISSUER, route), warned, "route orders", "app-callers", "require.roles");
        assertThat(warnings(ONE_ISSUER, route.replace("app-callers: client-credentials", "app-callers: reject")))
                .isEmpty();
    }

    @Test
    void warnsOfAnyoneAtAllBeingServedWithTheGatewaysCredential() {
        String route = """
                - id: reports
                  path: /reports/**
                  uri: https://reports.internal
                  require: { caller: anyone }
                  credential: { client-credentials: gateway, audience: reports-api }
                """;

        expect(warnings(ONE_ISSUER, route), true, "route reports", "anyone");
    }

    @ParameterizedTest
    @CsvSource({"gateway, true", "legacy, false"})
    void warnsOfATierThatIsHandedTokensWhichOpenOtherRoutes(String audience, boolean warned) {
        String issuers =
                ONE_ISSUER.replace("audiences: [gateway, orders-api]", "audiences: [gateway, orders-api, legacy]");
        List<String> warnings = warnings(issuers, """
                - id: legacy
                  path: /legacy/**
                  uri: https://legacy.internal
                  require: { audiences: [%s] }
                  credential: { pass-through: true }
                - id: orders
                  path: /orders/**
                  uri: https://orders.internal
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                """.formatted(audience));

        expect(warnings, warned, "route legacy", "route orders", "audience of its own");
    }

    @ParameterizedTest(name = "{0} before {1}: {2}")
    @CsvSource({
        "/orders/**, /orders/**, true",
        "/orders/**, /orders/1, true",
        "/orders/**, /orders/{id}, true",
        "/orders/**, /orders/{id}/items, true",
        "/orders/**, /orders/*, true",
        "/orders/**, /orders, true",
        "/orders/{*rest}, /orders/a/b, true",
        "/orders/{*rest}, /orders/**, true",
        "/**, /orders/**, true",
        "/**, /status, true",
        "/{*all}, /orders/{id}, true",
        "/orders/{id}, /orders/{other}, true",
        "/orders/{id}, /orders/*, true",
        "/orders/*, /orders/{id}, true",
        "/status, /status, true",
        "/orders/**, /reports/**, false",
        "/orders/**, /order, false",
        "/orders/**, /ordersx, false",
        "/orders/{id}, /orders/**, false",
        "/orders/*, /orders/**, false",
        "/orders/**, /**, false",
        "/orders/{id}, /orders/{id}/items, false",
        "/orders/1, /orders/{id}, false",
        "/orders/{id:\\d+}, /orders/{id}, false",
        "/orders/*.json, /orders/*, false",
        "/x/**, /**, false",
        "/x, /{id}, false",
        "/orders/x, /orders/*, false",
        "/orders/x/**, /orders/**, false"
    })
    void warnsOfARouteThatAnEarlierOneShadows(String earlier, String later, boolean shadowed) {
        List<String> warnings = warnings(
                ONE_ISSUER, route("first", "path: '" + earlier + "'") + route("second", "path: '" + later + "'"));

        expect(warnings, shadowed, "route second", "never reached", "route first");
    }

    @ParameterizedTest(name = "{0} before {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "path: /orders/**|path: /orders/1, methods: [POST]|true",
                "path: /orders/**|path: /orders/1, host: a.example.com|true",
                "path: /orders/**|path: /orders/1, predicates: [Query=a]|true",
                "path: /orders/**|paths: [/orders/1, /orders/2]|true",
                "paths: [/orders/**, /reports/**]|paths: [/orders/1, /reports/2]|true",
                "path: /**|host: a.example.com|true",
                "path: /**|predicates: [Query=a]|true",
                "path: /orders/**|paths: [/orders/1, /reports/2]|false",
                "path: /orders/**, methods: [GET]|path: /orders/1|false",
                "path: /orders/**, host: a.example.com|path: /orders/1|false",
                "path: /orders/**, predicates: [Query=a]|path: /orders/1|false",
                "path: /orders/**|host: a.example.com|false",
                "host: a.example.com|path: /orders/**|false"
            })
    void looksAtWhatElseARouteAsksFor(String earlier, String later, boolean shadowed) {
        List<String> warnings = warnings(ONE_ISSUER, route("first", earlier) + route("second", later));

        expect(warnings, shadowed, "route second", "never reached", "route first");
    }

    @Test
    void warnsOfEveryBlockThatAllowsPlainHttp() {
        TestRoutes routes = TestRoutes.of(ONE_ISSUER + ORDERS);

        assertThat(Warnings.of(
                        routes.issuers(),
                        routes.routes(),
                        List.of("procura.clients.gateway", "procura.routes x"),
                        true))
                .hasSize(2)
                .allMatch(warning -> warning.contains("insecure-http"));
    }

    @ParameterizedTest
    @CsvSource({"signed, true, true", "signed, false, false", "none, true, false"})
    void warnsOfAKeyInMemoryWhereStatementsAreSignedWithIt(String userContext, boolean inMemory, boolean warned) {
        TestRoutes routes = TestRoutes.of(ONE_ISSUER + """
                - id: reports
                  path: /reports/**
                  uri: https://reports.internal
                  credential: { client-credentials: gateway, audience: reports-api, user-context: %s }
                """.formatted(userContext));

        expect(
                Warnings.of(routes.issuers(), routes.routes(), List.of(), inMemory),
                warned,
                "one replica",
                "procura.user-context.keys");
    }

    private static void expect(List<String> warnings, boolean warned, String... words) {
        if (warned) {
            assertThat(warnings).singleElement().asString().contains(words);
        } else {
            assertThat(warnings).isEmpty();
        }
    }

    private static List<String> warnings(String before, String routes) {
        TestRoutes compiled = TestRoutes.of(before + routes.indent(2));
        return Warnings.of(compiled.issuers(), compiled.routes(), List.of(), true);
    }

    private static String require(String route, String require) {
        return route.replace("  credential:", "  require: { " + require + " }\n  credential:");
    }

    private static String route(String id, String conditions) {
        return "- { id: %s, uri: 'https://a', require: { caller: anyone }, credential: { none: true }, %s }\n"
                .formatted(id, conditions);
    }
}
