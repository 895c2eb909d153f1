package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** However many ask: a server never has more calls of a client under way than its block allows. */
class MaxInFlightTest {

    private static final long SOON = 10;
    private static final String GOOD = "{\"access_token\":\"issued\",\"token_type\":\"Bearer\",\"expires_in\":300}";

    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Semaphore arrived = new Semaphore(0);
    private final Semaphore answers = new Semaphore(0);

    /** Holds every request until it is given an answer to send. */
    private LoopbackServer holding() {
        return LoopbackServer.handling(request -> {
            request.getRequestBody().readAllBytes();
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            arrived.release();
            answers.acquire();
            underWay.decrementAndGet();
            LoopbackServer.answer(request, 200, GOOD);
        });
    }

    private static List<CompletableFuture<AccessToken>> ask(int users, ClientExample example) {
        Clients clients = ClientExample.clients(Map.of("gateway", example.properties()), Set.of());
        Client client = ClientExample.registeredIn(clients);
        TokenEndpoints endpoints = new TokenEndpoints(
                clients, new Pauses(MutableClock.at(NOW)), new Alarms(new SimpleMeterRegistry()), MutableClock.at(NOW));
        List<CompletableFuture<AccessToken>> questions = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            questions.add(endpoints
                    .token(GrantExample.of(CallerExample.user("user-" + i))
                            .client(client)
                            .onBehalfOf())
                    .toFuture());
        }
        return questions;
    }

    @Test
    void noMoreCallsAreUnderWayThanTheBlockAllows() throws Exception {
        try (LoopbackServer server = holding()) {
            List<CompletableFuture<AccessToken>> questions = ask(
                    12,
                    ClientExample.askedAt(server.address() + "/token")
                            .maxInFlight(3)
                            .timeout(Duration.ofSeconds(30)));

            for (int i = 0; i < 12; i++) {
                assertThat(arrived.tryAcquire(SOON, TimeUnit.SECONDS)).isTrue();
                if (i >= 2) {
                    answers.release();
                }
            }
            answers.release(2);

            for (CompletableFuture<AccessToken> question : questions) {
                assertThat(question.get(SOON, TimeUnit.SECONDS)).isNotNull();
            }
            assertThat(most).hasValue(3);
        }
    }

    @Test
    void asManyTimesEightMayWaitAndTheNextIsToldAtOnce() throws Exception {
        try (LoopbackServer server = holding()) {
            List<CompletableFuture<AccessToken>> questions = ask(
                    30,
                    ClientExample.askedAt(server.address() + "/token")
                            .maxInFlight(1)
                            .timeout(Duration.ofSeconds(30)));

            List<Throwable> refused = new ArrayList<>();
            for (CompletableFuture<AccessToken> question : questions.subList(9, 30)) {
                question.handle((token, failure) -> refused.add(failure)).get(SOON, TimeUnit.SECONDS);
            }
            assertThat(refused)
                    .hasSize(21)
                    .allSatisfy(failure -> assertThat(failure)
                            .isInstanceOfSatisfying(
                                    ProblemException.class,
                                    problem -> assertThat(problem.problem())
                                            .isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE)));

            answers.release(9);
            for (CompletableFuture<AccessToken> question : questions.subList(0, 9)) {
                assertThat(question.get(SOON, TimeUnit.SECONDS)).isNotNull();
            }
            assertThat(most).hasValue(1);
        }
    }

    @Test
    void waitingForATurnIsPartOfTheTime() throws Exception {
        try (LoopbackServer server = holding()) {
            List<CompletableFuture<AccessToken>> questions = ask(
                    3,
                    ClientExample.askedAt(server.address() + "/token")
                            .maxInFlight(1)
                            .timeout(Duration.ofMillis(300)));

            for (CompletableFuture<AccessToken> question : questions) {
                assertThat(question)
                        .failsWithin(Duration.ofSeconds(SOON))
                        .withThrowableThat()
                        .withCauseInstanceOf(ProblemException.class);
            }
        }
    }

    @Test
    void oneSlowServerDoesNotSlowTheOther() throws Exception {
        try (LoopbackServer slow = holding();
                LoopbackServer quick = LoopbackServer.handling(request -> LoopbackServer.answer(request, 200, GOOD))) {
            ask(
                    9,
                    ClientExample.askedAt(slow.address() + "/token")
                            .maxInFlight(1)
                            .timeout(Duration.ofSeconds(30)));

            for (CompletableFuture<AccessToken> question :
                    ask(5, ClientExample.askedAt(quick.address() + "/token").maxInFlight(1))) {
                assertThat(question.get(SOON, TimeUnit.SECONDS)).isNotNull();
            }
        }
    }
}
