package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.fixture.ShiftedClock;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.FakeAuthorizationServer.Reply;
import dev.procura.gateway.testkit.FakeAuthorizationServer.TokenEndpoint;
import dev.procura.gateway.testkit.FakeAuthorizationServer.TokenRequest;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** An API of another trust domain: the token of the first step is the assertion of the second, and nobody else's business. */
final class ChainTest {

    private static final String PROSE = "ERR4711 tenant 7f0c2a1e says no";

    private static final FakeAuthorizationServer home = FakeAuthorizationServer.start();
    private static final FakeAuthorizationServer partner = FakeAuthorizationServer.start();
    private static final RecordingTier tier = RecordingTier.start();
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start(configuration());
    }

    /** The gateways end with the JVM: they share their event loops, so that closing one would end all. */
    @AfterAll
    static void stop() {
        tier.close();
        partner.close();
        home.close();
    }

    @BeforeEach
    void behaveAndForget() {
        home.answering(ChainTest::grant);
        partner.answering(ChainTest::trade);
        // Ends the row of faults that earlier tests have left behind: the circuit breaker counts them.
        assertThat(gateway.get("/orders/1", callerToken("healthy")).statusCode())
                .isEqualTo(200);
        home.reset();
        partner.reset();
        tier.reset();
        home.answering(ChainTest::grant);
        partner.answering(ChainTest::trade);
    }

    @Test
    void theTierGetsThePartnersTokenAndNothingOfTheWayThere() throws ParseException {
        String token = callerToken("ada");

        assertThat(gateway.get("/orders/1", token).statusCode()).isEqualTo(200);

        TokenRequest first = home.tokenRequests().get(0);
        assertThat(first.get("subject_token")).isEqualTo(token);
        assertThat(first.get("audience")).isEqualTo(partner.issuer());
        assertThat(first.clientId()).isEqualTo("gateway");
        TokenRequest second = partner.tokenRequests().get(0);
        assertThat(FakeAuthorizationServer.fieldsOf(second))
                .containsExactlyInAnyOrder("grant_type", "assertion", "scope");
        assertThat(second.get("grant_type")).isEqualTo("urn:ietf:params:oauth:grant-type:jwt-bearer");
        assertThat(second.clientId()).isEqualTo("gateway-there");
        assertThat(second.clientSecret()).isEqualTo("partner secret");
        assertThat(subject(tier.last().bearer())).isEqualTo("partner-ada");
        assertThat(tier.last().everything()).doesNotContain(token).doesNotContain(second.get("assertion"));
    }

    static Stream<Arguments> assertionsThatDoNotFit() {
        return Stream.of(
                Arguments.of("opaque", (TokenEndpoint) request -> Reply.json(200, """
                        {"access_token":"opaque-1","token_type":"N_A","expires_in":60,\
                        "issued_token_type":"urn:ietf:params:oauth:token-type:jwt"}""")),
                Arguments.of("the caller's own", (TokenEndpoint)
                        request -> Reply.json(200, """
                        {"access_token":"%s","token_type":"N_A","expires_in":60,\
                        "issued_token_type":"urn:ietf:params:oauth:token-type:jwt"}""".formatted(request.get("subject_token")))),
                changed("bound to a key", "cnf", Map.of("jkt", "abc")),
                changed("expired", "exp", Instant.now().minusSeconds(5).getEpochSecond()),
                changed("for later", "nbf", Instant.now().plusSeconds(500).getEpochSecond()),
                changed("for another server", "aud", "https://elsewhere.test"),
                changed("for another user", "sub", "mallory"),
                changed("of another issuer", "iss", "https://elsewhere.test"),
                Arguments.of("an ID-JAG, which nobody asked for", (TokenEndpoint)
                        request -> replaced(grant(request), "token-type:jwt", "token-type:id-jag")),
                Arguments.of("of a DPoP kind", (TokenEndpoint) request -> replaced(grant(request), "N_A", "DPoP")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("assertionsThatDoNotFit")
    void aFirstTokenThatDoesNotFitIsTakenNowhere(String fault, TokenEndpoint endpoint) {
        home.answering(endpoint);

        assertProblem(gateway.get("/orders/1", callerToken("bea")), 502, "issued_token_refused");

        assertThat(home.tokenRequests()).hasSize(1);
        assertThat(partner.tokenRequests()).isEmpty();
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void whatIsNoAccessTokenIsNeverTheTiers() {
        partner.answering(request -> replaced(trade(request), "Bearer", "N_A"));
        assertProblem(gateway.get("/orders/1", callerToken("cleo")), 502, "issued_token_refused");

        partner.answering(request -> Reply.json(
                200,
                "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":60}"
                        .formatted(request.get("assertion"))));
        assertProblem(gateway.get("/orders/1", callerToken("cleo")), 502, "issued_token_refused");

        assertThat(tier.received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_grant, 401, subject_rejected",
        "400, invalid_target, 403, target_denied",
        "400, interaction_required, 401, step_up_required",
        "400, consent_required, 403, consent_required",
        "400, unsupported_grant_type, 502, token_request_refused",
        "503, '', 503, authorization_server_unavailable",
    })
    void aRefusalOfTheFirstStepEndsIt(int status, String error, int toTheCaller, String code) {
        home.answering(refusing(status, error));

        assertProblem(gateway.get("/orders/1", callerToken("dan")), toTheCaller, code);

        assertThat(partner.tokenRequests()).isEmpty();
        assertThat(tier.received()).isEmpty();
    }

    /** RFC 7523: invalid_grant is about the assertion; the caller's own token was good a moment ago. */
    @ParameterizedTest
    @CsvSource({
        "400, invalid_grant, 403, target_denied",
        "400, invalid_scope, 403, target_denied",
        "400, unauthorized_client, 502, token_request_refused",
        "400, invalid_request, 502, token_request_refused",
        "503, '', 503, authorization_server_unavailable",
    })
    void aRefusalOfTheSecondStepEndsItToo(int status, String error, int toTheCaller, String code) {
        partner.answering(refusing(status, error));

        assertProblem(gateway.get("/orders/1", callerToken("eve")), toTheCaller, code);

        assertThat(tier.received()).isEmpty();
    }

    @Test
    void anAssertionIsNeverShownTwiceNotEvenWhenTheConnectionBreaks() {
        String token = callerToken("flo");
        partner.answering(request -> {
            throw new IllegalStateException("closes the connection");
        });

        assertProblem(gateway.get("/orders/1", token), 503, "authorization_server_unavailable");
        assertThat(partner.tokenRequests()).hasSize(1);

        partner.answering(ChainTest::trade);
        assertThat(gateway.get("/orders/1", token).statusCode()).isEqualTo(200);
        assertThat(partner.tokenRequests())
                .extracting(request -> request.get("assertion"))
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void aRefusedSecretStopsTheStepWhoseSecretItIsAndNoOther() {
        partner.answering(refusing(401, "invalid_client"));
        assertProblem(gateway.get("/lost-there/1", callerToken("gil")), 502, "client_refused");
        partner.answering(ChainTest::trade);

        assertProblem(gateway.get("/lost-there/1", callerToken("gil")), 502, "client_refused");
        assertThat(partner.tokenRequests()).hasSize(1);
        assertThat(gateway.get("/orders/1", callerToken("gil")).statusCode()).isEqualTo(200);

        home.answering(refusing(401, "invalid_client"));
        assertProblem(gateway.get("/lost-here/1", callerToken("gil")), 502, "client_refused");
        home.answering(ChainTest::grant);

        assertProblem(gateway.get("/lost-here/1", callerToken("gil")), 502, "client_refused");
        assertThat(gateway.get("/orders/1", callerToken("gil")).statusCode()).isEqualTo(200);
        assertThat(partner.tokenRequests()).hasSize(3);
    }

    @Test
    void aUserWhoIsUnknownThereStopsNobodyElse() {
        partner.answering(refusing(400, "invalid_grant"));
        for (int i = 0; i < 30; i++) {
            assertProblem(gateway.get("/orders/1", callerToken("stranger-" + i)), 403, "target_denied");
        }
        partner.answering(ChainTest::trade);

        assertThat(gateway.get("/orders/1", callerToken("hal")).statusCode()).isEqualTo(200);
    }

    @Test
    void twoUsersAtOnceNeverGetEachOthers() {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String user = i % 2 == 0 ? "ida" : "jo";
            answers.add(send("/orders/" + user, callerToken(user)));
        }

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(tier.received())
                .hasSize(40)
                .allSatisfy(received -> assertThat("/orders/" + subject(received.bearer()))
                        .isEqualTo(received.target().replace("/orders/", "/orders/partner-")));
    }

    @Test
    void fiftyRequestsWithOneTokenMakeOneChain() {
        CountDownLatch everybodyWaits = new CountDownLatch(1);
        home.answering(request -> {
            everybodyWaits.await(20, TimeUnit.SECONDS);
            return grant(request);
        });
        String token = callerToken("kim");
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(send("/orders/1", token));
        }
        everybodyWaits.countDown();

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(home.tokenRequests()).hasSize(1);
        assertThat(partner.tokenRequests()).hasSize(1);
        assertThat(tier.received()).hasSize(50);
    }

    @Test
    void theKeyHoldsBothSteps() {
        String token = callerToken("lea");

        for (String path : List.of("/orders/1", "/billing/1", "/other-first/1", "/orders/2", "/billing/2")) {
            assertThat(gateway.get(path, token).statusCode()).as(path).isEqualTo(200);
        }

        assertThat(partner.tokenRequests())
                .extracting(request -> request.get("scope"))
                .containsExactly("orders", "billing", "orders");
        assertThat(home.tokenRequests())
                .extracting(request -> request.get("scope"))
                .containsExactly("", "", "other");
    }

    /** The partner's token would live for five minutes. */
    @Test
    void anEntryDoesNotOutliveTheCallersToken() {
        ShiftedClock clock = new ShiftedClock();
        RunningGateway ofItsOwn = RunningGateway.start(clock, configuration());
        String token = home.token(
                Map.of("sub", "mo", "exp", Instant.now().plusSeconds(60).getEpochSecond()));
        ofItsOwn.get("/orders/1", token);
        ofItsOwn.get("/orders/1", token);
        assertThat(partner.tokenRequests()).hasSize(1);

        clock.advance(Duration.ofSeconds(40));
        ofItsOwn.get("/orders/1", token);
        assertThat(home.tokenRequests()).hasSize(2);
        assertThat(partner.tokenRequests()).hasSize(2);

        clock.advance(Duration.ofSeconds(80));
        assertThat(ofItsOwn.get("/orders/1", token).statusCode()).isEqualTo(401);
    }

    @Test
    void noLogLineHoldsAnAssertion() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        lines.start();
        root.addAppender(lines);
        try {
            partner.answering(request -> Reply.json(
                    400,
                    "{\"error\":\"invalid_request\",\"error_description\":\"bad assertion %s\"}"
                            .formatted(request.get("assertion"))));
            assertProblem(gateway.get("/orders/1", callerToken("ned")), 502, "token_request_refused");
        } finally {
            root.detachAppender(lines);
        }

        String signature = partner.tokenRequests().get(0).get("assertion").split("\\.")[2];
        assertThat(lines.list).isNotEmpty();
        assertThat(new ArrayList<>(lines.list))
                .noneMatch(line -> line.getFormattedMessage().contains(signature));
    }

    /** What a server does that chains identities: an authorization grant for the other server, and no access token. */
    private static Reply grant(TokenRequest request) {
        return grant(request, claims -> claims);
    }

    private static Reply grant(TokenRequest request, UnaryOperator<Map<String, Object>> change) {
        Reply bearer = home.issue(request, change);
        return replaced(replaced(bearer, "Bearer", "N_A"), "token-type:access_token", "token-type:jwt");
    }

    private static Reply trade(TokenRequest request) {
        return partner.issue(request, claims -> {
            claims.put("sub", "partner-" + subject(request.get("assertion")));
            claims.put("aud", request.get("scope") + "-api");
            return claims;
        });
    }

    private static Reply replaced(Reply reply, String what, String with) {
        return Reply.json(
                reply.status(),
                reply.body().replace("\"" + what, "\"" + with).replace("oauth:" + what, "oauth:" + with));
    }

    private static Arguments changed(String name, String claim, Object value) {
        return Arguments.of(name, (TokenEndpoint) request -> grant(request, claims -> {
            claims.put(claim, value);
            return claims;
        }));
    }

    private static TokenEndpoint refusing(int status, String error) {
        return request -> Reply.json(status, "{\"error\":\"%s\",\"error_description\":\"%s\"}".formatted(error, PROSE));
    }

    private static String callerToken(String user) {
        return home.token(Map.of("sub", user, "jti", UUID.randomUUID().toString()));
    }

    private static String subject(String token) {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet().getSubject();
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static CompletableFuture<HttpResponse<String>> send(String path, String token) {
        return gateway.sendAsync(
                gateway.request(path).header("Authorization", "Bearer " + token).build());
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body() + answer.headers().map())
                .doesNotContain("ERR4711")
                .doesNotContain("7f0c2a1e");
    }

    private static String configuration() {
        return """
                procura:
                  public-url: https://api.example.test
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: "our secret" }
                    lost-here: { issuer: "%1$s", dialect: rfc8693, client-id: lost, client-secret: "our secret" }
                    partner: { issuer: "%2$s", dialect: rfc7523, client-id: gateway-there, client-secret: "partner secret" }
                    lost-there: { issuer: "%2$s", dialect: rfc7523, client-id: lost, client-secret: "partner secret" }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: "%2$s", then: { client: partner, audience: orders-api, scopes: [orders], subject: mapped } }
                    - id: billing
                      path: /billing/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: "%2$s", then: { client: partner, audience: billing-api, scopes: [billing], subject: mapped } }
                    - id: other-first
                      path: /other-first/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: "%2$s", scopes: [other], then: { client: partner, audience: orders-api, scopes: [orders], subject: mapped } }
                    - id: lost-here
                      path: /lost-here/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: lost-here, audience: "%2$s", then: { client: partner, audience: orders-api, scopes: [orders], subject: mapped } }
                    - id: lost-there
                      path: /lost-there/**
                      uri: %3$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: "%2$s", then: { client: lost-there, audience: orders-api, scopes: [orders], subject: mapped } }
                """.formatted(home.issuer(), partner.issuer(), tier.uri());
    }
}
