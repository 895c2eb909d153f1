package dev.procura.gateway.idp;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.github.tomakehurst.wiremock.WireMockServer;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The question that goes over the wire, and what each answer of a server that works becomes. */
class TokenEndpointsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String SUBJECT = Jwts.of(Map.of("sub", "alice", "jti", "the-subject-token"));
    private static final String ACTOR = Jwts.of(Map.of("sub", "orders-api", "jti", "the-actor-token"));

    private static WireMockServer server;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MutableClock clock = MutableClock.at(NOW);
    private final ListAppender<ILoggingEvent> alarmLog = new ListAppender<>();
    private ClientExample client;

    @BeforeAll
    static void startServer() {
        server = new WireMockServer(wireMockConfig().dynamicPort().bindAddress("127.0.0.1"));
        server.start();
    }

    @AfterAll
    static void stopServer() {
        server.stop();
    }

    @BeforeEach
    void listen() {
        server.resetAll();
        client = ClientExample.askedAt("http://127.0.0.1:" + server.port() + "/token");
        alarmLog.start();
        logger().addAppender(alarmLog);
    }

    @AfterEach
    void listenNoMore() {
        logger().detachAppender(alarmLog);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("procura.alarm");
    }

    /** Asks as the client of this test, on behalf of alice, through orders-api. */
    private Mono<AccessToken> ask() {
        return ask(GrantExample.of(CallerExample.user("alice").token(SUBJECT))
                .actor(CallerExample.app("orders-api").token(ACTOR))
                .scopes("orders"));
    }

    private Mono<AccessToken> ask(GrantExample grant) {
        Clients clients = ClientExample.clients(Map.of("gateway", client.properties()), Set.of());
        Client registered = ClientExample.registeredIn(clients);
        Grant asked = grant.client(registered).onBehalfOf();
        return new TokenEndpoints(clients, new Pauses(clock), new Alarms(meters), clock).token(asked);
    }

    private ProblemException failure() {
        return ask().<ProblemException>map(token -> {
                    throw new AssertionError("gave a token");
                })
                .onErrorResume(ProblemException.class, Mono::just)
                .blockOptional(SOON)
                .orElseThrow();
    }

    private double alarms() {
        return meters.find("procura.alarms").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void answering(int status, String json) {
        server.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .withStatus(status)
                        .withHeader("Content-Type", "application/json")
                        .withBody(json)));
    }

    private static String refusal(String error, String words) {
        return "{\"error\":\"" + error + "\",\"error_description\":\"" + words + "\"}";
    }

    @Test
    void asksAsAFormWithTheClientsCredentialsInAHeader() {
        server.stubFor(post("/token")
                .willReturn(okJson("{\"access_token\":\"issued\",\"token_type\":\"Bearer\",\"expires_in\":300,"
                        + "\"scope\":\"orders\"}")));

        StepVerifier.create(ask())
                .expectNext(new AccessToken(
                        TokenValue.of("issued"), Optional.of(NOW.plusSeconds(300)), Optional.of(Scopes.of("orders"))))
                .expectComplete()
                .verify(SOON);

        server.verify(
                1,
                postRequestedFor(anyUrl())
                        .withHeader("Authorization", equalTo("Basic Z2F0ZXdheTpzM2NyZXQtd29yZA=="))
                        .withHeader("Content-Type", equalTo("application/x-www-form-urlencoded"))
                        .withHeader("Accept", equalTo("application/json"))
                        .withHeader("Transfer-Encoding", absent())
                        .withFormParam("grant_type", equalTo("urn:ietf:params:oauth:grant-type:token-exchange"))
                        .withFormParam("subject_token", equalTo(SUBJECT))
                        .withFormParam("actor_token", equalTo(ACTOR))
                        .withFormParam("audience", equalTo("orders-api"))
                        .withFormParam("scope", equalTo("orders"))
                        .withFormParam("client_secret", absent()));
    }

    @Test
    void asksWithTheClientsCredentialsInTheFormWhereThatIsSaid() {
        client = client.authentication(ClientAuthenticationMethod.CLIENT_SECRET_POST);
        answering(200, "{\"access_token\":\"issued\",\"token_type\":\"Bearer\"}");

        ask().block(SOON);

        server.verify(
                1,
                postRequestedFor(anyUrl())
                        .withHeader("Authorization", absent())
                        .withFormParam("client_id", equalTo("gateway"))
                        .withFormParam("client_secret", equalTo(ClientExample.SECRET)));
    }

    @Test
    void nothingIsAskedBeforeSubscriptionAndEachSubscriptionAsksOnce() {
        answering(200, "{\"access_token\":\"issued\",\"token_type\":\"Bearer\"}");
        var question = ask();
        server.verify(0, postRequestedFor(anyUrl()));

        question.block(SOON);
        question.block(SOON);

        server.verify(2, postRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_request, SUBJECT_REJECTED, 0",
        "400, invalid_grant, SUBJECT_REJECTED, 0",
        "400, invalid_target, TARGET_DENIED, 0",
        "400, invalid_scope, TARGET_DENIED, 0",
        "400, interaction_required, STEP_UP_REQUIRED, 0",
        "400, consent_required, CONSENT_REQUIRED, 0",
        "400, temporarily_unavailable, AUTHORIZATION_SERVER_UNAVAILABLE, 0",
        "400, unauthorized_client, TOKEN_REQUEST_REFUSED, 1",
        "400, unsupported_grant_type, TOKEN_REQUEST_REFUSED, 1",
        "401, invalid_client, CLIENT_REFUSED, 1",
        "404, nowhere, TOKEN_REQUEST_REFUSED, 1",
        "500, invalid_client, AUTHORIZATION_SERVER_UNAVAILABLE, 0",
        "503, server_error, AUTHORIZATION_SERVER_UNAVAILABLE, 0",
        "429, slow_down, AUTHORIZATION_SERVER_UNAVAILABLE, 0",
    })
    void aRefusalBecomesAProblemAndAnAlarmWhereTheFaultIsOurs(int status, String error, Problem problem, int alarms) {
        answering(status, refusal(error, "words of the server"));

        ProblemException failure = failure();

        assertThat(failure.problem()).isEqualTo(problem);
        assertThat(failure.reason()).contains("client=gateway").contains(String.valueOf(status));
        assertThat(failure.facts())
                .containsEntry("client", "gateway")
                .containsEntry("http_status", String.valueOf(status))
                .containsEntry("error", error)
                .containsKey("class");
        assertThat(alarms()).isEqualTo(alarms);
        assertThat(alarmLog.list).hasSize(alarms);
        if (alarms > 0) {
            assertThat(meters.counter("procura.alarms", "code", problem.code()).count())
                    .isEqualTo(1);
            assertThat(alarmLog.list.get(0).getFormattedMessage()).contains("code=" + problem.code(), "client=gateway");
        }
    }

    /** Spring Authorization Server's answer to one of whom it has seen no proof, a certificate that did not come for example. */
    @ParameterizedTest
    @CsvSource({
        "SPRING, 401, '', CLIENT_REFUSED, 1",
        "SPRING, 401, <html>, AUTHORIZATION_SERVER_UNAVAILABLE, 0",
        "SPRING, 403, '', AUTHORIZATION_SERVER_UNAVAILABLE, 0",
        "RFC8693, 401, '', AUTHORIZATION_SERVER_UNAVAILABLE, 0",
        "KEYCLOAK, 401, '', AUTHORIZATION_SERVER_UNAVAILABLE, 0",
    })
    void aStatusWithoutAWordIsARefusalOfTheClientWhereTheServerMeansThat(
            DialectName dialect, int status, String body, Problem problem, int alarms) {
        client = client.dialect(dialect);
        answering(status, body);

        assertThat(failure().problem()).isEqualTo(problem);
        assertThat(alarms()).isEqualTo(alarms);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"token_type\":\"Bearer\"}",
                "{\"access_token\":\"is sued\",\"token_type\":\"Bearer\"}",
                "{\"access_token\":\"issued\",\"token_type\":\"DPoP\"}",
                "{\"access_token\":\"issued\",\"token_type\":\"Bearer\",\"expires_in\":\"soon\"}",
                "{\"access_token\":\"issued\",\"token_type\":\"N_A\"}",
                "{\"error\":\"invalid_grant\"}",
            })
    void aSuccessThatCannotBeUsedIsAnAlarmAndNoToken(String body) {
        answering(200, body);

        ProblemException failure = failure();

        assertThat(failure.problem()).isEqualTo(Problem.ISSUED_TOKEN_REFUSED);
        assertThat(failure.reason()).contains("client=gateway").doesNotContain("issued\"");
        assertThat(meters.counter("procura.alarms", "code", "issued_token_refused")
                        .count())
                .isEqualTo(1);
    }

    static Stream<Arguments> wordsOfServers() {
        return Stream.of(
                argumentSet("the subject token", "token " + SUBJECT + " is over"),
                argumentSet("the actor token in quotes", "'" + ACTOR + "'"),
                argumentSet("both at once", SUBJECT + "," + ACTOR),
                argumentSet("half of a token", SUBJECT.substring(0, SUBJECT.length() - 5)),
                argumentSet("a token after many words", "word ".repeat(38) + SUBJECT),
                argumentSet("a token on many lines", SUBJECT.replace(".", ".\\n")),
                argumentSet("a line of a log", "x\\nERROR code=internal_error forged"),
                argumentSet("a very long story", "word ".repeat(10_000)));
    }

    @ParameterizedTest
    @MethodSource("wordsOfServers")
    void nothingThatCouldBeATokenReachesAReasonAndNothingOfTheServersWordsTheCaller(String words) {
        for (String error : new String[] {"invalid_grant", "unauthorized_client", "server_error"}) {
            answering(400, refusal(error, words));

            ProblemException failure = failure();

            assertClean(failure.reason());
            assertThat(failure.problem().detail()).doesNotContain("word", "token " + SUBJECT, "forged");
            assertThat(failure.getCause()).isNull();
        }
        assertThat(alarmLog.list).hasSize(1);
        assertClean(alarmLog.list.get(0).getFormattedMessage());
        assertThat(alarmLog.list.get(0).getThrowableProxy()).isNull();
    }

    @Test
    void anErrorCodeIsTreatedLikeEveryOtherWordOfAServer() {
        answering(400, refusal(SUBJECT + "\\nforged", "x"));

        assertClean(failure().reason());
    }

    private static void assertClean(String line) {
        assertThat(line)
                .doesNotContain(SUBJECT)
                .doesNotContain(ACTOR)
                .doesNotContain(ClientExample.SECRET)
                .matches("[^\\p{Cc}\\p{Zl}\\p{Zp}]*")
                .hasSizeLessThan(800);
        for (String token : new String[] {SUBJECT, ACTOR}) {
            for (String part : token.split("\\.", -1)) {
                if (part.length() >= 40) {
                    assertThat(line).doesNotContain(part);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "429 | 7                             | 7",
                "503 | 30                            | 30",
                "500 | 100000                        | 300",
                "503 | Sun, 01 Mar 2026 12:00:20 GMT | 20",
                "400 | 12                            | 12",
            })
    void aServerMaySayWhenToAskAgain(int status, String header, long seconds) {
        server.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .withStatus(status)
                        .withHeader("Retry-After", header)
                        .withBody(refusal("temporarily_unavailable", ""))));

        assertThat(failure().retryAfter()).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "Sun, 06 Nov 1994 08:49:37 GMT", ""})
    void aServerThatDoesNotSayWhenIsNotWaitedFor(String header) {
        server.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(503).withHeader("Retry-After", header)));

        assertThat(failure().retryAfter()).isEmpty();
    }

    @Test
    void aRefusalOfASubjectIsNoReasonToWait() {
        server.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .withStatus(400)
                        .withHeader("Retry-After", "60")
                        .withBody(refusal("invalid_grant", ""))));

        assertThat(failure().retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void noRedirectIsFollowed(int status) {
        server.stubFor(post("/token")
                .willReturn(aResponse()
                        .withStatus(status)
                        .withHeader("Location", "http://127.0.0.1:" + server.port() + "/elsewhere")));
        server.stubFor(any(urlEqualTo("/elsewhere"))
                .willReturn(okJson("{\"access_token\":\"issued\",\"token_type\":\"Bearer\"}")));

        assertThat(failure().problem()).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);

        assertThat(server.getAllServeEvents()).hasSize(1);
        assertThat(alarms()).isZero();
    }

    @Test
    void noRedirectIsFollowedAlsoWhenItIsJson() {
        server.stubFor(post("/token")
                .willReturn(aResponse()
                        .withStatus(307)
                        .withHeader("Location", "/elsewhere")
                        .withBody("{\"access_token\":\"issued\",\"token_type\":\"Bearer\"}")));

        assertThat(failure().problem().status()).isGreaterThanOrEqualTo(500);

        server.verify(0, postRequestedFor(urlEqualTo("/elsewhere")));
    }

    @Test
    void printsNoSecret() {
        ask();

        assertThat(client.properties().toString()).doesNotContain(ClientExample.SECRET);
        assertThat(new Form().add("client_secret", ClientExample.SECRET).toString())
                .doesNotContain(ClientExample.SECRET);
    }
}
