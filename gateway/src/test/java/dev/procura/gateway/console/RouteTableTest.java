package dev.procura.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.route.TestRoutes;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RouteTableTest {

    @Test
    void saysOfEachRouteWhereItListensWhoOpensItAndWhatTheTierGets() {
        String table = RouteTable.of(TestRoutes.withDefaults("""
                        - id: orders
                          path: /orders/**
                          methods: [GET, POST]
                          uri: https://orders.internal:8443
                          require: { issuers: [corp], audiences: [gateway] }
                          credential: { on-behalf-of: gateway, audience: orders-api }
                        - id: inventory
                          paths: [/inventory/**, /stock]
                          uri: https://inventory.internal:8443
                          tier: 2
                          require: { audiences: [orders-api], clients: [gateway], actor-token: true }
                          credential: { on-behalf-of: orders-api, resource: https://inventory.example.com }
                        - id: reports
                          path: /reports/**
                          host: '*.example.com'
                          predicates: ['Header=X-A', 'Query=b']
                          uri: https://reports.internal:8443
                          credential: { client-credentials: gateway, audience: reports-api }
                        - id: legacy
                          host: legacy.example.com
                          uri: https://legacy.internal:8443
                          require: { issuers: [tied], audiences: [gateway] }
                          credential: { pass-through: true }
                        - id: status
                          path: /status
                          uri: https://status.internal:8443
                          require: { caller: anyone }
                          credential: { none: true }
                        """).routes());

        assertThat(table.lines().map(line -> List.of(line.split(" {2,}"))))
                .containsExactly(
                        List.of("route", "tier", "takes", "issuers", "audiences", "credential", "uri"),
                        List.of(
                                "orders",
                                "1",
                                "GET|POST /orders/**",
                                "corp",
                                "gateway",
                                "on-behalf-of gateway -> orders-api",
                                "https://orders.internal:8443"),
                        List.of(
                                "inventory",
                                "2",
                                "/inventory/**,/stock",
                                "corp,partner",
                                "orders-api",
                                "on-behalf-of orders-api -> https://inventory.example.com",
                                "https://inventory.internal:8443"),
                        List.of(
                                "reports",
                                "1",
                                "*.example.com/reports/** +2",
                                "corp,partner",
                                "gateway,partner-gateway",
                                "client-credentials gateway -> reports-api",
                                "https://reports.internal:8443"),
                        List.of(
                                "legacy",
                                "1",
                                "legacy.example.com",
                                "tied",
                                "gateway",
                                "pass-through",
                                "https://legacy.internal:8443"),
                        List.of("status", "1", "/status", "anyone", "-", "none", "https://status.internal:8443"));
        int column = table.lines().findFirst().orElseThrow().lastIndexOf("uri");
        assertThat(table.lines().skip(1))
                .as("columns below each other")
                .allMatch(line -> line.startsWith("https://", column));
    }
}
