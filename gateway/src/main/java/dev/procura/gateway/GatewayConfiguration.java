package dev.procura.gateway;

import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import dev.procura.gateway.cache.CacheProperties;
import dev.procura.gateway.cache.CachingTokenSource;
import dev.procura.gateway.cache.ClaimsOfSubject;
import dev.procura.gateway.cache.SharedCredentials;
import dev.procura.gateway.cache.SubjectChoice;
import dev.procura.gateway.console.FleetHealth;
import dev.procura.gateway.console.FleetMetrics;
import dev.procura.gateway.console.FleetReach;
import dev.procura.gateway.console.IssuerHealth;
import dev.procura.gateway.console.IssuerMetrics;
import dev.procura.gateway.console.ReplicationMetrics;
import dev.procura.gateway.console.RevocationEndpoint;
import dev.procura.gateway.console.StartupReport;
import dev.procura.gateway.credential.AskedClaims;
import dev.procura.gateway.credential.CheckedTokenSource;
import dev.procura.gateway.credential.Credentials;
import dev.procura.gateway.credential.RefusedTokens;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.credential.UserContexts;
import dev.procura.gateway.fleet.BreakingStore;
import dev.procura.gateway.fleet.FleetKeys;
import dev.procura.gateway.fleet.FleetRevocations;
import dev.procura.gateway.fleet.RedisLine;
import dev.procura.gateway.fleet.RedisStore;
import dev.procura.gateway.fleet.Seals;
import dev.procura.gateway.idp.BreakingTokenSource;
import dev.procura.gateway.idp.Clients;
import dev.procura.gateway.idp.ObservedTokenSource;
import dev.procura.gateway.idp.Pauses;
import dev.procura.gateway.idp.PausingTokenSource;
import dev.procura.gateway.idp.RetryingTokenSource;
import dev.procura.gateway.idp.StepwiseTokenSource;
import dev.procura.gateway.idp.TokenEndpoints;
import dev.procura.gateway.inbound.Authenticator;
import dev.procura.gateway.inbound.BackChannelLogout;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.OneAnswer;
import dev.procura.gateway.inbound.RevocationSpread;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.inbound.Revoker;
import dev.procura.gateway.inbound.SecureUri;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.problem.ProblemHandler;
import dev.procura.gateway.route.AbsentHeaders;
import dev.procura.gateway.route.Admission;
import dev.procura.gateway.route.AdmittingWebHandler;
import dev.procura.gateway.route.BufferedBodyLimit;
import dev.procura.gateway.route.CorsSettings;
import dev.procura.gateway.route.CredentialFilter;
import dev.procura.gateway.route.Drain;
import dev.procura.gateway.route.HandoverFilter;
import dev.procura.gateway.route.HitPath;
import dev.procura.gateway.route.Http2ClientFactory;
import dev.procura.gateway.route.LiveRequests;
import dev.procura.gateway.route.LiveSockets;
import dev.procura.gateway.route.OutboundHeaders;
import dev.procura.gateway.route.ProcuraRoute;
import dev.procura.gateway.route.ProcuraRouteDefinitions;
import dev.procura.gateway.route.ProtectedResources;
import dev.procura.gateway.route.RawRequestGuard;
import dev.procura.gateway.route.RefusalAlarms;
import dev.procura.gateway.route.RequestGuard;
import dev.procura.gateway.route.RequestState;
import dev.procura.gateway.route.RouteRegistrations;
import dev.procura.gateway.route.RouteTokenManager;
import dev.procura.gateway.route.RouteTokenProvider;
import dev.procura.gateway.route.RouterSettings;
import dev.procura.gateway.route.Routes;
import dev.procura.gateway.route.TierClients;
import dev.procura.gateway.route.TierRefusals;
import dev.procura.gateway.route.TierRouting;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveHopByHopHeadersFilter;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/**
 * The composition root. The beans stand in the order in which a request meets what they make: who is calling, may they,
 * what must go outbound, do we have it, ask for it, send it on.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ProcuraProperties.class)
class GatewayConfiguration {

    private static final Logger log = LoggerFactory.getLogger(GatewayConfiguration.class);

    private static final String SHARED = "procura.cache.shared";

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    // When something goes wrong.

    @Bean
    Alarms alarms(MeterRegistry meters) {
        return new Alarms(meters);
    }

    @Bean
    ProblemHandler problemHandler(ProtectedResources resources) {
        return new ProblemHandler(
                RequestState::routeId,
                exchange -> resources.metadataUri(exchange.getRequest().getURI().getRawPath()));
    }

    // 1. Who is calling?

    @Bean
    Issuers issuers(ProcuraProperties properties, Clients clients, Alarms alarms, Clock clock) {
        return Issuers.of(
                properties.issuers(),
                new Issuers.Surroundings(
                        clients,
                        properties.cache().check().negativeTtl(),
                        properties.delegation().check().maxActors(),
                        alarms,
                        clock));
    }

    @Bean
    Authenticator authenticator(Issuers issuers, Revocations revocations, ProcuraProperties properties, Clock clock) {
        return new Authenticator(
                issuers, revocations, properties.cache().check().bounds(), clock);
    }

    @Bean
    Revocations revocations(Alarms alarms, Clock clock) {
        return new Revocations(alarms, clock);
    }

    @Bean
    Revoker revoker(
            Revocations revocations,
            ObjectProvider<RevocationSpread> spread,
            ProcuraProperties properties,
            Clock clock) {
        return new Revoker(
                revocations,
                spread.getIfAvailable(() -> RevocationSpread.ALONE),
                properties.cache().check().revocationLife(),
                clock);
    }

    // Beside the questions, with procura.cache.shared: redis alone: what do the other replicas know?

    /** No caller waits for it: more time, and a breaker of its own, so that neither opens the other's. */
    @Bean(defaultCandidate = false)
    @ConditionalOnProperty(name = SHARED, havingValue = "redis")
    BreakingStore patientStore(RedisLine redisLine, MeterRegistry meters, Clock clock) {
        return new BreakingStore(
                "revocations and keys",
                new RedisStore(redisLine, clock),
                redisLine::redial,
                FleetRevocations.DEADLINE,
                Schedulers.parallel(),
                meters,
                clock);
    }

    @Bean(destroyMethod = "dispose")
    @ConditionalOnProperty(name = SHARED, havingValue = "redis")
    Scheduler fleetTimer() {
        return Schedulers.newSingle("procura-fleet", true);
    }

    /** Waits here, before the first request, for what the others have revoked; not for long. */
    @Bean(destroyMethod = "stop")
    @ConditionalOnProperty(name = SHARED, havingValue = "redis")
    FleetRevocations fleetRevocations(
            @Qualifier("patientStore") BreakingStore patientStore,
            Seals seals,
            Scheduler fleetTimer,
            Revocations revocations,
            ProcuraProperties properties,
            Alarms alarms,
            Clock clock) {
        FleetRevocations fleet = new FleetRevocations(
                patientStore,
                seals,
                new FleetRevocations.Surroundings(
                        revocations, properties.cache().check().revocationLife(), alarms, fleetTimer, clock));
        // To connect may take longer than a command, and the first ones would be believed lost.
        boolean connected = patientStore
                .warmUp()
                .thenReturn(true)
                .timeout(FleetRevocations.PATIENCE, fleetTimer)
                .onErrorReturn(false)
                .toFuture()
                .join();
        fleet.start();
        fleet.started(connected ? FleetRevocations.PATIENCE : Duration.ZERO)
                .toFuture()
                .join();
        return fleet;
    }

    /** Waits here until the others can publish this replica's key; not at all when the store is away. */
    @Bean(destroyMethod = "stop")
    @ConditionalOnProperty(name = SHARED, havingValue = "redis")
    FleetKeys fleetKeys(
            @Qualifier("patientStore") BreakingStore patientStore,
            FleetRevocations fleetRevocations,
            Seals seals,
            Scheduler fleetTimer,
            UserContexts userContexts,
            Alarms alarms,
            Clock clock) {
        FleetKeys keys = new FleetKeys(
                patientStore, seals, userContexts.publicKeys(), new FleetKeys.Surroundings(alarms, fleetTimer, clock));
        keys.start();
        keys.started(fleetRevocations.cutOffSince().isEmpty() ? FleetRevocations.PATIENCE : Duration.ZERO)
                .toFuture()
                .join();
        return keys;
    }

    // 2. May they? The policy is pure functions; it has no bean.

    @Bean
    Admission admission(Authenticator authenticator, Clock clock) {
        return new Admission(authenticator, clock);
    }

    // 3, 4, 5. What must go outbound, do we have it already, what does the authorization server say?

    @Bean
    Clients clients(ProcuraProperties properties, SslBundles bundles, Clock clock) {
        return Clients.of(properties.clients(), properties.issuers(), bundles, clock);
    }

    /** What stands for a caller in the key of the cache. */
    @Bean
    SubjectChoice subjects(ProcuraProperties properties, Issuers issuers) {
        CacheProperties cache = properties.cache().check();
        return switch (cache.subject()) {
            case TOKEN -> SubjectChoice.TOKEN;
            case CLAIMS ->
                new ClaimsOfSubject(issuers::tokenOnlyClaims, cache.bounds().maxEntries());
        };
    }

    /** The stack, from the authorization server up to the hit path. What fits no grant must not reach the cache. */
    @Bean
    CachingTokenSource tokenSource(
            Clients clients,
            ProcuraProperties properties,
            SubjectChoice subjects,
            ObjectProvider<SharedCredentials> shared,
            Revocations revocations,
            Alarms alarms,
            MeterRegistry meters,
            Clock clock) {
        Pauses pauses = new Pauses(clock);
        TokenSource source = new TokenEndpoints(clients, pauses, alarms, clock);
        source = new CheckedTokenSource(
                source, alarms, properties.delegation().check().maxActors(), clock);
        source = new ObservedTokenSource(source, meters);
        source = new RetryingTokenSource(source, clients::mayRepeat, clock, Math::random);
        source = new PausingTokenSource(source, pauses);
        // Above the pauses, which would take an open circuit for a server that asks for time.
        source = new BreakingTokenSource(source, clock, Math::random);
        CachingTokenSource.Surroundings surroundings = new CachingTokenSource.Surroundings(
                subjects,
                shared.getIfAvailable(() -> SharedCredentials.NONE),
                revocations,
                meters,
                Math::random,
                clock);
        TokenSource ownTokens =
                new CachingTokenSource(source, properties.cache().check(), surroundings);
        source = new StepwiseTokenSource(source, ownTokens);
        return new CachingTokenSource(source, properties.cache().check(), surroundings);
    }

    @Bean
    UserContexts userContexts(ProcuraProperties properties, Routes routes, SslBundles bundles, Clock clock) {
        return new UserContexts(
                publicUrl(properties, routes),
                UserContextKeys.of(properties.userContext().keys(), bundles),
                properties.cache().check().bounds(),
                clock);
    }

    @Bean
    Credentials credentials(
            TokenSource tokenSource, RefusedTokens refusedTokens, UserContexts userContexts, Clock clock) {
        return new Credentials(tokenSource, refusedTokens, userContexts, new AskedClaims(clock));
    }

    // 6. Send it to the right tier.

    @Bean
    Routes routes(
            ProcuraProperties properties,
            Issuers issuers,
            Clients clients,
            GatewayProperties router,
            HttpClientProperties httpClient,
            GlobalCorsProperties cors,
            List<GatewayFilterFactory<?>> filters,
            List<RoutePredicateFactory<?>> predicates,
            Environment environment) {
        RouterSettings.check(router, httpClient, environment);
        CorsSettings.complete(cors);
        Routes routes = Routes.of(properties.routes(), issuers, clients);
        RouterSettings.checkNames(properties.routes(), filters, predicates);
        return routes;
    }

    @Bean
    ProcuraRouteDefinitions routeDefinitions(
            Routes routes,
            GatewayProperties router,
            List<GatewayFilterFactory<?>> filters,
            List<RoutePredicateFactory<?>> predicates,
            ConfigurationService configurationService) {
        ProcuraRouteDefinitions definitions = new ProcuraRouteDefinitions(routes);
        RouterSettings.checkBuild(
                definitions,
                definition -> new RouteDefinitionRouteLocator(
                                () -> Flux.just(definition),
                                List.copyOf(predicates),
                                List.copyOf(filters),
                                router,
                                configurationService)
                        .getRoutes()
                        .collectList()
                        .toFuture()
                        .join());
        return definitions;
    }

    @Bean
    RawRequestGuard rawRequestGuard() {
        return new RawRequestGuard();
    }

    /** At the end. */
    @Bean
    Drain drain(ProcuraProperties properties, LifecycleProperties phases) {
        return new Drain(properties.drain(), phases.getTimeoutPerShutdownPhase(), Schedulers.parallel());
    }

    @Bean
    RequestGuard requestGuard() {
        return new RequestGuard();
    }

    @Bean
    HandoverFilter handoverFilter() {
        return new HandoverFilter();
    }

    /** Before the web framework, and before whatever else stands there: most callers were here a moment ago. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    WebHttpHandlerBuilderCustomizer hitPath(
            ApplicationContext context,
            ProcuraProperties properties,
            Routes routes,
            Admission admission,
            LiveRequests live,
            Credentials credentials,
            RemoveHopByHopHeadersFilter hopByHop,
            GlobalCorsProperties cors,
            TierClients clients,
            MeterRegistry meters) {
        return builder -> {
            Optional<String> objection = new HitPathConditions(context, context.getEnvironment()).objection();
            if (objection.isPresent()) {
                log.info("every request takes the full path, because of {}", objection.get());
                return;
            }
            HitPath.Stages stages = new HitPath.Stages(
                    routes,
                    checkedPublicUrl(properties),
                    properties.delegation().check().maxHops(),
                    admission,
                    live,
                    credentials,
                    hopByHop.getHeaders(),
                    cors,
                    clients,
                    meters);
            builder.httpHandlerDecorator(full -> new HitPath(stages, full));
        };
    }

    /** Before the routes: a browser asks with OPTIONS, which a route need not take, and sends no token with it. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 1)
    CorsWebFilter crossOrigin(GlobalCorsProperties cors) {
        return new CorsWebFilter(CorsSettings.source(cors));
    }

    @Bean
    LiveRequests liveRequests(Revocations revocations, MeterRegistry meters, Clock clock) {
        return LiveRequests.over(revocations, meters, Schedulers.parallel(), clock);
    }

    /** In place of Spring Cloud Gateway's own, which is left without a user. */
    @Bean
    @Primary
    LiveSockets liveSockets(ObjectProvider<RequestUpgradeStrategy> upgrade, LiveRequests live) {
        return new LiveSockets(
                new HandshakeWebSocketService(upgrade.getIfAvailable(ReactorNettyRequestUpgradeStrategy::new)), live);
    }

    @Bean
    AdmittingWebHandler filteringWebHandler(
            Admission admission,
            LiveRequests live,
            ProcuraProperties properties,
            List<GlobalFilter> globalFilters,
            GatewayProperties router) {
        return new AdmittingWebHandler(
                admission,
                live,
                checkedPublicUrl(properties),
                properties.delegation().check().maxHops(),
                TierRouting.last(globalFilters),
                router.isRouteFilterCacheEnabled());
    }

    @Bean
    BufferedBodyLimit bufferedBodyLimit() {
        return new BufferedBodyLimit();
    }

    @Bean
    CredentialFilter credentialFilter(
            Credentials credentials, ProtectedResources resources, Alarms alarms, Clock clock) {
        return new CredentialFilter(
                credentials, new TierRefusals(credentials, resources, new RefusalAlarms(alarms, clock)));
    }

    @Bean
    OutboundHeaders outboundHeaders() {
        return new OutboundHeaders();
    }

    @Bean
    AbsentHeaders absentHeaders() {
        return new AbsentHeaders();
    }

    @Bean
    HttpClientCustomizer oneAnswer() {
        return OneAnswer::toEach;
    }

    @Bean
    TierClients tierClients(
            Routes routes,
            HttpClient http1,
            HttpClientProperties properties,
            SslBundles bundles,
            List<HttpClientCustomizer> customizers) {
        return TierClients.of(
                routes.all(), http1, route -> Http2ClientFactory.client(route, properties, bundles, customizers));
    }

    /** These two in place of Spring Cloud Gateway's own, which come together or not at all. */
    @Bean
    TierRouting tierRouting(
            TierClients clients,
            HttpClient http1,
            ObjectProvider<List<HttpHeadersFilter>> headers,
            HttpClientProperties properties) {
        return new TierRouting(clients, http1, headers, properties);
    }

    @Bean
    NettyWriteResponseFilter nettyWriteResponseFilter(
            GatewayProperties router, ObjectProvider<List<HttpHeadersFilter>> headers) {
        return new NettyWriteResponseFilter(router.getStreamingMediaTypes(), headers);
    }

    // For custom code inside the gateway, which gets a route's token by the same rules: docs/custom-code.md.

    // Filters want it, and routes are checked against the filters that there are: so it asks for routes later.

    @Bean
    RouteRegistrations routeRegistrations(ObjectProvider<Routes> routes) {
        return new RouteRegistrations(routes::getObject);
    }

    @Bean
    RouteTokenProvider routeTokenProvider(
            RouteRegistrations registrations,
            Admission admission,
            ObjectProvider<Credentials> credentials,
            Clock clock) {
        return new RouteTokenProvider(registrations, admission, credentials::getObject, clock);
    }

    @Bean
    RouteTokenManager routeTokenManager(RouteRegistrations registrations, RouteTokenProvider provider) {
        return new RouteTokenManager(registrations, provider);
    }

    // The gateway's own paths, which win over any route.

    @Bean
    RouterFunction<ServerResponse> userContextKeySet(UserContexts userContexts, ObjectProvider<FleetKeys> fleetKeys) {
        String ownKeys = userContexts.publicKeys().toString();
        FleetKeys allKeys = fleetKeys.getIfAvailable();
        return ownPath(
                path("/.well-known/jwks.json"),
                "application/jwk-set+json",
                request -> Optional.of(allKeys == null ? ownKeys : allKeys.document()));
    }

    @Bean
    ProtectedResources protectedResources(ProcuraProperties properties, Routes routes, Issuers issuers) {
        return ProtectedResources.of(checkedPublicUrl(properties), routes, issuers);
    }

    /** RFC 9728 section 3. */
    @Bean
    RouterFunction<ServerResponse> protectedResourceMetadata(ProtectedResources resources) {
        return ownPath(
                path(ProtectedResources.WELL_KNOWN).or(path(ProtectedResources.WELL_KNOWN + "/{*resource}")),
                MediaType.APPLICATION_JSON_VALUE,
                request -> resources.document(
                        request.uri().getRawPath().substring(ProtectedResources.WELL_KNOWN.length())));
    }

    @Bean
    RouterFunction<ServerResponse> backChannelLogout(Issuers issuers, Revoker revoker, Clock clock) {
        BackChannelLogout logouts = new BackChannelLogout(issuers, revoker, clock);
        return RouterFunctions.route()
                .POST(BackChannelLogout.PATH, logouts::receive)
                .route(
                        path(BackChannelLogout.PATH),
                        request -> Mono.error(ProblemException.of(
                                Problem.NO_ROUTE, "back-channel logout is for POST, by an authorization server")))
                .build();
    }

    /** A document to read, and nothing else under its path: what is not there is not looked for among the routes. */
    private static RouterFunction<ServerResponse> ownPath(
            RequestPredicate path, String contentType, Function<ServerRequest, Optional<String>> document) {
        return RouterFunctions.route()
                .route(
                        path.and(RequestPredicates.methods(HttpMethod.GET, HttpMethod.HEAD)),
                        request -> document.apply(request)
                                .map(text -> ServerResponse.ok()
                                        .contentType(MediaType.parseMediaType(contentType))
                                        .header("Cache-Control", "public, max-age=300")
                                        .bodyValue(text))
                                .orElseGet(() -> Mono.error(ProblemException.of(
                                        Problem.NO_ROUTE,
                                        "nothing is published under this path (procura.public-url, and routes that need"
                                                + " a token)"))))
                .route(
                        path,
                        request -> Mono.error(
                                ProblemException.of(Problem.NO_ROUTE, "the gateway's own paths are for GET and HEAD")))
                .build();
    }

    // Beside the path.

    /** Served by {@link ManagementPaths}. */
    @Bean
    RevocationEndpoint revocationEndpoint(
            ProcuraProperties properties,
            Issuers issuers,
            Routes routes,
            Admission admission,
            Revocations revocations,
            Revoker revoker,
            Clock clock) {
        return new RevocationEndpoint(new RevocationEndpoint.Surroundings(
                properties.management().rule(issuers, routes.targets()),
                admission,
                issuers,
                revocations,
                revoker,
                clock));
    }

    /** Not before the configuration has proved right: a wrong one is told in one message. */
    @Bean
    ApplicationListener<ApplicationStartedEvent> warmUp(Issuers issuers) {
        return event -> issuers.warmUp();
    }

    /** The name is part of the health report, and of the readiness group. */
    @Bean
    IssuerHealth issuersHealthIndicator(Issuers issuers, Clock clock) {
        return new IssuerHealth(issuers, clock);
    }

    @Bean
    IssuerMetrics issuerMetrics(Issuers issuers, Clock clock) {
        return new IssuerMetrics(issuers, clock);
    }

    @Bean
    @ConditionalOnProperty(name = SHARED, havingValue = "redis")
    FleetReach fleetReach(BreakingStore sharedStore, FleetRevocations fleetRevocations) {
        return new FleetReach(sharedStore, fleetRevocations);
    }

    /** The name is part of the health report, and not of the readiness group: a replica alone serves as well. */
    @Bean
    FleetHealth fleetHealthIndicator(ObjectProvider<FleetReach> fleet, Clock clock) {
        return new FleetHealth(Optional.ofNullable(fleet.getIfAvailable()), clock);
    }

    @Bean
    FleetMetrics fleetMetrics(ObjectProvider<FleetReach> fleet, Clock clock) {
        return new FleetMetrics(Optional.ofNullable(fleet.getIfAvailable()), clock);
    }

    @Bean
    MeterBinder cacheSize(CachingTokenSource cache) {
        return registry -> Gauge.builder("procura.cache.entries", cache, CachingTokenSource::size)
                .register(registry);
    }

    @Bean
    ReplicationMetrics replicationMetrics(
            ObjectProvider<FleetRevocations> revocations, ObjectProvider<FleetKeys> keys, Clock clock) {
        return new ReplicationMetrics(
                Optional.ofNullable(revocations.getIfAvailable()), Optional.ofNullable(keys.getIfAvailable()), clock);
    }

    @Bean
    StartupReport startupReport(ProcuraProperties properties, Issuers issuers, Routes routes) {
        return new StartupReport(
                issuers,
                routes,
                insecure(properties),
                properties.userContext().keys().isEmpty()
                        && properties.cache().shared() == CacheProperties.Shared.NONE);
    }

    /** Signed user contexts need an issuer that tiers can be told to trust. */
    private static String publicUrl(ProcuraProperties properties, Routes routes) {
        Optional<String> url = checkedPublicUrl(properties);
        if (url.isEmpty() && routes.all().stream().anyMatch(ProcuraRoute::sendsUserContext)) {
            throw invalidPublicUrl("is missing: it is the issuer of signed user contexts");
        }
        return url.orElse("urn:procura:gateway");
    }

    private static Optional<String> checkedPublicUrl(ProcuraProperties properties) {
        Optional<String> url = Optional.ofNullable(properties.publicUrl());
        if (url.isPresent()
                && url.flatMap(SecureUri::parse)
                        .filter(uri -> uri.getRawQuery() == null)
                        .isEmpty()) {
            throw invalidPublicUrl("is not an absolute http or https address without a query");
        }
        return url;
    }

    private static InvalidSetting invalidPublicUrl(String reason) {
        return new InvalidSetting("procura.public-url", reason, "public-url: https://api.example.com");
    }

    /** The blocks that allow plain HTTP to another machine. */
    private static List<String> insecure(ProcuraProperties properties) {
        List<String> keys = new ArrayList<>();
        properties.issuers().forEach((name, issuer) -> {
            if (issuer.insecureHttp()) {
                keys.add("procura.issuers." + name);
            }
        });
        properties.clients().forEach((name, client) -> {
            if (client.insecureHttp()) {
                keys.add("procura.clients." + name);
            }
        });
        properties.routes().forEach(route -> {
            if (route.insecureHttp()) {
                keys.add("procura.routes " + route.id());
            }
        });
        return keys;
    }
}
