package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.FakeAuthorizationServer.Reply;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RecordingTier.Received;
import dev.procura.gateway.testkit.RecordingTier.Refusal;
import dev.procura.gateway.testkit.RunningGateway;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a tier's 401 means: the caller is told only what the caller can do something about; the rest is between the gateway
 * and the tier, and costs little however often it happens.
 */
class RefusedCredentialTest {

    private static final String PLAIN = "Bearer realm=\"tier\", error=\"invalid_token\"";
    private static final String CLAIMS =
            Base64.getEncoder().encodeToString("{\"access_token\":{}}".getBytes(StandardCharsets.UTF_8));
    private static final String METADATA = "https://api.example.test/.well-known/oauth-protected-resource/";

    private static final MutableClock CLOCK = MutableClock.at(Instant.now());
    private static final FakeAuthorizationServer SERVER = FakeAuthorizationServer.start();
    private static final RecordingTier TIER = RecordingTier.start();
    private static final RunningGateway GATEWAY =
            RunningGateway.start(CLOCK, """
            procura:
              public-url: https://api.example.test
              issuers:
                corp: { issuer: "%1$s", audiences: [gateway] }
              clients:
                gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: s3cr3t }
              routes:
                - id: orders
                  path: /orders/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  limits: { timeout: 2s, max-in-flight: 200 }
                - id: filtered
                  path: /filtered/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  filters: [ { name: StripPrefix, args: { parts: 1 } }, "AddRequestHeader=X-Times,once", RemoveRequestHeader=Content-Length, "SetResponseHeader=X-By,gateway" ]
                - id: mixed
                  path: /mixed/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: mixed-api, app-callers: client-credentials }
                - id: daemons
                  path: /daemons/**
                  uri: %2$s
                  require: { audiences: [gateway], caller: any }
                  credential: { client-credentials: gateway, audience: daemons-api }
                - id: reports
                  path: /reports/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { client-credentials: gateway, audience: reports-api, user-context: signed }
                - id: legacy
                  path: /legacy/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { pass-through: true }
                - id: public
                  path: /public/**
                  uri: %2$s
                  require: { caller: anyone }
                  credential: { none: true }
                - id: narrow
                  path: /narrow/**
                  uri: %2$s
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: narrow-api }
                  limits: { max-in-flight: 2, timeout: 1s }
            spring.cloud.gateway.server.webflux.globalcors:
              add-to-simple-url-handler-mapping: true
              cors-configurations:
                "[/orders/**]": { allowed-origins: ["https://app.example.test"], allowed-methods: [GET] }
            """.formatted(SERVER.issuer(), TIER.uri()));

    @BeforeEach
    void behave() {
        SERVER.reset();
        SERVER.answering(RefusedCredentialTest::issue);
        TIER.reset();
        // Past the pause of what the last test has forgotten.
        CLOCK.advance(Duration.ofSeconds(10));
    }

    @AfterAll
    static void stop() {
        GATEWAY.close();
        TIER.close();
        SERVER.close();
    }

    /** Somebody new, with a clock of theirs that agrees with the gateway's. */
    private static String newUser() {
        return user("user-" + UUID.randomUUID());
    }

    private static String user(String name) {
        return token(Map.of("sub", name));
    }

    private static String token(Map<String, Object> claims) {
        long now = CLOCK.instant().getEpochSecond();
        Map<String, Object> all = new LinkedHashMap<>(claims);
        all.put("iat", now);
        all.put("exp", now + 3000);
        return SERVER.token(all);
    }

    private static Reply issue(FakeAuthorizationServer.TokenRequest request) {
        return SERVER.issue(request, claims -> {
            claims.put("iat", CLOCK.instant().getEpochSecond());
            claims.put("exp", CLOCK.instant().getEpochSecond() + 300);
            return claims;
        });
    }

    private static void everythingIsRefused(String... challenges) {
        TIER.refusing(request -> Optional.of(Refusal.of(challenges)));
    }

    /** As a tier does whose keys or rules have changed: what it knew is no good any more, what comes now is. */
    private static void whatWasSeenIsRefused(String... challenges) {
        Set<String> seen = new HashSet<>();
        TIER.received().forEach(request -> seen.add(request.bearer()));
        TIER.refusing(
                request -> seen.contains(request.bearer()) ? Optional.of(Refusal.of(challenges)) : Optional.empty());
    }

