package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;
import reactor.core.publisher.Flux;

/** RFC 8705 section 2: the certificate of the connection proves the client, the form names it. */
final class TlsClientAuthTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String ISSUED = "{\"access_token\":\"issued\",\"token_type\":\"Bearer\"}";

    private static TestKey serverKey;
    private static TestKey elsewhere;
    private static TestKey first;
    private static TestKey second;

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final AskingClient asking = new AskingClient();
    private final MutualTlsServer server = new MutualTlsServer(serverKey, request -> {
        received.add(Received.of(request));
        if (request.getRequestURI().getPath().equals("/held")) {
            arrived.countDown();
            held.await(20, TimeUnit.SECONDS);
        }
        LoopbackServer.answer(request, 200, ISSUED);
    });

    @BeforeAll
    static void makeKeys() {
        serverKey = TestKey.ofServer("127.0.0.1");
        elsewhere = TestKey.ofServer("127.0.0.2");
        first = TestKey.rsa(2048);
        second = TestKey.p256();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Clients clients(String path) {
        return asking.clientOf(
                "token-uri: '" + server.address() + path + "', authentication: tls-client-auth, ssl-bundle: client");
    }

    private void registered() {
        asking.bundles.registerBundle("client", first.bundleTrusting(serverKey));
    }

    private AccessToken token(Clients clients) {
        return asking.ask(clients).blockOptional(SOON).orElseThrow();
    }

    private Problem failure(Clients clients) {
        return asking.ask(clients)
                .<Problem>map(token -> {
                    throw new AssertionError("gave a token");
                })
                .onErrorResume(ProblemException.class, problem -> reactor.core.publisher.Mono.just(problem.problem()))
                .blockOptional(SOON)
                .orElseThrow();
    }

    private List<X509Certificate> shown() {
        return received.stream()
                .map(request -> (X509Certificate) request.certificates().get(0))
                .toList();
    }

    @Test
    void theCertificateIsShownAndTheFormNamesTheClient() {
        registered();

        token(clients("/token"));

        assertThat(shown()).containsExactly(first.certificate());
        assertThat(received.get(0).authorization()).isEmpty();
        assertThat(received.get(0).added()).isEqualTo(Map.of("client_id", "gateway"));
    }

    @Test
    void aServerThatTheBundleDoesNotTrustGetsNothing() {
        asking.bundles.registerBundle("client", first.bundleTrusting(elsewhere));

        assertThat(failure(clients("/token"))).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
        assertThat(received).isEmpty();
    }

    @Test
    void withoutTrustOfItsOwnTheBundleTrustsWhomTheJvmTrusts() {
        asking.bundles.registerBundle("client", first.bundle());

        assertThat(failure(clients("/token"))).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
        assertThat(received).isEmpty();
    }

    @Test
    void aTrustedCertificateOfAnotherAddressIsNoneOfThisServer() {
        asking.bundles.registerBundle("client", first.bundleTrusting(elsewhere));
        try (MutualTlsServer wrong = new MutualTlsServer(elsewhere, request -> received.add(Received.of(request)))) {
            Clients clients = asking.clientOf(
                    "token-uri: '" + wrong.address() + "/token', authentication: tls-client-auth, ssl-bundle: client");

            assertThat(failure(clients)).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
            assertThat(received).isEmpty();
        }
    }

    /** In TLS 1.3 the server says so after the client has begun to speak, in TLS 1.2 before. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aCertificateThatTheServerDoesNotTakeIsARefusalOfTheClient(String protocol) {
        SslBundle bundle = second.bundleTrusting(serverKey);
        asking.bundles.registerBundle(
                "client", SslBundle.of(bundle.getStores(), bundle.getKey(), SslOptions.of(null, Set.of(protocol))));
        try (ChoosyTlsServer choosy = new ChoosyTlsServer(serverKey, first)) {
            Clients clients = asking.clientOf(
                    "token-uri: '" + choosy.address() + "/token', authentication: tls-client-auth, ssl-bundle: client");

            assertThat(failure(clients)).isEqualTo(Problem.CLIENT_REFUSED);
            assertThat(choosy.requests()).isZero();
        }
    }

    @Test
    void anAliasForClientsWithACertificateIsAsked() {
        registered();
        String[] metadata = new String[1];
        try (LoopbackServer plain =
                LoopbackServer.handling(request -> LoopbackServer.answer(request, 200, metadata[0]))) {
            metadata[0] = """
                    {"issuer":"%1$s","token_endpoint":"%1$s/token",
                     "mtls_endpoint_aliases":{"token_endpoint":"%2$s/mtls/token"}}
                    """.formatted(plain.address(), server.address());
            Clients clients = asking.clientOf(
                    "issuer: '" + plain.address() + "', authentication: tls-client-auth, ssl-bundle: client");

            token(clients);

            assertThat(shown()).containsExactly(first.certificate());
        }
    }

    /** Otherwise the request would leave without any proof of the client. */
    @Test
    void aDiscoveredEndpointWithoutTlsIsNotAsked() {
        registered();
        List<String> asked = new CopyOnWriteArrayList<>();
        String[] metadata = new String[1];
        try (LoopbackServer plain = LoopbackServer.handling(request -> {
            asked.add(request.getRequestMethod());
            LoopbackServer.answer(request, 200, metadata[0]);
        })) {
            metadata[0] = "{\"issuer\":\"%1$s\",\"token_endpoint\":\"%1$s/token\"}".formatted(plain.address());
            Clients clients = asking.clientOf(
                    "issuer: '" + plain.address() + "', authentication: tls-client-auth, ssl-bundle: client");

            assertThat(failure(clients)).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE);
            assertThat(asked).containsExactly("GET");
        }
    }

    @Test
    void anIntrospectionEndpointSeesTheCertificateToo() {
        registered();

        clients("/token")
                .create("key", "corp", "gateway", URI.create(server.address() + "/introspect"))
                .ask(TokenValue.of("opaque"))
                .blockOptional(SOON)
                .orElseThrow();

        assertThat(shown()).containsExactly(first.certificate());
        assertThat(received.get(0).form())
                .isEqualTo(Map.of("token", "opaque", "token_type_hint", "access_token", "client_id", "gateway"));
    }

    @Test
    void aConnectionIsUsedAgainAsLongAsTheCertificateIsTheSame() {
        registered();
        Clients clients = clients("/token");

        for (int i = 0; i < 20; i++) {
            token(clients);
        }

        // A connection is back in the pool a moment after the answer: not every request finds it there.
        assertThat(received.stream().map(Received::connection).distinct()).hasSizeLessThan(20);
    }

    @Test
    void aNewCertificateIsShownByTheNextRequestAndNoneFails() {
        registered();
        Clients clients = clients("/token");

        List<AccessToken> tokens = Flux.range(0, 400)
                .flatMap(
                        i -> {
                            if (i == 200) {
                                asking.bundles.updateBundle("client", second.bundleTrusting(serverKey));
                            }
                            return asking.ask(clients);
                        },
                        16)
                .collectList()
                .blockOptional(SOON)
                .orElseThrow();

        assertThat(tokens).hasSize(400);
        assertThat(shown()).contains(first.certificate());
        received.clear();
        token(clients);
        assertThat(shown()).containsExactly(second.certificate());
    }

    @Test
    void aRequestThatIsUnderWayEndsOnItsOldConnection() throws Exception {
        registered();
        Clients clients = clients("/held");
        CompletableFuture<AccessToken> waiting = asking.ask(clients).toFuture();
        assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();

        asking.bundles.updateBundle("client", second.bundleTrusting(serverKey));
        held.countDown();

        assertThat(waiting.get(20, TimeUnit.SECONDS)).isNotNull();
        token(clients);
        assertThat(shown()).containsExactly(first.certificate(), second.certificate());
    }

    @Test
    void aCertificateOfAnotherKeyChangesNothing() {
        registered();
        Clients clients = clients("/token");

        asking.bundles.updateBundle("client", second.withCertificateOf(first).bundleTrusting(serverKey));
        token(clients);

        assertThat(shown()).containsExactly(first.certificate());
    }
}
