package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.RSAKey;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/** The shorter way for known callers shows nobody anything that the full one would not, and lets nobody through. */
@ExtendWith(OutputCaptureExtension.class)
final class HitPathTest {

    /** Only the framework makes an observation of a request: so each is one that went the full way. */
    private static final class Counting implements ObservationHandler<ServerRequestObservationContext> {

        @Override
        public void onStart(ServerRequestObservationContext context) {
            FULL.incrementAndGet();
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof ServerRequestObservationContext;
        }
    }

    private static final AtomicInteger FULL = new AtomicInteger();
    private static final MutableClock CLOCK = MutableClock.at(Instant.now());
    private static final FakeAuthorizationServer SERVER = FakeAuthorizationServer.start();
    private static final RecordingTier TIER = RecordingTier.start();

    private static final String CONFIGURATION = """
            spring.cloud.gateway.server.webflux.globalcors.cors-configurations:
              "[/reports/**]": { allowed-origins: ["https://app.example.com"], allowed-methods: ['*'] }
            procura:
              public-url: https://api.example.test
              issuers:
                corp: { issuer: "%1$s", audiences: [gateway], keys: { refresh: 10s, cool-down: 1s } }
              clients:
                gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: s3cr3t }
              routes:
                - id: by-header
                  path: /orders/special/**
                  predicates: [ "Header=X-Special, yes" ]
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: special-api }
                - id: orders
                  path: /orders/**
                  uri: %2$s
                  require: { audiences: [gateway], scopes: [orders.read] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  cookies: [locale]
                  limits: { timeout: 1s }
                - id: hasty
                  path: /hasty/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { pass-through: true }
                  limits: { timeout: 25ms }
                - id: legacy
                  path: /legacy/**
                  methods: [GET, POST]
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { pass-through: true }
                - id: reports
                  path: /reports/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { client-credentials: gateway, audience: reports-api, user-context: signed }
                - id: meters
                  path: /meters/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { pass-through: true }
                - id: everything
                  path: /**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { pass-through: true }
            """.formatted(SERVER.issuer(), TIER.uri());

    private static final RunningGateway HIT = RunningGateway.start(CLOCK, CONFIGURATION);

    /** One setting that has no effect of its own, and sends every request the full way. */
    private static final RunningGateway WHOLE =
            RunningGateway.start(CLOCK, CONFIGURATION, "--management.observations.enable.nothing=true");

    @BeforeAll
    static void count() {
        HIT.bean(ObservationRegistry.class).observationConfig().observationHandler(new Counting());
    }

    @BeforeEach
    void forget() {
        SERVER.answering(request -> SERVER.issue(request, claims -> {
            claims.put("iat", CLOCK.instant().getEpochSecond());
            claims.put("exp", CLOCK.instant().plusSeconds(3600).getEpochSecond());
            return claims;
        }));
        TIER.reset();
        FULL.set(0);
    }

    @AfterAll
    static void stop() {
        HIT.close();
        WHOLE.close();
        TIER.close();
        SERVER.close();
    }

    private static String token(String user) {
        return SERVER.token(Map.of(
                "sub", user,
                "iat", CLOCK.instant().getEpochSecond(),
                "exp", CLOCK.instant().plusSeconds(60).getEpochSecond(),
                "jti", UUID.randomUUID().toString()));
    }

    /** So that nothing about the caller has to be found out on these routes. */
    private static void introduce(String token, String... targets) {
        for (String target : targets) {
            assertThat(HIT.get(target, token).statusCode()).isEqualTo(200);
        }
        FULL.set(0);
    }

