package dev.procura.gateway.idp;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Where a client without a token-uri asks: what its issuer says, remembered for a while and found again after a fault. */
class DiscoveredEndpointTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String OPENID = "/realms/corp/.well-known/openid-configuration";
    private static final String RFC8414 = "/.well-known/oauth-authorization-server/realms/corp";

    private static WireMockServer server;

    private VirtualTimeScheduler time;
    private String issuer;

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
    void begin() {
        server.resetAll();
        time = VirtualTimeScheduler.getOrSet();
        issuer = "http://127.0.0.1:" + server.port() + "/realms/corp";
        server.stubFor(post("/token").willReturn(okJson("{\"access_token\":\"issued\",\"token_type\":\"Bearer\"}")));
    }

    @AfterEach
    void endVirtualTime() {
        VirtualTimeScheduler.reset();
    }

    private Mono<AccessToken> question() {
        Clients clients = ClientExample.clients(
                Map.of("gateway", ClientExample.keycloak(issuer).properties()), Set.of());
        Client client = ClientExample.registeredIn(clients);
        return new TokenEndpoints(
                        clients,
                        new Pauses(MutableClock.at(NOW)),
                        new Alarms(new SimpleMeterRegistry()),
                        MutableClock.at(NOW))
                .token(GrantExample.ofAlice().client(client).onBehalfOf());
    }

    private String metadata(String endpoint) {
        return "{\"issuer\":\"" + issuer + "\",\"token_endpoint\":" + endpoint + "}";
    }

    private String goodMetadata() {
        return metadata("\"http://127.0.0.1:" + server.port() + "/token\"");
    }

    private static void assertGives(Mono<AccessToken> question) {
        assertThat(question.block(SOON)).isNotNull();
    }

    private static void assertUnavailable(Mono<AccessToken> question) {
        ProblemException failure = question.<ProblemException>map(token -> {
                    throw new AssertionError("gave a token");
                })
                .onErrorResume(ProblemException.class, Mono::just)
                .blockOptional(SOON)
                .orElseThrow();
        assertThat(failure.problem()).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
    }

    private static int fetches() {
        return server.findAll(getRequestedFor(urlMatching(".*"))).size();
    }

    @Test
    void asksWhereTheIssuerSays() {
        server.stubFor(get(OPENID).willReturn(okJson(goodMetadata())));

        assertGives(question());

        server.verify(1, postRequestedFor(urlEqualTo("/token")));
        assertThat(fetches()).isEqualTo(1);
    }

    @Test
    void looksInTheOtherPlaceWhereTheFirstIsEmpty() {
        server.stubFor(get(RFC8414).willReturn(okJson(goodMetadata())));

        assertGives(question());
    }

    @Test
    void asksTheIssuerOnceAnHour() {
        server.stubFor(get(OPENID).willReturn(okJson(goodMetadata())));
        Mono<AccessToken> question = question();

        assertGives(question);
        assertGives(question);
        time.advanceTimeBy(Duration.ofMinutes(59));
        assertGives(question);
        assertThat(fetches()).isEqualTo(1);

        time.advanceTimeBy(Duration.ofMinutes(1));
        assertGives(question);
        assertThat(fetches()).isEqualTo(2);
    }

    @Test
    void manyAtOnceAskTheIssuerOnce() {
        server.stubFor(get(OPENID).willReturn(okJson(goodMetadata())));
        Mono<AccessToken> question = question();

        assertThat(Flux.merge(IntStream.range(0, 50).mapToObj(i -> question).toList())
                        .collectList()
                        .block(SOON))
                .hasSize(50);

        assertThat(fetches()).isEqualTo(1);
    }

    @Test
    void anIssuerThatIsAwayIsAskedAgainASecondLater() {
        server.stubFor(get(OPENID).willReturn(aResponse().withStatus(503)));
        Mono<AccessToken> question = question();
        assertUnavailable(question);
        server.stubFor(get(OPENID).willReturn(okJson(goodMetadata())));

        assertUnavailable(question);
        assertThat(fetches()).as("not at every question").isEqualTo(1);

        time.advanceTimeBy(Duration.ofSeconds(1));
        assertGives(question);
        assertThat(fetches()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "7",
                "\"\"",
                "\"/token\"",
                "\"http://id.example.com/token\"",
                "\"ftp://127.0.0.1/token\"",
                "\"https://user:pass@127.0.0.1/token\"",
                "\"https://127.0.0.1/token#x\"",
                "[\"https://127.0.0.1/token\"]",
                "\"not an address\""
            })
    void anAddressThatMayNotBeCalledIsNotCalled(String endpoint) {
        server.stubFor(get(OPENID).willReturn(okJson(metadata(endpoint))));

        assertUnavailable(question());

        server.verify(0, postRequestedFor(urlMatching(".*")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "[]", "", "<html>", "{}", "{\"issuer\":7}", "{\"issuer\":\"https://evil.example.com\"}"})
    void aDocumentOfSomebodyElseIsNotBelieved(String document) {
        String beside = document.startsWith("{\"issuer\"")
                ? document.replace("}", ",\"token_endpoint\":\"http://127.0.0.1:" + server.port() + "/token\"}")
                : document;
        server.stubFor(get(OPENID).willReturn(okJson(beside)));

        assertUnavailable(question());

        server.verify(0, postRequestedFor(urlMatching(".*")));
    }

    @Test
    void noRedirectOfTheMetadataIsFollowed() {
        server.stubFor(get(OPENID).willReturn(aResponse().withStatus(302).withHeader("Location", "/elsewhere")));
        server.stubFor(get("/elsewhere").willReturn(okJson(goodMetadata())));

        assertUnavailable(question());

        server.verify(0, getRequestedFor(urlEqualTo("/elsewhere")));
    }

    @Test
    void aBrokenConnectionToTheMetadataIsAServerThatIsAway() {
        server.stubFor(get(OPENID).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));

        assertUnavailable(question());
    }
}
