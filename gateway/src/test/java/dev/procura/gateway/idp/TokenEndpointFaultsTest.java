package dev.procura.gateway.idp;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Whatever happens to a server or on the way to it: soon an answer, the same one, and nothing of a token in it. */
@Timeout(60)
class TokenEndpointFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String SUBJECT = Jwts.of(Map.of("sub", "alice", "jti", "the-subject-token"));
    private static final String GOOD = "{\"access_token\":\"issued\",\"token_type\":\"Bearer\",\"expires_in\":300}";

    private static WireMockServer faulty;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CountDownLatch end = new CountDownLatch(1);

    @BeforeAll
    static void startServer() {
        faulty = new WireMockServer(wireMockConfig().dynamicPort().bindAddress("127.0.0.1"));
        faulty.start();
    }

    @AfterAll
    static void stopServer() {
        faulty.stop();
    }

    @BeforeEach
    void forget() {
        faulty.resetAll();
    }

    @AfterEach
    void letGo() {
        end.countDown();
    }

    private Mono<AccessToken> asking(ClientExample example) {
        Clients clients = ClientExample.clients(Map.of("gateway", example.properties()), Set.of());
        Client client = ClientExample.registeredIn(clients);
        return new TokenEndpoints(clients, new Pauses(MutableClock.at(NOW)), new Alarms(meters), MutableClock.at(NOW))
                .token(GrantExample.of(CallerExample.user("alice").token(SUBJECT))
                        .client(client)
                        .onBehalfOf());
    }

    private static ClientExample askedAt(String address) {
        return ClientExample.askedAt(address + "/token");
    }

    private ClientExample askedAtFaulty() {
        return askedAt("http://127.0.0.1:" + faulty.port());
    }

    private static ProblemException failure(Mono<AccessToken> answer) {
        return answer.<ProblemException>map(token -> {
                    throw new AssertionError("gave a token");
                })
                .onErrorResume(ProblemException.class, Mono::just)
                .blockOptional(SOON)
                .orElseThrow();
    }

    private void assertUnavailable(ClientExample client) {
        ProblemException failure = failure(asking(client));

        assertThat(failure.problem()).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
        assertThat(failure.reason())
                .contains("client=gateway")
                .doesNotContain(SUBJECT)
                .doesNotContain(ClientExample.SECRET)
                .doesNotContain("Z2F0ZXdheTpzM2NyZXQtd29yZA")
                .matches("[^\\p{Cc}\\p{Zl}\\p{Zp}]*");
        assertThat(meters.find("procura.alarms").counters())
                .as("a server that is away is no fault of ours")
                .isEmpty();
    }

    @Test
    void nobodyListensThere() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertUnavailable(askedAt("http://127.0.0.1:" + port));
    }

    @Test
    void theNameIsUnknown() {
        assertUnavailable(askedAt("https://procura-test.invalid"));
    }

    @Test
    void theServerSpeaksNoTls() {
        assertUnavailable(askedAt("https://127.0.0.1:" + faulty.port()));
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void theConnectionBreaks(Fault fault) {
        faulty.stubFor(any(anyUrl()).willReturn(aResponse().withFault(fault)));

        assertUnavailable(askedAtFaulty());

        assertThat(faulty.getAllServeEvents())
                .as("a broken connection is tried once more at most")
                .hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void theServerAnswersSomethingThatIsNoHttp() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> sayGarbage(socket));
            server.start();

            assertUnavailable(askedAt("http://127.0.0.1:" + socket.getLocalPort()));
        }
    }

    private static void sayGarbage(ServerSocket socket) {
        while (!socket.isClosed()) {
            try (var connection = socket.accept()) {
                connection
                        .getOutputStream()
                        .write(("220 " + SUBJECT + " mail ready\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                connection.getOutputStream().flush();
            } catch (IOException e) {
                // The client has gone, or the test is over.
            }
        }
    }

    @Test
    void theServerTakesTheQuestionAndNeverAnswers() {
        try (LoopbackServer server = LoopbackServer.handling(request -> end.await(60, TimeUnit.SECONDS))) {
            assertUnavailable(askedAt(server.address()).timeout(Duration.ofMillis(200)));
        }
    }

    @Test
    void theServerNeverEndsItsAnswer() {
        try (LoopbackServer server = LoopbackServer.handling(request -> {
            request.sendResponseHeaders(200, 0);
            request.getResponseBody().write('{');
            request.getResponseBody().flush();
            end.await(60, TimeUnit.SECONDS);
        })) {
            assertUnavailable(askedAt(server.address()).timeout(Duration.ofMillis(200)));
        }
    }

    @Test
    void theServerSendsItsAnswerInDropsThatNeverEnd() {
        try (LoopbackServer server = LoopbackServer.handling(request -> {
            request.sendResponseHeaders(200, 0);
            while (end.getCount() > 0) {
                request.getResponseBody().write(' ');
                request.getResponseBody().flush();
                end.await(20, TimeUnit.MILLISECONDS);
            }
        })) {
            assertUnavailable(askedAt(server.address()).timeout(Duration.ofMillis(300)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512 * 1024 + 1, 5 * 1024 * 1024})
    void theAnswerIsTooLong(int length) {
        faulty.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200).withBody(new byte[length])));

        assertUnavailable(askedAtFaulty());
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 429})
    void theServerIsBusyOrBroken(int status) {
        faulty.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status).withBody(GOOD)));

        assertUnavailable(askedAtFaulty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]x", "<html>Sign in</html>", "{\"access_token\":"})
    void somethingElseAnswersInItsPlace(String body) {
        faulty.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200).withBody(body)));

        assertUnavailable(askedAtFaulty());
    }

    @Test
    void aServerThatComesBackIsAskedAtOnce() {
        Mono<AccessToken> question = asking(askedAtFaulty());
        faulty.stubFor(any(anyUrl()).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
        failure(question);
        faulty.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200).withBody(GOOD)));

        assertThat(question.block(SOON)).isNotNull();
    }

    @Test
    void whoGivesUpEndsHisOwnQuestionAndTheNextOneWorks() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (LoopbackServer server = LoopbackServer.handling(request -> {
            if (asked.getCount() > 0) {
                asked.countDown();
                end.await(60, TimeUnit.SECONDS);
            } else {
                LoopbackServer.answer(request, 200, GOOD);
            }
        })) {
            Mono<AccessToken> question = asking(askedAt(server.address()).maxInFlight(1));
            var impatient = question.subscribe();
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            impatient.dispose();

            assertThat(question.block(SOON)).isNotNull();
        }
    }
}