    private static HttpResponse<String> send(String method, String target, String token, String body) {
        return GATEWAY.send(GATEWAY.request(target)
                .header("Authorization", "Bearer " + token)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build());
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("\"code\":\"tier_refused_credential\"");
        assertNothingOfTheRefusal(answer);
    }

    private static void assertNothingOfTheRefusal(HttpResponse<String> answer) {
        assertThat(answer.headers().allValues("WWW-Authenticate")).isEmpty();
        assertThat(answer.headers().firstValue("X-Refused")).isEmpty();
        assertThat(answer.body()).doesNotContain("tier says 401");
    }

    private static List<String> bearers() {
        return TIER.received().stream().map(Received::bearer).toList();
    }

    // A plain 401.

    @Test
    void aCallerWhoIsRevokedWhileAnotherCredentialIsObtainedDoesNotReachTheTierAgain() {
        String name = "user-" + UUID.randomUUID();
        String token = user(name);
        send("GET", "/orders/1", token, "");
        whatWasSeenIsRefused(PLAIN);
        int before = TIER.received().size();
        // The authorization server takes its time, and issues all the same.
        SERVER.answering(request -> {
            Instant now = CLOCK.instant();
            GATEWAY.bean(Revocations.class)
                    .add(new Revocation(
                            new Revocation.What.Subject(SERVER.issuer(), name), now, now.plus(Duration.ofHours(1))));
            return issue(request);
        });

        HttpResponse<String> answer = send("GET", "/orders/1", token, "");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("\"code\":\"token_revoked\"");
        assertThat(TIER.received()).as("the attempt that was refused").hasSize(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
    void aStaleCredentialIsReplacedAndTheRequestGoesAgain(String method) {
        String token = newUser();
        send(method, "/orders/1?a=b", token, "");
        whatWasSeenIsRefused(PLAIN);

        HttpResponse<String> answer = send(method, "/orders/1?a=b", token, "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertNothingOfTheRefusal(answer);
        assertThat(answer.headers().allValues("Content-Type")).containsExactly("application/json");
        List<Received> received = TIER.received();
        assertThat(received).hasSize(3).allMatch(request -> request.target().equals("/orders/1?a=b"));
        assertThat(received).extracting(Received::method).containsOnly(method);
        assertThat(received.get(1).bearer()).isEqualTo(received.get(0).bearer());
        assertThat(received.get(2).bearer()).isNotEqualTo(received.get(1).bearer());
        assertThat(received.get(2).all("Authorization")).hasSize(1);
        assertThat(SERVER.tokenRequests()).hasSize(2);

        send(method, "/orders/1", token, "");
        assertThat(TIER.last().bearer())
                .as("the fresh one is remembered")
                .isEqualTo(received.get(2).bearer());
        assertThat(SERVER.tokenRequests()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("plain")
    void whateverATierSaysAboutATokenThatTheCallerNeverHadStaysBehind(String... challenges) {
        everythingIsRefused(challenges);

        HttpResponse<String> answer = GATEWAY.get("/orders/1", newUser());

        assertRefused(answer);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(TIER.received()).as("exactly once more").hasSize(2);
        assertThat(SERVER.tokenRequests()).hasSize(2);
    }

    static Stream<Arguments> plain() {
        return Stream.of(
                argumentSet("no challenge", (Object) new String[0]),
                argumentSet("bare", (Object) new String[] {"Bearer"}),
                argumentSet("invalid_token", (Object) new String[] {PLAIN}),
                argumentSet("several", (Object)
                        new String[] {"Basic realm=\"x\", Negotiate", PLAIN, "DPoP algs=\"ES256\""}),
                argumentSet("broken", (Object) new String[] {"Bearer error=\"insufficient_claims"}),
                argumentSet("ambiguous", (Object)
                        new String[] {"Bearer error=\"invalid_token\", error=\"insufficient_claims\""}));
    }

    @Test
    void aTierThatRefusesEverythingCostsOneTokenRequestIn10SecondsWhateverCallersDo() {
        String token = newUser();
        everythingIsRefused(PLAIN);

        for (int i = 0; i < 5; i++) {
            assertRefused(send("GET", "/orders/1", token, ""));
            assertRefused(send("POST", "/orders/1", token, "order"));
            assertRefused(send("DELETE", "/filtered/orders/1", token, ""));
        }
        assertThat(SERVER.tokenRequests())
                .as("the first one, and the fresh one")
                .hasSize(2);

        for (int pause = 1; pause <= 3; pause++) {
            CLOCK.advance(Duration.ofSeconds(10));
            for (int i = 0; i < 5; i++) {
                assertRefused(send("GET", "/orders/1", token, ""));
                assertRefused(send("POST", "/orders/1", token, "order"));
            }
            assertThat(SERVER.tokenRequests()).hasSize(2 + pause);
        }
    }

    @Test
    void ofAHundredRequestsThatAreRefusedAtOnceOneAsksAndAllGetThrough() {
        String token = newUser();
        GATEWAY.get("/orders/1", token);
        whatWasSeenIsRefused(PLAIN);

        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(GATEWAY.sendAsync(GATEWAY.request("/orders/" + i)
                    .header("Authorization", "Bearer " + token)
                    .build()));
        }

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(SERVER.tokenRequests()).hasSize(2);
        assertThat(new HashSet<>(bearers())).hasSize(2);
    }

    @Test
    void onePersonsRefusalIsNobodyElses() {
        String ann = newUser();
        String ben = newUser();
        GATEWAY.get("/orders/1", ann);
        String anns = TIER.last().bearer();
        GATEWAY.get("/orders/1", ben);
        String bens = TIER.last().bearer();
        TIER.refusing(request -> request.bearer().equals(anns) ? Optional.of(Refusal.of(PLAIN)) : Optional.empty());

        GATEWAY.get("/orders/1", ann);
        String fresh = TIER.last().bearer();
        GATEWAY.get("/orders/1", ben);

        assertThat(TIER.last().bearer()).isEqualTo(bens);
        assertThat(fresh).isNotIn(anns, bens);
        assertThat(SERVER.tokenRequests()).hasSize(3);
        assertThat(SERVER.tokenRequests().get(2).get("subject_token")).isEqualTo(ann);
    }

    @Test
    void manyAtOnceEachGetTheirOwnFreshCredential() {
        Map<String, String> subjects = new ConcurrentHashMap<>();
        SERVER.answering(request -> {
            Reply reply = issue(request);
            subjects.put(reply.body().split("\"")[3], request.get("subject_token"));
            return reply;
        });
        List<String> users =
                Stream.generate(RefusedCredentialTest::newUser).limit(20).toList();
        users.forEach(user -> GATEWAY.get("/orders/" + user, user));
        whatWasSeenIsRefused(PLAIN);

        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            for (String user : users) {
                answers.add(GATEWAY.sendAsync(GATEWAY.request("/orders/" + user)
                        .header("Authorization", "Bearer " + user)
                        .build()));
            }
        }

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(TIER.received())
                .allSatisfy(request -> assertThat(subjects.get(request.bearer()))
                        .isEqualTo(request.target().substring("/orders/".length())));
        assertThat(SERVER.tokenRequests()).hasSize(40);
    }

    // Requests that cannot be sent again.

    @ParameterizedTest
    @MethodSource("notReplayable")
    void aRequestThatCannotBeSentAgainIsNotAndTheNextOneHasAFreshCredential(String head, String body) {
        String token = newUser();
        GATEWAY.get("/orders/1", token);
        whatWasSeenIsRefused(PLAIN);

        String answer = GATEWAY.raw(
                head + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n" + body);

        assertThat(answer)
                .startsWith("HTTP/1.1 502")
                .contains("tier_refused_credential")
                .doesNotContain("X-Refused");
        assertThat(TIER.received()).hasSize(2);
        assertThat(SERVER.tokenRequests()).hasSize(1);
        String refused = TIER.last().bearer();

        assertThat(GATEWAY.get("/orders/1", token).statusCode()).isEqualTo(200);
        assertThat(TIER.last().bearer()).isNotEqualTo(refused);
        assertThat(SERVER.tokenRequests()).hasSize(2);
    }

    static Stream<Arguments> notReplayable() {
        String chunked = "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n";
        String counted = "Content-Length: 4\r\n\r\nbody";
        return Stream.of(
                argumentSet("POST", "POST /orders/1", counted),
                argumentSet("POST without a body", "POST /orders/1", "Content-Length: 0\r\n\r\n"),
                argumentSet("PATCH", "PATCH /orders/1", counted),
                argumentSet("PUT with a body", "PUT /orders/1", counted),
                argumentSet("PUT with a body of unknown length", "PUT /orders/1", chunked),
                argumentSet("PUT whose length a filter has removed", "PUT /filtered/orders/1", counted),
                argumentSet("DELETE with a body", "DELETE /orders/1", counted),
                argumentSet("GET with a body", "GET /orders/1", chunked),
                argumentSet("another protocol", "GET /orders/1", "Upgrade: x-other\r\n\r\n"));
    }

    @Test
    void theRoutesOwnFiltersWorkOnce() {
        String token = newUser();
        GATEWAY.get("/filtered/orders/1", token);
        whatWasSeenIsRefused(PLAIN);

        HttpResponse<String> answer = GATEWAY.get("/filtered/orders/1", token);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("X-By")).containsExactly("gateway");
        assertThat(TIER.received()).hasSize(3).allSatisfy(request -> {
            assertThat(request.target()).isEqualTo("/orders/1");
            assertThat(request.all("X-Times")).containsExactly("once");
        });
        assertThat(TIER.last().headers()).extracting(Map.Entry::getKey).doesNotHaveDuplicates();
    }

    // Challenges that the caller can meet.

    @Test
    void aChallengeForTheCallerPassesWithTheGatewaysOwnDocument() {
        String token = newUser();
        GATEWAY.get("/orders/1", token);
        everythingIsRefused(
                "Negotiate, Bearer realm=\"\", authorization_uri=\"https://id.test/authorize\", error=\"insufficient_claims\","
                        + " claims=\"" + CLAIMS
                        + "\", resource_metadata=\"http://tier.internal/.well-known/x\", Basic realm=\"y\"",
                PLAIN,
                "bearer error=insufficient_user_authentication, acr_values=\"phr \\\"mfa\\\"\", max_age=300");

        HttpResponse<String> answer = GATEWAY.get("/orders/1", token);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("tier says 401");
        assertThat(answer.headers().firstValue("X-Refused")).hasValue("yes");
        assertThat(answer.headers().allValues("WWW-Authenticate"))
                .containsExactly(
                        "Bearer realm=\"\", authorization_uri=\"https://id.test/authorize\","
                                + " error=\"insufficient_claims\", claims=\"" + CLAIMS + "\", resource_metadata=\""
                                + METADATA + "orders\"",
                        "bearer error=\"insufficient_user_authentication\", acr_values=\"phr \\\"mfa\\\"\","
                                + " max_age=\"300\", resource_metadata=\"" + METADATA + "orders\"");
        assertThat(TIER.received()).as("nothing is sent again").hasSize(2);
    }

    @Test
    void theCredentialBehindAChallengeIsForgottenOnceIn10Seconds() {
        String token = newUser();
        String challenge = "Bearer error=\"insufficient_user_authentication\"";
        everythingIsRefused(challenge);

        for (int i = 0; i < 5; i++) {
            HttpResponse<String> answer = send(i % 2 == 0 ? "GET" : "POST", "/orders/1", token, "");
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().allValues("WWW-Authenticate")).hasSize(1);
        }

        assertThat(SERVER.tokenRequests()).hasSize(2);
        assertThat(bearers().subList(1, 5))
                .containsOnly(bearers().get(1))
                .doesNotContain(bearers().get(0));
    }

    @Test
    void theDocumentIsThatOfThePathAsTheCallerWroteIt() {
        everythingIsRefused("Bearer error=\"insufficient_claims\"");

        assertThat(GATEWAY.get("/filtered/orders/1", newUser()).headers().allValues("WWW-Authenticate"))
                .containsExactly(
                        "Bearer error=\"insufficient_claims\", resource_metadata=\"" + METADATA + "filtered\"");
    }

    @Test
    void aChallengeThatComesWithTheFreshCredentialPassesToo() {
        String token = newUser();
        GATEWAY.get("/orders/1", token);
        String stale = TIER.last().bearer();
        TIER.refusing(request -> Optional.of(
                Refusal.of(request.bearer().equals(stale) ? PLAIN : "Bearer error=\"insufficient_claims\"")));

        HttpResponse<String> answer = GATEWAY.get("/orders/1", token);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().allValues("WWW-Authenticate"))
                .containsExactly("Bearer error=\"insufficient_claims\", resource_metadata=\"" + METADATA + "orders\"");
        assertThat(answer.headers().allValues("X-Refused")).containsExactly("yes");
        assertThat(TIER.received()).hasSize(3);
    }

    @Test
    void aChallengeAboutTheGatewaysOwnTokenIsNotTheCallers() {
        everythingIsRefused("Bearer error=\"insufficient_user_authentication\"");
        String daemon = token(Map.of("sub", "daemon", "client_id", "daemon"));

        assertRefused(GATEWAY.get("/daemons/1", daemon));
        assertRefused(GATEWAY.get("/mixed/1", daemon));
        assertThat(GATEWAY.get("/mixed/1", newUser()).statusCode()).isEqualTo(401);
        HttpResponse<String> signed = GATEWAY.get("/reports/1", newUser());
        assertThat(signed.statusCode()).isEqualTo(401);
        assertThat(signed.headers().allValues("WWW-Authenticate")).hasSize(1);
    }

    // Other credentials, other answers.

    @Test
    void anotherTokenOfItsOwnGoesAgainWithAStatementThatFitsIt() {
        String token = newUser();
        GATEWAY.get("/reports/1", token);
        whatWasSeenIsRefused(PLAIN);

        assertThat(GATEWAY.get("/reports/1", token).statusCode()).isEqualTo(200);

        List<Received> received = TIER.received();
        assertThat(received).hasSize(3);
        assertThat(received.get(2).bearer()).isNotEqualTo(received.get(1).bearer());
        assertThat(received.get(2).all("Procura-User-Context")).hasSize(1);
        assertThat(received.get(2).header("Procura-User-Context"))
                .isNotEqualTo(received.get(1).header("Procura-User-Context"));
    }

    @Test
    void anAnswerToTheCallersOwnTokenOrToNonePassesUnchanged() {
        everythingIsRefused(PLAIN, "Basic realm=\"x\"");

        for (HttpResponse<String> answer : List.of(GATEWAY.get("/legacy/1", newUser()), GATEWAY.get("/public/1"))) {
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).isEqualTo("tier says 401");
            assertThat(answer.headers().allValues("WWW-Authenticate")).containsExactly(PLAIN, "Basic realm=\"x\"");
        }
        assertThat(TIER.received()).hasSize(2);
        assertThat(SERVER.tokenRequests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 302, 400, 402, 403, 404, 407, 429, 500, 503})
    void everyOtherStatusPassesAndCostsNothing(int status) {
        String token = newUser();

        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = GATEWAY.get("/orders/status/" + status, token);
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.headers().firstValue("X-Tier")).hasValue("yes");
        }
        assertThat(TIER.received()).hasSize(3);
        assertThat(SERVER.tokenRequests()).hasSize(1);
    }

    // The authorization server has its say too.

    @Test
    void whileTheAuthorizationServerIsAwayTheCallerIsToldToWait() {
        String token = newUser();
        GATEWAY.get("/orders/1", token);
        whatWasSeenIsRefused(PLAIN);
        SERVER.answering(request -> Reply.json(503, "{}"));

        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = GATEWAY.get("/orders/1", token);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("authorization_server_unavailable");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertNothingOfTheRefusal(answer);
        }
        assertThat(TIER.received()).as("a refused credential is not sent again").hasSize(2);
    }

    @Test
    void whatTheAuthorizationServerSaysOfTheCallersTokenIsTheCallersToKnow() {
        String token = newUser();
        GATEWAY.get("/orders/1", token);
        whatWasSeenIsRefused("Bearer realm=\"of the tier\"");
        SERVER.answering(request -> Reply.json(400, "{\"error\":\"invalid_grant\"}"));

        HttpResponse<String> answer = GATEWAY.get("/orders/1", token);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("subject_rejected");
        assertThat(answer.headers().allValues("WWW-Authenticate"))
                .singleElement()
                .satisfies(challenge ->
                        assertThat(challenge).startsWith("Bearer realm=\"procura\", error=\"invalid_token\""));
    }

    @Test
    void aServerThatGivesTheSameTokenAgainIsAskedOnce() {
        String token = newUser();
        List<Reply> given = new ArrayList<>();
        SERVER.answering(request -> {
            if (given.isEmpty()) {
                given.add(issue(request));
            }
            return given.get(0);
        });
        everythingIsRefused(PLAIN);

        for (int i = 0; i < 4; i++) {
            assertRefused(GATEWAY.get("/orders/1", token));
        }

        assertThat(TIER.received())
                .as("the same token is not sent twice for one request")
                .hasSize(4);
        assertThat(SERVER.tokenRequests()).hasSize(2);
    }

    // What must hold on the way.

    @Test
    void noConnectionToTheTierIsLeftBehind() {
        int before = TIER.connections();
        for (String body : List.of("", "x".repeat(300_000), Refusal.ENDLESS)) {
            for (int i = 0; i < 60; i++) {
                String token = newUser();
                TIER.refusing(request -> Optional.of(new Refusal(List.of(PLAIN), body)));
                assertRefused(GATEWAY.get("/orders/1", token));
            }
            assertThat(send("HEAD", "/orders/1", newUser(), "").statusCode()).isEqualTo(502);
        }

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(TIER.connections()).isLessThanOrEqualTo(before + 5));
    }

    /** Two places, because the one of a request is given back a moment after its answer. */
    @Test
    void aPlaceOnTheRouteIsTakenOnceAndGivenBack() {
        for (int i = 0; i < 5; i++) {
            String token = newUser();
            assertThat(GATEWAY.get("/narrow/1", token).statusCode()).isEqualTo(200);
            whatWasSeenIsRefused(PLAIN);
            assertThat(GATEWAY.get("/narrow/1", token).statusCode()).isEqualTo(200);
            everythingIsRefused(PLAIN);
            assertRefused(GATEWAY.get("/narrow/1", newUser()));
            TIER.reset();
        }
    }

    @Test
    void aTierThatDoesNotAnswerTheSecondTimeHasTakenTooLong() {
        TIER.refusing(request -> TIER.received().isEmpty() ? Optional.of(Refusal.of(PLAIN)) : Optional.empty());

        HttpResponse<String> answer = GATEWAY.get("/narrow/slow", newUser());

        assertThat(answer.statusCode()).isEqualTo(504);
        assertNothingOfTheRefusal(answer);
        TIER.reset();
        assertThat(GATEWAY.get("/narrow/1", newUser()).statusCode()).isEqualTo(200);
    }

    @Test
    void aPageCanReadTheRefusalAndTheAnswerToTheSecondRequest() {
        String token = newUser();
        everythingIsRefused(PLAIN);

        HttpResponse<String> refused = GATEWAY.get("/orders/1", token, "Origin", "https://app.example.test");
        TIER.reset();
        TIER.refusing(request -> TIER.received().isEmpty() ? Optional.of(Refusal.of(PLAIN)) : Optional.empty());
        HttpResponse<String> mended = GATEWAY.get("/orders/1", newUser(), "Origin", "https://app.example.test");

        assertRefused(refused);
        assertThat(mended.statusCode()).isEqualTo(200);
        for (HttpResponse<String> answer : List.of(refused, mended)) {
            assertThat(answer.headers().allValues("Access-Control-Allow-Origin"))
                    .containsExactly("https://app.example.test");
            assertThat(answer.headers().allValues("Vary")).contains("Origin").doesNotContain("X-Tier");
        }
    }

    @Test
    void aLongAnswerStreamsAfterTheSecondRequest() {
        TIER.refusing(request -> TIER.received().isEmpty() ? Optional.of(Refusal.of(PLAIN)) : Optional.empty());

        assertThat(GATEWAY.get("/orders/download/3000000", newUser()).body()).hasSize(3_000_000);
    }

    @Test
    void anOperatorIsWokenByTheSecondPersonAndNotByTheFirst() {
        // Past what the other tests have rung.
        CLOCK.advance(Duration.ofMinutes(10));
        double before = alarms();
        everythingIsRefused(PLAIN);
        String token = newUser();

        for (int i = 0; i < 5; i++) {
            assertRefused(GATEWAY.get("/orders/1", token));
        }
        assertThat(alarms()).isEqualTo(before);
        for (int i = 0; i < 5; i++) {
            assertRefused(GATEWAY.get("/orders/1", newUser()));
        }
        assertThat(alarms()).isEqualTo(before + 1);
    }

    private static double alarms() {
        Counter counter = GATEWAY.bean(MeterRegistry.class)
                .find(Alarms.COUNTER)
                .tag("code", "tier_refused_credential")
                .counter();
        return counter == null ? 0 : counter.count();
    }
}
