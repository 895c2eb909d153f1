package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class RetryingTokenSourceTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final GrantExample ALICE = GrantExample.ofAlice();
    private static final AccessToken TOKEN = FakeTokenSource.token("issued", NOW.plusSeconds(300));
    private static final ProblemException CONNECTION = unavailable().causedBy(new ConnectException("refused"));

    private final MutableClock clock = MutableClock.at(NOW);

    private static ProblemException unavailable() {
        return ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down");
    }

    /** Fails so often, then gives the token; each failure takes this long. */
    private FakeTokenSource failing(int times, Throwable failure, Duration each) {
        AtomicInteger left = new AtomicInteger(times);
        return FakeTokenSource.answering(grant -> {
            clock.advance(each);
            return left.getAndDecrement() > 0 ? Mono.error(failure) : Mono.just(TOKEN);
        });
    }

    private Mono<AccessToken> retrying(FakeTokenSource server, double random, Grant grant) {
        return new RetryingTokenSource(server, RetryingTokenSourceTest::isNoAssertion, clock, () -> random)
                .token(grant);
    }

    @ParameterizedTest
    @CsvSource({"0, 50", "0.5, 100", "1, 150"})
    void aConnectionThatFailedIsTriedOnceMoreAfterAShortRandomWait(double random, long wait) {
        FakeTokenSource server = failing(1, CONNECTION, Duration.ZERO);

        StepVerifier.withVirtualTime(() -> retrying(server, random, ALICE.onBehalfOf()))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(wait - 1))
                .then(() -> assertThat(server.calls()).isEqualTo(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext(TOKEN)
                .expectComplete()
                .verify(SOON);
        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void itIsTriedNoThirdTime() {
        FakeTokenSource server = failing(9, CONNECTION, Duration.ZERO);

        StepVerifier.withVirtualTime(() -> retrying(server, 0, ALICE.onBehalfOf()))
                .thenAwait(Duration.ofSeconds(10))
                .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(CONNECTION))
                .verify(SOON);
        assertThat(server.calls()).isEqualTo(2);
    }

    static Stream<Arguments> whatIsNotTriedAgain() {
        GrantExample chained = ALICE.audience("inventory-api");
        Duration none = Duration.ZERO;
        return Stream.of(
                argumentSet("an assertion", chained.assertion("a.b.c"), CONNECTION, none),
                argumentSet("a slow fault", ALICE.onBehalfOf(), CONNECTION, Duration.ofSeconds(1)),
                argumentSet(
                        "no answer in time", ALICE.onBehalfOf(), unavailable().causedBy(new TimeoutException()), none),
                argumentSet("an answer of 503", ALICE.onBehalfOf(), unavailable(), none),
                argumentSet("a pause", ALICE.onBehalfOf(), unavailable().retryAfter(SOON), none),
                argumentSet(
                        "a full queue of our own",
                        ALICE.onBehalfOf(),
                        unavailable().causedBy(new IllegalStateException("busy")),
                        none),
                argumentSet("a bug", ALICE.onBehalfOf(), new IllegalStateException("bug"), none),
                argumentSet("a fault that is no problem", ALICE.onBehalfOf(), new IOException("raw"), none));
    }

    @ParameterizedTest
    @MethodSource("whatIsNotTriedAgain")
    void whatMayHaveBeenTakenOrWouldComeTooLateIsNotTriedAgain(Grant grant, Throwable failure, Duration each) {
        FakeTokenSource server = failing(1, failure, each);

        StepVerifier.withVirtualTime(() -> retrying(server, 0, grant))
                .expectErrorSatisfies(told -> assertThat(told).isSameAs(failure))
                .verify(SOON);
        assertThat(server.calls()).isEqualTo(1);
    }

    static Stream<Problem> refusals() {
        return Stream.of(Problem.values()).filter(problem -> problem != Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void noRefusalIsTriedAgainWhateverCausedIt(Problem problem) {
        FakeTokenSource server =
                failing(1, ProblemException.of(problem, "no").causedBy(new ConnectException()), Duration.ZERO);

        StepVerifier.withVirtualTime(() -> retrying(server, 0, ALICE.onBehalfOf()))
                .expectError(ProblemException.class)
                .verify(SOON);
        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void theGatewaysOwnTokenIsTriedAgainToo() {
        FakeTokenSource server = failing(1, CONNECTION, Duration.ofMillis(999));

        StepVerifier.withVirtualTime(() -> retrying(server, 0, ALICE.clientCredentials()))
                .thenAwait(Duration.ofMillis(50))
                .expectNext(TOKEN)
                .expectComplete()
                .verify(SOON);
        assertThat(server.asked()).containsExactly(ALICE.clientCredentials(), ALICE.clientCredentials());
    }

    @Test
    void whoGoesAwayDuringTheWaitIsNotAskedForAgain() {
        FakeTokenSource server = failing(1, CONNECTION, Duration.ZERO);

        StepVerifier.withVirtualTime(() -> retrying(server, 1, ALICE.onBehalfOf()))
                .thenAwait(Duration.ofMillis(100))
                .thenCancel()
                .verify(SOON);
        assertThat(server.calls()).isEqualTo(1);
    }

    /** Nothing of the first attempt is sent again: the form is made and the client is proven each time. */
    @Test
    void everyAttemptIsAQuestionOfItsOwnOverTheWire() {
        List<String> bodies = new CopyOnWriteArrayList<>();
        List<String> proofs = new CopyOnWriteArrayList<>();
        try (LoopbackServer server = LoopbackServer.handling(request -> {
            bodies.add(new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            proofs.add(request.getRequestHeaders().getFirst("Authorization"));
            if (bodies.size() == 1) {
                request.close();
                return;
            }
            LoopbackServer.answer(
                    request, 200, "{\"access_token\":\"issued\",\"token_type\":\"Bearer\",\"expires_in\":300}");
        })) {
            Clients clients = ClientExample.clients(
                    Map.of(
                            "gateway",
                            ClientExample.askedAt(server.address() + "/token").properties()),
                    Set.of());
            Client client = ClientExample.registeredIn(clients);
            TokenEndpoints endpoints =
                    new TokenEndpoints(clients, new Pauses(clock), new Alarms(new SimpleMeterRegistry()), clock);

            AccessToken token = new RetryingTokenSource(endpoints, clients::mayRepeat, Clock.systemUTC(), () -> 0)
                    .token(ALICE.client(client).onBehalfOf())
                    .blockOptional(SOON)
                    .orElseThrow();

            assertThat(token.value().reveal()).isEqualTo("issued");
        }
        assertThat(bodies).hasSize(2).allMatch(new ArrayList<>(bodies).get(0)::equals);
        assertThat(proofs).hasSize(2).allMatch(proof -> proof.startsWith("Basic "));
    }

    /** The caller's own token is the assertion there. */
    @Test
    void aCallersTokenThatIsAnAssertionGoesOverTheWireOnce() {
        List<String> asked = new CopyOnWriteArrayList<>();
        try (LoopbackServer server = LoopbackServer.handling(request -> {
            request.getRequestBody().readAllBytes();
            asked.add(request.getRequestURI().toString());
            request.close();
        })) {
            Clients clients = ClientExample.clients(
                    Map.of(
                            "gateway",
                            ClientExample.askedAt(server.address() + "/token")
                                    .dialect(DialectName.RFC7523)
                                    .properties()),
                    Set.of());
            Client client = ClientExample.registeredIn(clients);
            TokenEndpoints endpoints =
                    new TokenEndpoints(clients, new Pauses(clock), new Alarms(new SimpleMeterRegistry()), clock);

            StepVerifier.create(new RetryingTokenSource(endpoints, clients::mayRepeat, Clock.systemUTC(), () -> 0)
                            .token(GrantExample.of(CallerExample.user("alice").token("a.b.c"))
                                    .client(client)
                                    .onBehalfOf()))
                    .expectError(ProblemException.class)
                    .verify(SOON);
        }
        assertThat(asked).hasSize(1);
    }

    /** And an assertion that went out, and was not answered, goes out once: a server takes one only once. */
    @Test
    void anAssertionGoesOverTheWireOnce() {
        List<String> asked = new CopyOnWriteArrayList<>();
        try (LoopbackServer server = LoopbackServer.handling(request -> {
            request.getRequestBody().readAllBytes();
            asked.add(request.getRequestURI().toString());
            request.close();
        })) {
            Clients clients = ClientExample.clients(
                    Map.of(
                            "gateway",
                            ClientExample.askedAt(server.address() + "/token")
                                    .dialect(DialectName.RFC7523)
                                    .properties()),
                    Set.of());
            Client client = ClientExample.registeredIn(clients);
            TokenEndpoints endpoints =
                    new TokenEndpoints(clients, new Pauses(clock), new Alarms(new SimpleMeterRegistry()), clock);

            StepVerifier.create(new RetryingTokenSource(endpoints, clients::mayRepeat, Clock.systemUTC(), () -> 0)
                            .token(ALICE.client(client).assertion("a.b.c")))
                    .expectError(ProblemException.class)
                    .verify(SOON);
        }
        assertThat(asked).containsExactly("/token");
    }

    private static boolean isNoAssertion(Grant grant) {
        return !(grant instanceof Grant.Assertion);
    }
}
