package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.procura.gateway.credential.AskedClaims;
import dev.procura.gateway.credential.Credentials;
import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.credential.UserContexts;
import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Authenticator;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.policy.AccessPolicy;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.TokenValue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Each stage of a request's way stays shut when the one before it has not done its part. */
final class RouteStagesTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final MutableClock CLOCK = MutableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    private static final CacheBounds BOUNDS = new CacheBounds(10, 100_000);

    private final List<ServerWebExchange> reached = new ArrayList<>();
    private final GlobalFilter tier = (exchange, chain) -> Mono.fromRunnable(() -> reached.add(exchange));

    private static final String ORDERS = """
            - id: orders
              path: /orders/**
              uri: https://orders.internal:8443
              require: %s
              credential: %s
            """;

    private final ProcuraRoute open = route("{ caller: anyone }", "{ none: true }");
    private final ProcuraRoute restricted = route("{ audiences: [gateway] }", "{ pass-through: true }");

    @Test
    void refusesARouteThatIsNotOneOfOurs() {
        Route foreign = Route.async()
                .id("foreign")
                .uri("https://foreign.internal")
                .predicate(exchange -> true)
                .build();
        Route forged = Route.async()
                .id("forged")
                .uri("https://foreign.internal")
                .predicate(exchange -> true)
                .metadata(ProcuraRoute.METADATA, "orders")
                .build();

        fails(handler(tier).handle(on(foreign)), Problem.NO_ROUTE);
        fails(handler(tier).handle(on(forged)), Problem.NO_ROUTE);
        assertThat(reached).isEmpty();
    }

    @Test
    void runsNoFilterBeforeTheCallerIsAdmitted() {
        fails(handler(tier).handle(on(routerRoute(restricted))), Problem.TOKEN_MISSING);

        assertThat(reached).isEmpty();
    }

    @Test
    void passesAnAdmittedRequestOnWithItsPermit() {
        completes(handler(tier).handle(on(routerRoute(open))));

        assertThat(reached)
                .singleElement()
                .satisfies(exchange -> assertThat(RequestState.permit(exchange)).isNotNull());
    }

    @Test
    void hidesTheCallersCredentialsFromTheFiltersOfARoute() {
        GatewayFilter filter = (exchange, chain) -> chain.filter(exchange);
        Route withFilter = Route.async()
                .id("orders")
                .uri(open.uri())
                .predicate(exchange -> true)
                .metadata(ProcuraRoute.METADATA, open)
                .filter(filter)
                .build();
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/orders")
                .header("Authorization", "Bearer secret")
                .header("ACTOR_TOKEN", "secret")
                .header("Cookie", "session=secret")
                .header("X-Other", "a", "b"));
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, withFilter);

        completes(handler(tier).handle(exchange));

        HttpHeaders seen = reached.get(0).getRequest().getHeaders();
        assertThat(seen.headerNames()).containsExactly("X-Other");
        assertThat(seen.get("X-Other")).containsExactly("a", "b");
    }

    @Test
    void refusesMoreRequestsThanTheLimitAndGivesThePlaceBackWhenOneEnds() {
        ProcuraRoute narrow = route("{ caller: anyone }", "{ none: true }\n  limits: { max-in-flight: 1 }");
        GlobalFilter slow = (exchange, chain) -> Mono.never();
        GlobalFilter failing = (exchange, chain) -> Mono.error(new IllegalStateException("tier"));
        GlobalFilter throwing = (exchange, chain) -> {
            throw new IllegalStateException("filter");
        };

        Disposable underWay = handler(slow).handle(on(routerRoute(narrow))).subscribe();
        StepVerifier.create(handler(tier).handle(on(routerRoute(narrow))))
                .expectErrorSatisfies(error -> {
                    assertThat(((ProblemException) error).problem()).isEqualTo(Problem.ROUTE_BUSY);
                    assertThat(((ProblemException) error).retryAfter()).contains(Duration.ofSeconds(1));
                })
                .verify(SOON);

        underWay.dispose();
        completes(handler(tier).handle(on(routerRoute(narrow))));
        completes(handler(tier).handle(on(routerRoute(narrow))));
        StepVerifier.create(handler(failing).handle(on(routerRoute(narrow))))
                .expectError()
                .verify(SOON);
        StepVerifier.create(handler(throwing).handle(on(routerRoute(narrow))))
                .expectError()
                .verify(SOON);
        completes(handler(tier).handle(on(routerRoute(narrow))));
    }

    /** Whoever asks again the moment that he is refused finds the place that he has left. */
    @Test
    void givesThePlaceBackBeforeTheFailureIsTold() {
        ProcuraRoute narrow = route("{ caller: anyone }", "{ none: true }\n  limits: { max-in-flight: 1 }");
        GlobalFilter failing = (exchange, chain) -> Mono.error(new IllegalStateException("tier"));

        completes(handler(failing)
                .handle(on(routerRoute(narrow)))
                .onErrorResume(failure -> handler(tier).handle(on(routerRoute(narrow)))));
    }

    @Test
    void takesNoPlaceForARequestThatIsNotAdmitted() {
        ProcuraRoute narrow =
                route("{ audiences: [gateway] }", "{ pass-through: true }\n  limits: { max-in-flight: 1 }");

        for (int i = 0; i < 3; i++) {
            fails(handler(tier).handle(on(routerRoute(narrow))), Problem.TOKEN_MISSING);
        }
        assertThat(narrow.tryEnter()).isTrue();
    }

    @Test
    void endsARequestThatGoesInCirclesBeforeItIsAdmitted() {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/orders/1")
                .header("Via", "1.1 api.example.com, ".repeat(3), "1.1 api.example.com, ".repeat(3)));
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, routerRoute(restricted));

        fails(handler(tier).handle(exchange), Problem.LOOP_DETECTED);

        assertThat(reached).isEmpty();
    }

    @Test
    void sendsNothingThatDoesNotSayWhichWayItCame() {
        MockServerWebExchange exchange = on(routerRoute(open));
        RequestState.provided(exchange, OutboundCredential.Absent.ABSENT);

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> new OutboundHeaders().filter(new HttpHeaders(), exchange))
                .satisfies(failure -> assertThat(failure.problem()).isEqualTo(Problem.INTERNAL_ERROR));
    }

    @Test
    void obtainsNoCredentialWithoutAPermitOrARoute() {
        CredentialFilter filter = credentialFilter();

        MockServerWebExchange withoutPermit = on(routerRoute(open));
        fails(filter.filter(withoutPermit, this::next), Problem.INTERNAL_ERROR);

        MockServerWebExchange withoutRoute = MockServerWebExchange.from(MockServerHttpRequest.get("/orders"));
        RequestState.permitted(withoutRoute, AccessPolicy.permitAnyone(AccessRule.Open.OPEN));
        fails(filter.filter(withoutRoute, this::next), Problem.INTERNAL_ERROR);

        assertThat(reached).isEmpty();
    }

    @Test
    void aimsAtTheRoutesOwnTierWhateverFiltersMadeOfTheAddress() {
        CredentialFilter filter = credentialFilter();
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.method(
                HttpMethod.GET, URI.create("http://api.example.com/orders/a%20b?q=%5Ba%5D&r=a+b&s=%25")));
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, routerRoute(open));
        exchange.getAttributes()
                .put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, URI.create("https://evil.example/x"));
        RequestState.permitted(exchange, AccessPolicy.permitAnyone(AccessRule.Open.OPEN));

        completes(filter.filter(exchange, this::next));

        URI aim = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        assertThat(aim).hasToString("https://orders.internal:8443/orders/a%20b?q=%5Ba%5D&r=a+b&s=%25");
        assertThat(RequestState.credential(exchange)).isEqualTo(OutboundCredential.Absent.ABSENT);
    }

    @Test
    void runsLastBeforeTheRoutingAndBeforeNothingElse() {
        assertThat(credentialFilter().getOrder()).isGreaterThan(10_150).isLessThan(Ordered.LOWEST_PRECEDENCE - 1);
        assertThat(new OutboundHeaders().getOrder()).isEqualTo(Ordered.LOWEST_PRECEDENCE);
    }

    @Test
    void sendsNothingWithoutACredential() {
        HttpHeaders headers = new HttpHeaders();
        headers.set("Authorization", "Bearer of-the-caller");

        for (ServerWebExchange exchange :
                List.of(on(routerRoute(open)), MockServerWebExchange.from(MockServerHttpRequest.get("/orders")))) {
            assertThatExceptionOfType(ProblemException.class)
                    .isThrownBy(() -> new OutboundHeaders().filter(headers, exchange))
                    .satisfies(failure -> assertThat(failure.problem()).isEqualTo(Problem.INTERNAL_ERROR));
        }
    }

    @Test
    void stripsBeforeItSets() {
        MockServerWebExchange exchange = on(routerRoute(open));
        RequestState.provided(exchange, new OutboundCredential.Bearer(TokenValue.of("tier"), Optional.empty()));
        RequestState.passing(exchange, "1.1 before, 1.1 api.example.com");
        HttpHeaders headers = new HttpHeaders();
        headers.set("Authorization", "Bearer of-the-caller");
        headers.set("procura_user_context", "forged");
        headers.set("X-Other", "stays");
        headers.set("via", "1.1 of-a-filter");

        HttpHeaders sent = new OutboundHeaders().filter(headers, exchange);

        assertThat(sent.get("Authorization")).containsExactly("Bearer tier");
        assertThat(sent.get("Via")).containsExactly("1.1 before, 1.1 api.example.com");
        assertThat(sent.headerNames()).contains("X-Other").doesNotContain("procura_user_context");
    }

    @Test
    void namesTheRouteInLogsOrADash() {
        assertThat(RequestState.routeId(on(routerRoute(open)))).isEqualTo("orders");
        assertThat(RequestState.routeId(MockServerWebExchange.from(MockServerHttpRequest.get("/"))))
                .isEqualTo("-");
    }

    private Mono<Void> next(ServerWebExchange exchange) {
        return Mono.fromRunnable(() -> reached.add(exchange));
    }

    private static AdmittingWebHandler handler(GlobalFilter filter) {
        Authenticator nobody = new Authenticator(
                Issuers.of(Map.of(), IssuerSurroundings.at(CLOCK)), new Revocations(CLOCK), BOUNDS, CLOCK);
        return new AdmittingWebHandler(
                new Admission(nobody, CLOCK),
                LiveRequests.over(new Revocations(CLOCK), new SimpleMeterRegistry(), Schedulers.parallel(), CLOCK),
                new Via("api.example.com", 5),
                request -> "1.1",
                List.of(filter),
                false);
    }

    private static CredentialFilter credentialFilter() {
        Credentials credentials = credentials();
        TestRoutes routes = TestRoutes.withDefaults(ORDERS.formatted("{ caller: anyone }", "{ none: true }"));
        return new CredentialFilter(
                credentials,
                new TierRefusals(
                        credentials,
                        ProtectedResources.of(Optional.empty(), routes.routes(), routes.issuers()),
                        new RefusalAlarms(new Alarms(new SimpleMeterRegistry()), CLOCK)));
    }

    private static Credentials credentials() {
        try {
            return new Credentials(
                    grant -> Mono.error(new IllegalStateException("nobody asks")),
                    (grant, refused) -> Optional.empty(),
                    new UserContexts(
                            "https://api.example.com",
                            List.of(new ECKeyGenerator(Curve.P_256).keyID("u").generate()),
                            BOUNDS,
                            CLOCK),
                    new AskedClaims(CLOCK));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ProcuraRoute route(String require, String credential) {
        return TestRoutes.withDefaults(ORDERS.formatted(require, credential)).route("orders");
    }

    private static Route routerRoute(ProcuraRoute route) {
        return Route.async()
                .id(route.id())
                .uri(route.uri())
                .predicate(exchange -> true)
                .metadata(ProcuraRoute.METADATA, route)
                .build();
    }

    private static MockServerWebExchange on(Route route) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/orders/1"));
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route);
        return exchange;
    }

    private static void completes(Mono<Void> result) {
        StepVerifier.create(result).expectComplete().verify(SOON);
    }

    private static void fails(Mono<Void> result, Problem problem) {
        StepVerifier.create(result)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(
                                ProblemException.class,
                                failure -> assertThat(failure.problem()).isEqualTo(problem)))
                .verify(SOON);
    }
}
