package dev.procura.gateway.idp;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Refusals that may be about a caller and about the client alike, and questions that a refusal overtakes. */
class OverlappingRefusalsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static WireMockServer server;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MutableClock clock = MutableClock.at(NOW);
    private final Pauses pauses = new Pauses(clock);
    private PausingTokenSource source;
    private Client client;

    @BeforeAll
    static void startServer() {
        server = new WireMockServer(
                wireMockConfig().dynamicPort().bindAddress("127.0.0.1").containerThreads(40));
        server.start();
    }

    @AfterAll
    static void stopServer() {
        server.stop();
    }

    @BeforeEach
    void askAuth0() {
        server.resetAll();
        ask(DialectName.AUTH0, 64);
    }

    private void ask(DialectName dialect, int maxInFlight) {
        Clients clients = ClientExample.clients(
                Map.of(
                        "gateway",
                        ClientExample.askedAt("http://127.0.0.1:" + server.port() + "/token")
                                .dialect(dialect)
                                .maxInFlight(maxInFlight)
                                .properties()),
                Set.of());
        client = ClientExample.registeredIn(clients);
        source = new PausingTokenSource(new TokenEndpoints(clients, pauses, new Alarms(meters), clock), pauses);
    }

    private Grant of(String user) {
        return GrantExample.of(CallerExample.user(user)).client(client).onBehalfOf();
    }

    private Optional<ProblemException> problem(String user) {
        return source.token(of(user))
                .map(token -> Optional.<ProblemException>empty())
                .onErrorResume(ProblemException.class, failure -> Mono.just(Optional.of(failure)))
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    private double alarms(String code) {
        return meters.find("procura.alarms").tag("code", code).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void refuse() {
        server.stubFor(post(anyUrl())
                .willReturn(aResponse()
                        .withStatus(401)
                        .withBody("{\"error\":\"access_denied\",\"error_description\":\"Unauthorized\"}")));
    }

    /** Auth0 has one answer for a bad subject token and for a wrong secret. */
    @Test
    void aSecondUserWithTheSameRefusalWakesTheOperator() {
        refuse();

        assertThat(problem("alice").orElseThrow().problem()).isEqualTo(Problem.SUBJECT_REJECTED);
        assertThat(problem("alice").orElseThrow().problem()).isEqualTo(Problem.SUBJECT_REJECTED);
        assertThat(alarms("client_refused")).as("one user has a bad token").isZero();

        assertThat(problem("bob").orElseThrow().problem())
                .as("and may be the reason: the client goes on")
                .isEqualTo(Problem.SUBJECT_REJECTED);
        assertThat(alarms("client_refused")).isEqualTo(1);
    }

    @Test
    void aUserWhoIsServedInBetweenShowsThatTheClientIsGood() {
        refuse();
        problem("alice");
        server.stubFor(post(anyUrl())
                .willReturn(okJson("{\"access_token\":\"issued\",\"token_type\":\"Bearer\",\"expires_in\":60}")));
        assertThat(problem("carol")).isEmpty();
        refuse();
        problem("bob");

        assertThat(alarms("client_refused")).isZero();
    }

    /** Who waits for a connection while the first answer says no would be the storm. */
    @Test
    void aRefusalOvertakesThoseWhoWaitForTheirTurn() {
        ask(DialectName.RFC8693, 1);
        server.stubFor(post(anyUrl())
                .willReturn(aResponse()
                        .withStatus(401)
                        .withBody("{\"error\":\"invalid_client\"}")
                        .withFixedDelay(300)));

        List<Problem> problems = Flux.fromStream(IntStream.range(0, 8).boxed())
                .flatMap(
                        i -> source.token(of("user-" + i))
                                .map(OverlappingRefusalsTest::unexpected)
                                .onErrorResume(ProblemException.class, failure -> Mono.just(failure.problem())),
                        8)
                .collectList()
                .blockOptional(PATIENCE)
                .orElseThrow();

        assertThat(problems).hasSize(8).containsOnly(Problem.CLIENT_REFUSED);
        server.verify(1, postRequestedFor(anyUrl()));
        assertThat(alarms("client_refused")).isEqualTo(1);
    }

    /** The same for a server that asks for time. */
    @Test
    void aServerThatAsksForTimeGetsItFromThoseWhoWaitToo() {
        ask(DialectName.RFC8693, 1);
        server.stubFor(post(anyUrl())
                .willReturn(aResponse()
                        .withStatus(429)
                        .withHeader("Retry-After", "30")
                        .withFixedDelay(300)));

        List<ProblemException> problems = Flux.fromStream(IntStream.range(0, 8).boxed())
                .flatMap(
                        i -> source.token(of("user-" + i))
                                .<ProblemException>map(token -> {
                                    throw new AssertionError("gave a token");
                                })
                                .onErrorResume(ProblemException.class, Mono::just),
                        8)
                .collectList()
                .blockOptional(PATIENCE)
                .orElseThrow();

        assertThat(problems)
                .hasSize(8)
                .allMatch(failure -> failure.problem() == Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
        assertThat(problems)
                .as("what was not asked is no answer that the next ones are told of")
                .noneMatch(failure -> failure.reason().indexOf("not asked")
                        != failure.reason().lastIndexOf("not asked"));
        assertThat(server.findAll(postRequestedFor(anyUrl())))
                .as("the first user waits alone, the second one stops the client")
                .hasSizeLessThanOrEqualTo(2);
    }

    private static Problem unexpected(AccessToken token) {
        throw new AssertionError("gave a token");
    }
}
