package dev.procura.benchmarks.pieces;

import dev.procura.benchmarks.SampleCallers;
import dev.procura.gateway.cache.CacheKey;
import dev.procura.gateway.cache.CacheProperties;
import dev.procura.gateway.cache.CachingTokenSource;
import dev.procura.gateway.cache.SharedCredentials;
import dev.procura.gateway.cache.SubjectChoice;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.ServerTraits;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.inbound.Authenticator;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.policy.AccessPolicy;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.policy.Decision;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Fingerprint;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.publisher.Mono;

/** What a known caller's request needs of the gateway itself, for a thousand callers in turn. */
@SuppressWarnings("NullAway.Init") // by start(), before anything is measured
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms256m", "-Xmx256m"})
public class HitPathPieces {

    private static final int CALLERS = 1_000;

    private final Clock clock = Clock.systemUTC();
    private final List<String> tokens = new ArrayList<>();
    private final List<Caller.Known> callers = new ArrayList<>();
    private final List<Grant> grants = new ArrayList<>();
    private final List<CacheKey> keys = new ArrayList<>();

    private SampleCallers sample;
    private Authenticator authenticator;
    private CachingTokenSource cache;
    private AccessRule.Restricted rule;
    private Instant now;
    private int turn;

    @Setup
    public void start() throws Exception {
        sample = SampleCallers.start();
        tokens.addAll(sample.tokens(CALLERS));
        now = clock.instant();
        Revocations revocations = new Revocations(clock);
        CacheProperties properties = bind("cache", Map.of(), CacheProperties.class);
        authenticator = new Authenticator(issuers(sample.issuer()), revocations, properties.bounds(), clock);
        rule = new AccessRule.Restricted(
                Set.of("corp"),
                Set.of("gateway"),
                EnumSet.of(Caller.Kind.USER),
                Scopes.of("orders:read"),
                Scopes.none(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
        cache = new CachingTokenSource(
                this::issue,
                properties,
                new CachingTokenSource.Surroundings(
                        SubjectChoice.TOKEN,
                        SharedCredentials.NONE,
                        revocations,
                        new SimpleMeterRegistry(),
                        () -> 0.5,
                        clock));
        Client client = new Client(
                "gateway",
                "gateway",
                sample.issuer(),
                "RFC8693",
                Optional.empty(),
                Set.of(sample.issuer()),
                ServerTraits.standard(),
                Set.of(),
                Set.of());
        Target target = new Target(
                Optional.of("orders-api"),
                Optional.empty(),
                Scopes.of("orders:read"),
                Scopes.none(),
                Target.SubjectRule.SAME);
        for (String token : tokens) {
            Caller.Known caller = Objects.requireNonNull(
                    authenticator.authenticate(TokenValue.of(token)).block());
            Grant grant = new Grant.OnBehalfOf(client, target, caller, Optional.empty(), Optional.empty());
            callers.add(caller);
            grants.add(grant);
            keys.add(new CacheKey(
                    Grant.OnBehalfOf.class,
                    client,
                    target,
                    Optional.of(new CacheKey.Party(
                            caller.issuerName(),
                            caller.identity(),
                            caller.token().fingerprint())),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));
            cache.token(grant).block();
        }
    }

    @TearDown
    public void stop() {
        sample.close();
    }

    private Issuers issuers(String issuer) {
        IssuerProperties corp =
                bind("corp", Map.of("corp.issuer", issuer, "corp.audiences", "gateway"), IssuerProperties.class);
        return Issuers.of(
                Map.of("corp", corp),
                new Issuers.Surroundings(
                        (key, issuerName, clientName, uri) -> {
                            throw new IllegalStateException("nobody is asked about tokens");
                        },
                        Duration.ofSeconds(10),
                        5,
                        new Alarms(new SimpleMeterRegistry()),
                        clock));
    }

    private static <T> T bind(String name, Map<String, String> settings, Class<T> type) {
        return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate(name, type);
    }

    private Mono<AccessToken> issue(Grant grant) {
        return Mono.just(new AccessToken(
                TokenValue.of(sample.tokens(1).get(0)),
                Optional.of(clock.instant().plus(Duration.ofHours(1))),
                Optional.empty()));
    }

    private int next() {
        turn = turn == CALLERS - 1 ? 0 : turn + 1;
        return turn;
    }

    /** What stands for a token wherever it is looked up. */
    @Benchmark
    public Fingerprint fingerprint() {
        return TokenValue.of(tokens.get(next())).fingerprint();
    }

    /** From the text of a token to the caller. */
    @Benchmark
    public @Nullable Object tokenLookup() {
        return authenticator.authenticate(TokenValue.of(tokens.get(next()))).block();
    }

    @Benchmark
    public Decision policy() {
        return AccessPolicy.decide(rule, callers.get(next()), Optional.empty(), now);
    }

    /** From the grant to the credential: the key, and the look-up. */
    @Benchmark
    public @Nullable Object cacheHit() {
        return cache.token(grants.get(next())).block();
    }

    /** Not on the hit path: what stands for a key in the shared store. */
    @Benchmark
    public Fingerprint keyDigest() {
        return keys.get(next()).digest();
    }
}
