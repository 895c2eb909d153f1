package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.oauth2.client.web.reactive.function.client.ServerOAuth2AuthorizedClientExchangeFilterFunction.clientRegistrationId;
import static org.springframework.security.oauth2.client.web.reactive.function.client.ServerOAuth2AuthorizedClientExchangeFilterFunction.oauth2AuthorizedClient;
import static org.springframework.security.oauth2.client.web.reactive.function.client.ServerOAuth2AuthorizedClientExchangeFilterFunction.serverWebExchange;

import com.example.stock.StockConfiguration;
import dev.procura.gateway.fixture.ShiftedClock;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.FakeAuthorizationServer.Reply;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RecordingTier.Received;
import dev.procura.gateway.testkit.RunningGateway;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.oauth2.client.OAuth2AuthorizationContext;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.reactive.function.client.ServerOAuth2AuthorizedClientExchangeFilterFunction;
import org.springframework.security.oauth2.client.web.server.ServerOAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.WebFilterChainProxy;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** Custom code inside the gateway gets the tokens that routes send, for the caller of the request at hand, and no others. */
final class CustomCodeTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Authentication SOMEBODY_ELSE = new TestingAuthenticationToken("mallory", "n/a", "ROLE_ADMIN");

    private static final FakeAuthorizationServer server = FakeAuthorizationServer.start();
    private static final FakeAuthorizationServer otherServer = FakeAuthorizationServer.start();
    private static final RecordingTier orders = RecordingTier.start();
    private static final RecordingTier inventory = RecordingTier.start();
    private static final RunningGateway gateway = start(Clock.systemUTC());

    /** Another one, whose time goes on in leaps. */
    private static final class Later {
        private static final ShiftedClock clock = new ShiftedClock();
        private static final RunningGateway gateway = start(clock);
    }

    @BeforeEach
    void forget() {
        server.reset();
        orders.reset();
        inventory.reset();
    }

    @Test
    void theFilterOfTheDocumentationCallsASecondApiInTheCallersName() {
        HttpResponse<String> answer = gateway.get("/orders/1", allowed("ann"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(OnBehalfOfTest.claim(inventory.last(), "aud")).isEqualTo("[inventory-api]");
        assertThat(OnBehalfOfTest.claim(inventory.last(), "sub")).isEqualTo("ann");
        assertThat(OnBehalfOfTest.claim(orders.last(), "aud")).isEqualTo("[orders-api]");
        assertThat(orders.last().header("X-Stock")).contains("{\"tier\":\"ok\"}");
    }

    @Test
    void theDocumentationShowsTheFilterThatWasRun() throws IOException {
        String source = Files.readString(Path.of("src/test/java/com/example/stock/StockConfiguration.java"));
        String example = source.substring(source.indexOf("// begin\n") + 9, source.indexOf("// end"));

        assertThat(Files.readString(Path.of("../docs/custom-code.md"))).contains(example);
    }

    @Test
    void manyUsersAtOnceThroughOneWebClientGetTheirOwnTokens() {
        List<String> users = IntStream.range(0, 8).mapToObj(i -> "user-" + i).toList();
        Map<String, String> tokens = users.stream().collect(Collectors.toMap(user -> user, CustomCodeTest::allowed));

        List<CompletableFuture<HttpResponse<String>>> calls = IntStream.range(0, 120)
                .mapToObj(i -> users.get(i % users.size()))
                .map(user -> gateway.sendAsync(probe("inventory", tokens.get(user), "X-Who", user)))
                .toList();

        assertThat(calls)
                .allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
        assertThat(inventory.received())
                .hasSize(120)
                .allSatisfy(received -> assertThat(OnBehalfOfTest.claim(received, "sub"))
                        .isEqualTo(received.header("X-Who").orElseThrow()));
        assertThat(server.tokenRequests())
                .filteredOn(request -> request.get("audience").equals("inventory-api"))
                .hasSize(users.size());
    }

    @Test
    void theRouteItselfAndCustomCodeShareOneToken() {
        String token = allowed("bob");

        gateway.get("/inventory/1", token);
        gateway.send(probe("inventory", token));

        assertThat(inventory.received()).hasSize(2);
        assertThat(inventory.received().get(1).bearer())
                .isEqualTo(inventory.received().get(0).bearer());
        assertThat(server.tokenRequests())
                .filteredOn(request -> request.get("audience").equals("inventory-api"))
                .hasSize(1);
    }

    @Test
    void aTokenInTheGatewaysOwnNameGoesByTheNamedRoutesRuleToo() {
        assertThat(gateway.send(probe("own", allowed("cleo"))).statusCode()).isEqualTo(200);

        assertThat(OnBehalfOfTest.claim(inventory.last(), "sub")).isEqualTo("gateway");
        assertThat(OnBehalfOfTest.claim(inventory.last(), "aud")).isEqualTo("[own-api]");
    }

    /** The request was let in on a route that asks for less. */
    @ParameterizedTest
    @CsvSource({
        "inventory, 403, scope_missing, insufficient_scope",
        "elsewhere, 401, issuer_not_accepted_here, invalid_token",
        "apps, 403, caller_kind_refused, insufficient_scope",
        "second, 401, audience_mismatch, invalid_token",
        "accompanied, 401, actor_token_missing, invalid_token"
    })
    void aRouteThatTheCallerMayNotUseGivesNoToken(String route, int status, String code, String error) {
        HttpResponse<String> answer = gateway.send(probe(route, server.userToken("dan")));

        assertRefused(answer, status, code);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("error=\"" + error + "\"");
        assertThat(server.tokenRequests()).isEmpty();
    }

    @Test
    void anActorTokenThatNobodyValidatedOnTheWayInProvesNothing() {
        String actor = server.token(Map.of("sub", "gateway", "client_id", "gateway"));

        assertRefused(
                gateway.send(probe("accompanied", allowed("eve"), "Actor-Token", actor)), 401, "actor_token_missing");
    }

    @Test
    void aRequestWithoutACallerHasNoToken() {
        HttpResponse<String> answer =
                gateway.send(gateway.request("/open/inventory", "Authorization", "Bearer " + allowed("finn"))
                        .build());

        assertRefused(answer, 401, "token_missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "legacy", "probe", "open", "signed"})
    void aRouteThatObtainsNoTokenOfItsOwnIsAnErrorAndNotNothing(String route) {
        assertRefused(gateway.send(probe(route, allowed("gil"))), 500, "internal_error");
    }

    @Test
    void aCallThatDoesNotSayForWhichRequestIsAnError() {
        assertRefused(
                gateway.send(probe("inventory", allowed("hans"), "X-Mode", "no-exchange")), 500, "internal_error");
    }

    /** So does Spring Security's filter function; it must not be taken for a call in anybody's name. */
    @Test
    void aCallThatNamesNoRouteCarriesNoTokenAtAll() {
        String token = allowed("iris");

        gateway.send(probe("inventory", token, "X-Mode", "no-registration"));

        assertThat(inventory.last().header("Authorization")).isEmpty();
        assertThat(inventory.last().everything()).doesNotContain(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forged-client", "forged-principal", "manager-with-a-store"})
    void whatCustomCodeHasStoredOrSaysOfThePrincipalChangesNothing(String mode) {
        HttpResponse<String> answer = gateway.send(probe("inventory", allowed("jane"), "X-Mode", mode));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(OnBehalfOfTest.claim(inventory.last(), "sub")).isEqualTo("jane");
        assertThat(OnBehalfOfTest.claim(inventory.last(), "aud")).isEqualTo("[inventory-api]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"forged-client", "forged-principal", "manager-with-a-store"})
    void norDoesItOpenARouteThatTheCallerMayNotUse(String mode) {
        assertRefused(gateway.send(probe("inventory", server.userToken("kai"), "X-Mode", mode)), 403, "scope_missing");
    }

    @Test
    void aRefusalIsTheSameWhenCustomCodeTriedAgainAndWrappedIt() {
        assertRefused(
                gateway.send(probe("inventory", server.userToken("lou"), "X-Mode", "retry")), 403, "scope_missing");
    }

    @Test
    void codeThatAsksByHandGetsATokenToUseAtOnceAndNotToKeep() {
        assertThat(gateway.send(probe("inventory", allowed("max"), "X-Mode", "by-hand"))
                        .statusCode())
                .isEqualTo(200);

        assertThat(OnBehalfOfTest.claim(inventory.last(), "sub")).isEqualTo("max");
        assertThat(inventory.last().header("X-Ends").map(Instant::parse).orElseThrow())
                .isBeforeOrEqualTo(Instant.now());
        assertThat(inventory.last().header("X-Name").orElseThrow()).doesNotContain("max", "gateway");
    }

    @Test
    void whatTheAuthorizationServerRefusesIsToldAsTheRouteWouldTellIt() {
        server.answering(request -> request.get("audience").equals("inventory-api")
                ? Reply.json(400, "{\"error\":\"invalid_grant\",\"error_description\":\"hunter2\"}")
                : server.issue(request));
        String token = allowed("mia");

        HttpResponse<String> byCustomCode = gateway.send(probe("inventory", token));
        HttpResponse<String> byTheRoute = gateway.get("/inventory/1", token);

        assertThat(byCustomCode.statusCode()).isEqualTo(byTheRoute.statusCode()).isEqualTo(401);
        assertThat(byCustomCode.body())
                .isEqualTo(byTheRoute.body())
                .contains("subject_rejected")
                .doesNotContain("hunter2");
        assertThat(inventory.received()).isEmpty();
    }

    @Test
    void aTokenThatEndsIsRenewedAndNeverServed() {
        server.answering(request -> server.issue(request, claims -> endingIn(300, claims)));
        HttpRequest request = probe(Later.gateway, "inventory", server.token(endingIn(3600, claimsOf("nora"))));

        Later.gateway.send(request);
        Later.gateway.send(request);
        Later.clock.advance(Duration.ofSeconds(280));
        Later.gateway.send(request);

        List<String> bearers =
                inventory.received().stream().map(Received::bearer).toList();
        assertThat(bearers).hasSize(3);
        assertThat(bearers.get(1)).isEqualTo(bearers.get(0));
        assertThat(bearers.get(2)).isNotEqualTo(bearers.get(0));
    }

    @Test
    void aCallerWhoseTokenHasBeenRevokedSinceGetsNothingMore() {
        String token = server.token(endingIn(3600, claimsOf("rita")));

        assertRefused(
                Later.gateway.send(
                        probe(Later.gateway, "inventory", token, "X-Mode", "revoked-meanwhile", "X-Who", "rita")),
                401,
                "token_revoked");
        assertThat(server.tokenRequests()).isEmpty();
    }

    /** A stream may live longer than the token that opened it. */
    @ParameterizedTest
    @ValueSource(strings = {"inventory", "own"})
    void aCallerWhoseTokenHasEndedSinceGetsNothingMore(String route) {
        String token = server.token(endingIn(300, claimsOf("otto-" + route)));

        assertRefused(
                Later.gateway.send(probe(Later.gateway, route, token, "X-Mode", "six-minutes-later")),
                401,
                "token_expired");
        assertThat(server.tokenRequests()).isEmpty();
    }

    @Test
    void theProviderAnswersWithAnErrorWhereThereIsNoPermit() {
        ReactiveOAuth2AuthorizedClientProvider provider = gateway.bean(ReactiveOAuth2AuthorizedClientProvider.class);
        OAuth2AuthorizedClient stored = stored("inventory");
        MockServerWebExchange foreign = MockServerWebExchange.from(
                MockServerHttpRequest.get("/inventory").header("Authorization", "Bearer " + allowed("pia")));

        for (OAuth2AuthorizationContext.Builder context : List.of(
                OAuth2AuthorizationContext.withAuthorizedClient(stored),
                OAuth2AuthorizationContext.withClientRegistration(stored.getClientRegistration()))) {
            fails(provider.authorize(context.principal(SOMEBODY_ELSE).build()));
            fails(provider.authorize(context.attribute(ServerWebExchange.class.getName(), "forged")
                    .build()));
            fails(provider.authorize(context.attribute(ServerWebExchange.class.getName(), foreign)
                    .build()));
        }
    }

    @Test
    void aRegistrationHoldsNothingToAskAnAuthorizationServerWith() {
        ReactiveClientRegistrationRepository registrations = gateway.bean(ReactiveClientRegistrationRepository.class);

        StepVerifier.create(registrations.findByRegistrationId("inventory"))
                .assertNext(registration -> {
                    assertThat(registration.getClientId()).isEqualTo("gateway");
                    assertThat(registration.getClientSecret()).isEmpty();
                    assertThat(registration.toString()).doesNotContain("s3cr3t");
                    assertThat(registration.getAuthorizationGrantType())
                            .isNotIn(
                                    AuthorizationGrantType.CLIENT_CREDENTIALS,
                                    AuthorizationGrantType.TOKEN_EXCHANGE,
                                    AuthorizationGrantType.JWT_BEARER);
                })
                .expectComplete()
                .verify(SOON);
        for (String none : List.of("nowhere", "legacy", "open", "signed")) {
            StepVerifier.create(registrations.findByRegistrationId(none))
                    .expectComplete()
                    .verify(SOON);
        }
    }

    @Test
    void neitherAStoreNorAFilterChainCameAlong() {
        ApplicationContext context = gateway.bean(Context.class).context();

        for (Class<?> type : List.of(
                ReactiveOAuth2AuthorizedClientService.class,
                ServerOAuth2AuthorizedClientRepository.class,
                SecurityWebFilterChain.class,
                WebFilterChainProxy.class)) {
            assertThat(context.getBeanNamesForType(type)).as(type.getName()).isEmpty();
        }
        assertThat(context.getBeanDefinitionNames())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("tokenrelay"));
    }

    private static void fails(Mono<OAuth2AuthorizedClient> answer) {
        StepVerifier.create(answer)
                .expectErrorSatisfies(failure ->
                        assertThat(((ProblemException) failure).problem()).isEqualTo(Problem.INTERNAL_ERROR))
                .verify(SOON);
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(inventory.received()).isEmpty();
        assertThat(orders.received()).isEmpty();
    }

    /** Of a user who may use the inventory too. */
    private static String allowed(String user) {
        return server.token(claimsOf(user));
    }

    private static Map<String, Object> claimsOf(String user) {
        return Map.of("sub", user, "scope", "orders.read inventory.read");
    }

    /** By the clock of the later gateway. */
    private static Map<String, Object> endingIn(long seconds, Map<String, Object> claims) {
        Map<String, Object> more = new HashMap<>(claims);
        more.put("exp", Later.clock.instant().plusSeconds(seconds).getEpochSecond());
        return more;
    }

    private static HttpRequest probe(String route, String token, String... headers) {
        return probe(gateway, route, token, headers);
    }

    private static HttpRequest probe(RunningGateway gateway, String route, String token, String... headers) {
        return gateway.request("/probe/" + route, headers)
                .header("Authorization", "Bearer " + token)
                .build();
    }

    /** What somebody might have kept: another user's token, under the name of a route. */
    private static OAuth2AuthorizedClient stored(String route) {
        return new OAuth2AuthorizedClient(
                ClientRegistration.withRegistrationId(route)
                        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                        .clientId("forged")
                        .tokenUri("http://127.0.0.1:9/token")
                        .build(),
                "mallory",
                new OAuth2AccessToken(
                        OAuth2AccessToken.TokenType.BEARER,
                        "stored-token-of-mallory",
                        null,
                        Instant.now().plusSeconds(3600)));
    }

    /** Asks for the token of the route that the path names, and calls the inventory with it. */
    static final class Probe implements GlobalFilter {

        private final WebClient client;
        private final WebClient storingClient;
        private final ReactiveOAuth2AuthorizedClientManager tokens;

        Probe(ReactiveOAuth2AuthorizedClientManager manager, ReactiveOAuth2AuthorizedClientProvider provider) {
            this.tokens = manager;
            this.client = client(manager);
            this.storingClient = client(new ManagerWithAStore(provider));
        }

        private static WebClient client(ReactiveOAuth2AuthorizedClientManager manager) {
            var oauth = new ServerOAuth2AuthorizedClientExchangeFilterFunction(manager);
            oauth.setServerSecurityContextRepository(NoOpServerSecurityContextRepository.getInstance());
            return WebClient.builder().baseUrl(inventory.uri()).filter(oauth).build();
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            String path = exchange.getRequest().getURI().getPath();
            if (!path.startsWith("/probe/") && !path.startsWith("/open/")) {
                return chain.filter(exchange);
            }
            return call(exchange, path.substring(path.lastIndexOf('/') + 1))
                    .then(Mono.defer(() -> exchange.getResponse().setComplete()));
        }

        private Mono<?> byHand(ServerWebExchange exchange, String route) {
            return tokens.authorize(OAuth2AuthorizeRequest.withClientRegistrationId(route)
                            .principal("gateway")
                            .attribute(ServerWebExchange.class.getName(), exchange)
                            .build())
                    .flatMap(authorized -> WebClient.create(inventory.uri())
                            .get()
                            .uri("/stock")
                            .headers(headers -> {
                                OAuth2AccessToken token = authorized.getAccessToken();
                                headers.setBearerAuth(token.getTokenValue());
                                headers.set("X-Ends", String.valueOf(token.getExpiresAt()));
                                headers.set("X-Name", authorized.getPrincipalName());
                            })
                            .retrieve()
                            .bodyToMono(String.class));
        }

        private Mono<?> call(ServerWebExchange exchange, String route) {
            String mode = String.valueOf(exchange.getRequest().getHeaders().getFirst("X-Mode"));
            String who = String.valueOf(exchange.getRequest().getHeaders().getFirst("X-Who"));
            if (mode.equals("by-hand")) {
                return byHand(exchange, route);
            }
            WebClient.RequestHeadersSpec<?> request = (mode.equals("manager-with-a-store") ? storingClient : client)
                    .get()
                    .uri("/stock")
                    .header("X-Who", who);
            if (mode.equals("six-minutes-later")) {
                Later.clock.advance(Duration.ofMinutes(6));
            }
            if (mode.equals("revoked-meanwhile")) {
                Later.gateway
                        .bean(Revocations.class)
                        .add(new Revocation(
                                new Revocation.What.Subject(server.issuer(), who),
                                Later.clock.instant().plusSeconds(60),
                                Later.clock.instant().plusSeconds(600)));
            }
            if (!mode.equals("no-exchange")) {
                request = request.attributes(serverWebExchange(exchange));
            }
            if (!mode.equals("no-registration")) {
                request = request.attributes(clientRegistrationId(route));
            }
            if (mode.equals("forged-client")) {
                request = request.attributes(oauth2AuthorizedClient(stored(route)));
            }
            Mono<String> body = request.retrieve().bodyToMono(String.class);
            return switch (mode) {
                case "retry" -> body.retryWhen(Retry.max(2));
                case "forged-principal" ->
                    body.contextWrite(ReactiveSecurityContextHolder.withAuthentication(SOMEBODY_ELSE));
                default -> body;
            };
        }
    }

    /** Goes by a store as Spring Security's own manager does: what the provider leaves empty is answered from the store. */
    private record ManagerWithAStore(ReactiveOAuth2AuthorizedClientProvider provider)
            implements ReactiveOAuth2AuthorizedClientManager {

        @Override
        public Mono<OAuth2AuthorizedClient> authorize(OAuth2AuthorizeRequest request) {
            OAuth2AuthorizedClient kept = stored(request.getClientRegistrationId());
            return provider.authorize(OAuth2AuthorizationContext.withAuthorizedClient(kept)
                            .principal(request.getPrincipal())
                            .attributes(attributes -> attributes.putAll(request.getAttributes()))
                            .build())
                    .defaultIfEmpty(kept);
        }
    }

    /** What there is beside the beans that a test may ask for. */
    private record Context(ApplicationContext context) {}

    @Import(StockConfiguration.class)
    static class CustomBeans {

        @Bean
        Context context(ApplicationContext context) {
            return new Context(context);
        }

        @Bean
        Probe probe(ReactiveOAuth2AuthorizedClientManager manager, ReactiveOAuth2AuthorizedClientProvider provider) {
            return new Probe(manager, provider);
        }
    }

    private static RunningGateway start(Clock clock) {
        return RunningGateway.startWith(CustomBeans.class, clock, """
                example.inventory-uri: %3$s
                procura:
                  public-url: https://api.example.test
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway, orders-api] }
                    partner: { issuer: "%4$s", audiences: [gateway] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: "s3cr3t of the gateway" }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %2$s
                      require: { audiences: [gateway], issuers: [corp] }
                      credential: { on-behalf-of: gateway, audience: orders-api }
                      filters: [Stock]
                    - id: inventory
                      path: /inventory/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp], scopes: [inventory.read] }
                      credential: { on-behalf-of: gateway, audience: inventory-api }
                    - id: own
                      path: /own/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp] }
                      credential: { client-credentials: gateway, audience: own-api }
                    - id: elsewhere
                      path: /elsewhere/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [partner] }
                      credential: { on-behalf-of: gateway, audience: elsewhere-api }
                    - id: apps
                      path: /apps/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp], caller: app }
                      credential: { client-credentials: gateway, audience: apps-api }
                    - id: second
                      path: /second/**
                      uri: %3$s
                      tier: 2
                      require: { audiences: [orders-api], issuers: [corp] }
                      credential: { on-behalf-of: gateway, audience: second-api }
                    - id: accompanied
                      path: /accompanied/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp], actor-token: true }
                      credential: { on-behalf-of: gateway, audience: accompanied-api }
                    - id: signed
                      path: /signed/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp] }
                      credential: { client-credentials: gateway, audience: signed-api, user-context: signed }
                    - id: legacy
                      path: /legacy/**
                      uri: %3$s
                      require: { audiences: [gateway], issuers: [corp] }
                      credential: { pass-through: true }
                    - id: probe
                      path: /probe/**
                      uri: %2$s
                      require: { audiences: [gateway], issuers: [corp] }
                      credential: { pass-through: true }
                    - id: open
                      path: /open/**
                      uri: %2$s
                      require: { caller: anyone }
                      credential: { none: true }
                """.formatted(
                        server.issuer(), orders.uri(), inventory.uri(), otherServer.issuer()));
    }
}