    @Test
    void whoeverWasHereAMomentAgoIsServedWithoutTheFramework() {
        String token = token("ana");
        introduce(token, "/orders/1", "/legacy/1", "/reports/1");

        List.of("/orders/2", "/legacy/2?q=a%20b", "/reports/2")
                .forEach(target -> assertThat(HIT.get(target, token).body()).isEqualTo("{\"tier\":\"ok\"}"));

        assertThat(FULL).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders/1", "/legacy/1", "/reports/1"})
    void aTokenThatWasRevokedIsRefusedAlthoughItWasServedAMomentAgo(String target) {
        String token = token("ben");
        introduce(token, target);
        assertThat(HIT.get(target, token).statusCode()).isEqualTo(200);
        assertThat(FULL).hasValue(0);

        HIT.bean(Revocations.class)
                .add(new Revocation(
                        new Revocation.What.Subject(SERVER.issuer(), "ben"),
                        CLOCK.instant(),
                        CLOCK.instant().plusSeconds(3600)));

        assertThat(HIT.get(target, token).body()).contains("token_revoked");
        assertThat(FULL).hasValue(1);
        CLOCK.advance(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders/1", "/legacy/1", "/reports/1"})
    void aTokenThatHasEndedIsRefusedAlthoughItWasServedAMomentAgo(String target) {
        String token = token("cleo");
        introduce(token, target);
        CLOCK.advance(Duration.ofSeconds(40));
        introduce(token, target);
        assertThat(HIT.get(target, token).statusCode()).isEqualTo(200);
        assertThat(FULL).hasValue(0);

        CLOCK.advance(Duration.ofSeconds(51));

        assertThat(HIT.get(target, token).body()).contains("token_expired");
        assertThat(FULL).hasValue(1);
    }

    @Test
    void aTokenWhoseKeyIsWithdrawnIsRefusedAlthoughItWasServedAMomentAgo() {
        RSAKey old = SERVER.key();
        String token = token("dora");
        introduce(token, "/orders/1");
        assertThat(HIT.get("/orders/1", token).statusCode()).isEqualTo(200);
        assertThat(FULL).hasValue(0);

        SERVER.rotateKey();
        CLOCK.advance(Duration.ofSeconds(30));
        assertThat(HIT.get("/orders/1", token("emil")).statusCode()).isEqualTo(200);

        assertThat(HIT.get("/orders/1", token).body()).contains("key_unknown");
        assertThat(SERVER.key()).isNotEqualTo(old);
    }

    @Test
    void aScopeThatTheCallerLacksIsMissedThisWayToo() {
        String token = SERVER.token(Map.of(
                "sub",
                "fay",
                "scope",
                "other",
                "iat",
                CLOCK.instant().getEpochSecond(),
                "exp",
                CLOCK.instant().plusSeconds(60).getEpochSecond()));
        introduce(token, "/legacy/1");

        assertThat(HIT.get("/orders/1", token).statusCode()).isEqualTo(403);
        assertThat(HIT.get("/legacy/1", token).statusCode()).isEqualTo(200);
        assertThat(FULL).hasValue(1);
    }

    @Test
    void whatMoreThanThePathDecidesGoesTheFullWay() {
        String token = token("gus");
        introduce(token, "/orders/1");

        HIT.get("/orders/special/1", token);
        HIT.get("/orders/special/1", token, "X-Special", "yes");

        assertThat(FULL).hasValue(2);
        assertThat(TIER.last().bearer()).isNotEqualTo(TIER.received().get(1).bearer());
    }

    @Test
    void aTierThatIsSlowOrBreaksOffIsAnsweredLikeOnTheFullWay() {
        String token = token("hal");
        introduce(token, "/orders/1");

        assertThat(HIT.get("/orders/slow", token).statusCode()).isEqualTo(504);
        assertThat(HIT.get("/orders/cut", token).statusCode()).isEqualTo(502);
        assertThat(FULL).as("handed over, with what it has come to").hasValue(2);
        await().until(() -> HIT.bean(MeterRegistry.class)
                        .get("procura.requests.live")
                        .gauge()
                        .value()
                == 0);
    }

    /** On two threads, one of which says that it is too late while the other one brings it: an empty 200 would be a lie. */
    @Test
    void anAnswerThatComesAsTheTimeEndsIsAWholeOneOrNone() {
        String token = token("hasty");
        introduce(token, "/hasty/1");
        Map<String, Integer> answers = new ConcurrentHashMap<>();

        for (int round = 0; round < 30; round++) {
            int millis = 21 + round % 6;
            List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 32)
                    .mapToObj(i -> HIT.sendAsync(HIT.request("/hasty/after/" + millis)
                            .header("Authorization", "Bearer " + token)
                            .build()))
                    .toList();
            sent.forEach(one -> answers.merge(told(one.join()), 1, Integer::sum));
        }

        assertThat(answers).containsOnlyKeys("200 after all", "504 tier_timeout");
    }

    private static String told(HttpResponse<String> answer) {
        return answer.statusCode() + " " + (answer.body().contains("tier_timeout") ? "tier_timeout" : answer.body());
    }

    /** Answers that are sent on as a whole, in pieces, and as a stream of unknown length. */
    @ParameterizedTest
    @ValueSource(strings = {"/orders/1", "/orders/download/200000", "/orders/trailers"})
    void callersWhoHaveGoneAreNoFaultOfTheTier(String target, CapturedOutput output) throws IOException {
        String token = token("kim");
        introduce(token, "/orders/1");

        for (int i = 0; i < 300; i++) {
            try (Socket caller = new Socket(InetAddress.getLoopbackAddress(), HIT.port())) {
                caller.setSoLinger(true, 0);
                caller.getOutputStream()
                        .write(("GET " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            }
        }

        await().until(() -> HIT.bean(MeterRegistry.class)
                        .get("procura.requests.live")
                        .gauge()
                        .value()
                == 0);
        assertThat(output).doesNotContain("tier_unreachable");
    }

    @Test
    void anAnswerThatTheTierHasGivenIsNotJudgedAgain() {
        String token = token("jan");
        introduce(token, "/orders/1");

        // Taken over by the full way, because it has no body; the token ends while the tier works.
        TIER.meanwhile(() -> CLOCK.advance(Duration.ofSeconds(100)));
        assertThat(HIT.get("/orders/status/204", token).statusCode()).isEqualTo(204);
        TIER.meanwhile(() -> {});

        assertThat(HIT.get("/orders/status/204", token).body()).contains("token_expired");
    }

    @Test
    void whoeverIsRevokedWhileTheTierWorksHearsOfThatWhateverItSays() {
        for (String target : List.of("/orders/status/200", "/orders/status/204", "/orders/status/503", "/orders/cut")) {
            String token = token("kai");
            introduce(token, "/orders/1");

            TIER.meanwhile(() -> HIT.bean(Revocations.class)
                    .add(new Revocation(
                            new Revocation.What.Subject(SERVER.issuer(), "kai"),
                            CLOCK.instant(),
                            CLOCK.instant().plusSeconds(3600))));
            assertThat(HIT.get(target, token).body()).as(target).contains("token_revoked");
            TIER.meanwhile(() -> {});
            CLOCK.advance(Duration.ofSeconds(2));
        }
    }

    @Test
    void theGatewaysOwnPathsAreItsOwnHoweverTheyAreSpelt() {
        String token = token("lea");
        introduce(token, "/everything/1");

        assertThat(HIT.get("/%2Ewell-known/jwks.json", token).body()).contains("keys");
        assertThat(HIT.get("/procura/%62ack-channel-logout", token).statusCode())
                .isEqualTo(404);
        assertThat(TIER.received()).hasSize(1);
    }

    /** Raw requests to both, by the same caller: the tier gets the same, and so does the caller. */
    @Test
    void noTierAndNoCallerCanTellTheWaysApart() {
        Randomly.check(random -> {
            for (int run = 0; run < Randomly.rounds(150); run++) {
                String token = token("user-" + random.nextInt(1_000_000));
                RawExchange raw = RawExchange.random(
                        random, Randomly.oneOf(random, List.of("/orders", "/orders", "/legacy", "/reports")), token);
                WHOLE.get(raw.route() + "/1", token);
                HIT.get(raw.route() + "/1", token);

                assertThat(raw.at(HIT, TIER)).as(raw.toString()).isEqualTo(raw.at(WHOLE, TIER));
            }
        });
        assertThat(FULL.get()).as("most were served the shorter way").isPositive();
    }

    /** On a route of their own: what other tests have counted may still come in. */
    @Test
    void theMetersAreThoseOfTheFullWay() {
        String token = token("ida");
        for (RunningGateway gateway : List.of(WHOLE, HIT)) {
            IntStream.range(0, 3).forEach(i -> {
                gateway.get("/meters/1", token);
                gateway.get("/meters/status/302", token);
                gateway.get("/meters/status/404", token);
                gateway.get("/meters/status/503", token);
                gateway.send(gateway.request("/meters/1")
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build());
            });
        }

        await().untilAsserted(() -> assertThat(counted(WHOLE)).hasSize(5).containsValue(3L));
        await().untilAsserted(() -> assertThat(counted(HIT)).isEqualTo(counted(WHOLE)));
        await().untilAsserted(
                        () -> assertThat(kinds(HIT)).isEqualTo(kinds(WHOLE)).hasSize(5));
    }

    private static Map<String, Long> counted(RunningGateway gateway) {
        return gateway
                .bean(MeterRegistry.class)
                .find("spring.cloud.gateway.requests")
                .tag("routeId", "meters")
                .timers()
                .stream()
                .collect(Collectors.toMap(timer -> timer.getId().getTags().toString(), Timer::count));
    }

    /** Of all requests: that meter names no route. */
    private static Set<String> kinds(RunningGateway gateway) {
        Set<String> asked = Set.of("GET 200", "GET 302", "GET 404", "GET 503", "POST 200");
        return gateway.bean(MeterRegistry.class).find("http.server.requests").tag("exception", "none").timers().stream()
                .map(Timer::getId)
                .filter(id -> asked.contains(id.getTag("method") + " " + id.getTag("status")))
                .filter(id -> !"UNKNOWN".equals(id.getTag("outcome")))
                .map(id -> id.getTags().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
