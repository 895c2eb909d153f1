package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;

/** The count of requests under way, and what Spring Cloud Gateway is told of a route. */
final class ProcuraRouteTest {

    @Test
    void hasAsManyPlacesAsItsLimit() {
        ProcuraRoute route = route("limits: { max-in-flight: 2 }");

        assertThat(route.tryEnter()).isTrue();
        assertThat(route.tryEnter()).isTrue();
        assertThat(route.tryEnter()).isFalse();
        assertThat(route.tryEnter()).isFalse();

        route.leave();
        assertThat(route.tryEnter()).isTrue();
        assertThat(route.tryEnter()).isFalse();

        route.leave();
        route.leave();
        assertThat(route.tryEnter()).isTrue();
    }

    @Test
    void neverLetsMoreInThanItsLimitHoweverManyComeAtOnce() throws Exception {
        ProcuraRoute route = route("limits: { max-in-flight: 10 }");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> entered = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            entered.add(threads.submit(() -> {
                start.await();
                return route.tryEnter();
            }));
        }
        start.countDown();
        int count = 0;
        for (Future<Boolean> one : entered) {
            count += one.get() ? 1 : 0;
        }
        threads.shutdown();

        assertThat(count).isEqualTo(10);
    }

    @Test
    void printsItsNameOnly() {
        assertThat(route("tier: 1")).hasToString("ProcuraRoute[orders]");
    }

    @Test
    void isHandedOverAsAnOrdinaryDefinitionInItsPlace() {
        TestRoutes routes = TestRoutes.withDefaults("""
                - { id: status, path: /status, uri: 'https://status', credential: { pass-through: true } }
                - id: orders
                  paths: [/orders/**, /order]
                  host: '*.example.com'
                  methods: [GET, POST]
                  predicates: ['Header=X-Version, v1']
                  uri: https://orders.internal:8443
                  credential: { pass-through: true }
                  filters: [StripPrefix=1, 'AddResponseHeader=X-A, b']
                  limits: { timeout: 3s }
                """);

        List<RouteDefinition> definitions = new ProcuraRouteDefinitions(routes.routes())
                .getRouteDefinitions()
                .collectList()
                .blockOptional()
                .orElseThrow();

        assertThat(definitions).extracting(RouteDefinition::getId).containsExactly("status", "orders");
        assertThat(definitions).extracting(RouteDefinition::getOrder).containsExactly(0, 1);
        RouteDefinition orders = definitions.get(1);
        assertThat(orders.getUri()).hasToString("https://orders.internal:8443");
        assertThat(orders.getPredicates())
                .extracting(PredicateDefinition::getName)
                .containsExactly("Path", "Host", "Method", "Header");
        assertThat(orders.getPredicates().get(0).getArgs().values()).containsExactly("/orders/**", "/order");
        assertThat(orders.getFilters())
                .extracting(FilterDefinition::getName)
                .containsExactly("StripPrefix", "AddResponseHeader");
        assertThat(orders.getMetadata())
                .containsEntry(ProcuraRoute.METADATA, routes.route("orders"))
                .containsEntry(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR, 3000L);
    }

    private static ProcuraRoute route(String more) {
        return TestRoutes.withDefaults("""
                        - id: orders
                          path: /orders/**
                          uri: https://orders.internal:8443
                          credential: { pass-through: true }
                          %s
                        """.formatted(more)).route("orders");
    }
}
