package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.testkit.Background;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.HintingTier;
import dev.procura.gateway.testkit.LoopbackProxy;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import dev.procura.gateway.testkit.StreamingTier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.netty.http.HttpProtocol;

/** Routes with {@code http2: true}: the other version of the protocol, and nothing else that anybody could see. */
@ExtendWith(OutputCaptureExtension.class)
final class Http2TierTest {

    private static final FakeAuthorizationServer SERVER = FakeAuthorizationServer.start();
    private static final TestKey KEY = TestKey.ofServer("127.0.0.1");
    private static final RecordingTier HTTP1 = RecordingTier.start();
    private static final RecordingTier HTTP2 = RecordingTier.startHttp2();
    private static final RecordingTier TLS = RecordingTier.startTls(KEY, HttpProtocol.H2, HttpProtocol.HTTP11);
    private static final RecordingTier ONLY_HTTP1 = RecordingTier.startTls(KEY, HttpProtocol.HTTP11);
    private static final StreamingTier SOCKETS = StreamingTier.start();

    private static final LoopbackProxy LINE =
            LoopbackProxy.to(URI.create(HTTP2.uri()).getPort());
    private static final LoopbackProxy NARROW =
            LoopbackProxy.to(URI.create(HTTP2.uri()).getPort(), 4 * 1024);
    private static final HintingTier LEAVING = HintingTier.startHttp2();

    private static final String CONFIGURATION = """
            spring.ssl.bundle.pem.tiers.truststore.certificate: |
              %7$s
            spring.cloud.gateway.server.webflux.httpclient: { ssl.ssl-bundle: tiers, connect-timeout: 1000 }
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
                  cookies: [locale]
                  limits: { timeout: 1s }
                - id: swift
                  path: /swift/**
                  uri: %3$s
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  cookies: [locale]
                  limits: { timeout: 1s, max-in-flight: 300 }
                - id: burst
                  path: /burst/**
                  uri: %3$s
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  limits: { max-in-flight: 300 }
                - id: single
                  path: /single/**
                  uri: %3$s
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  limits: { max-in-flight: 100 }
                - id: line
                  path: /line/**
                  uri: http://127.0.0.1:%8$d
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  limits: { timeout: 1s, max-in-flight: 1 }
                - id: brief
                  path: /brief/**
                  uri: http://127.0.0.1:%8$d
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  limits: { timeout: 200ms }
                - id: busy
                  path: /busy/**
                  uri: http://127.0.0.1:%8$d
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  limits: { timeout: 1s, max-in-flight: 100 }
                - id: narrow
                  path: /narrow/**
                  uri: http://127.0.0.1:%10$d
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  limits: { timeout: 1s, max-in-flight: 100 }
                - id: leaving
                  path: /leaving/**
                  uri: %9$s
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                  limits: { timeout: 3s, max-in-flight: 5 }
                - id: tls
                  path: /tls/**
                  uri: %4$s
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                - id: only-http1
                  path: /only-http1/**
                  uri: %5$s
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                - id: unaware
                  path: /unaware/**
                  uri: %3$s
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                - id: sockets
                  path: /sockets/**
                  uri: %6$s
                  http2: true
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
            """.formatted(
                    SERVER.issuer(),
                    HTTP1.uri(),
                    HTTP2.uri(),
                    TLS.tlsUri(),
                    ONLY_HTTP1.tlsUri(),
                    SOCKETS.uri(),
                    KEY.certificatePem().replace("\n", "\n  "),
                    LINE.port(),
                    LEAVING.uri(),
                    NARROW.port());

    private static final RunningGateway GATEWAY = RunningGateway.start(CONFIGURATION);

    /** Every request goes the full way: see HitPathTest. */
    private static final RunningGateway WHOLE =
            RunningGateway.start(CONFIGURATION, "--management.observations.enable.nothing=true");

    @BeforeEach
    void forget() {
        List.of(HTTP1, HTTP2, TLS, ONLY_HTTP1).forEach(RecordingTier::reset);
    }

    @AfterAll
    static void stop() {
        GATEWAY.close();
        WHOLE.close();
        List.of(HTTP1, HTTP2, TLS, ONLY_HTTP1).forEach(RecordingTier::close);
        SOCKETS.close();
        LINE.close();
        NARROW.close();
        LEAVING.close();
        SERVER.close();
    }

    @Test
    void noTierAndNoCallerCanTellTheVersionsApart() {
        Randomly.check(random -> {
            for (int run = 0; run < Randomly.rounds(100); run++) {
                String token = SERVER.userToken("user-" + random.nextInt(1_000_000));
                RawExchange raw = RawExchange.random(random, "/orders", token);
                if (raw.text().startsWith("HEAD /orders/head-and-cut")) {
                    // In HTTP/1.1 that answer is whole: nothing says that more was to come.
                    continue;
                }
                for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
                    gateway.get("/orders/1", token);

                    RawExchange.Exchanged http1 = raw.at(gateway, HTTP1);
                    RawExchange.Exchanged http2 = raw.on("/swift").at(gateway, HTTP2);

                    assertThat(http2).as(raw.toString()).isEqualTo(http1);
                }
            }
        });
    }

    @Test
    void aHundredRequestsShareAConnectionAlsoWhenNoneIsThereYet() {
        String token = SERVER.userToken("abe");
        GATEWAY.get("/orders/1", token);
        int before = HTTP2.connections();

        List<CompletableFuture<HttpResponse<String>>> all = IntStream.range(0, 250)
                .mapToObj(i -> GATEWAY.sendAsync(GATEWAY.request("/burst/download/100000")
                        .header("Authorization", "Bearer " + token)
                        .build()))
                .toList();

        assertThat(all).allSatisfy(answer -> assertThat(answer.join().body()).hasSize(100_000));
        assertThat(HTTP2.connections()).isLessThanOrEqualTo(before + 3);
    }

    /** The API may send as much as the connection has room for; what he leaves there must not be all of it. */
    @Test
    void aCallerWhoDoesNotReadHoldsUpNobodyElseOnTheConnection() throws Exception {
        String token = SERVER.userToken("bea");
        GATEWAY.get("/single/1", token);
        Socket lazy = beginning("/single/download/50000000", token);

        for (int i = 0; i < 20; i++) {
            assertThat(GATEWAY.sendAsync(GATEWAY.request("/single/download/500000")
                                    .header("Authorization", "Bearer " + token)
                                    .build())
                            .get(20, TimeUnit.SECONDS)
                            .body())
                    .hasSize(500_000);
        }
        lazy.close();
    }

    @Test
    void aTierThatIsSlowOrBreaksOffCostsThatRequestAlone() {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String token = SERVER.userToken("cal");
            gateway.get("/swift/1", token);

            assertThat(gateway.get("/swift/slow", token).statusCode()).isEqualTo(504);
            assertThat(gateway.get("/swift/cut", token).statusCode()).isEqualTo(502);
            assertThat(gateway.get("/swift/1", token).statusCode()).isEqualTo(200);
        }
    }

    /** Three at once, because each takes its seconds: a connection for each route, and all of them have died. */
    @Test
    void aConnectionThatHasDiedWithoutAWordIsGivenUp() {
        String token = SERVER.userToken("ina");
        for (String route : List.of("/line/1", "/brief/1", "/busy/1")) {
            assertThat(GATEWAY.get(route, token).statusCode()).isEqualTo(200);
        }

        LINE.forgetConnections();

        CompletableFuture.allOf(
                        Background.run(() -> isGivenUpWhereRequestsWait("/line/1", token)),
                        // The silence counts, not how long one request has waited.
                        Background.run(() -> isGivenUpWhereRequestsWait("/brief/1", token)),
                        Background.run(() -> isGivenUpWhereRequestsNeverPause("/busy/1", token)))
                .join();
    }

    private static void isGivenUpWhereRequestsWait(String target, String token) {
        assertThat(GATEWAY.get(target, token).statusCode()).isEqualTo(504);
        patiently().until(() -> GATEWAY.get(target, token).statusCode() == 200);
    }

    /** Netty would let the requests on it come to their end first, and others join them meanwhile. */
    private static void isGivenUpWhereRequestsNeverPause(String target, String token) {
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        patiently().pollInterval(Duration.ofMillis(50)).until(() -> {
            sent.add(GATEWAY.sendAsync(GATEWAY.request(target)
                    .header("Authorization", "Bearer " + token)
                    .build()));
            return sent.stream()
                    .anyMatch(answer -> answer.isDone() && answer.join().statusCode() == 200);
        });
    }

    /** What is dead is known after connect-timeout and 5 seconds. */
    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(25));
    }

    @Test
    void aDeadConnectionIsGivenUpAlsoWhereThePingCannotLeave() {
        String token = SERVER.userToken("pam");
        assertThat(GATEWAY.get("/narrow/1", token).statusCode()).isEqualTo(200);
        String much = "x".repeat(60_000);

        NARROW.goSilent();
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 80)
                .mapToObj(i -> GATEWAY.sendAsync(GATEWAY.request("/narrow/1")
                        .header("Authorization", "Bearer " + token)
                        .header("X-Much", much)
                        .build()))
                .toList();
        sent.forEach(answer -> assertThat(answer.join().statusCode()).isIn(502, 504));

        patiently().until(() -> {
            GATEWAY.get("/narrow/1", token);
            return NARROW.accepted() > 1;
        });
        NARROW.forgetConnections();
        patiently().until(() -> GATEWAY.get("/narrow/1", token).statusCode() == 200);
    }

    /** Nobody else might ever close it, and its place in the pool would be gone. */
    @Test
    void aConnectionThatTakesNoOtherRequestIsClosedAfterTheLastOfItsOwn() throws Exception {
        String token = SERVER.userToken("quin");
        GATEWAY.get("/leaving/1", token);
        int before = LEAVING.open();
        for (int i = 0; i < 12; i++) {
            assertThat(GATEWAY.sendAsync(GATEWAY.request("/leaving/farewell/" + i)
                                    .header("Authorization", "Bearer " + token)
                                    .build())
                            .get(20, TimeUnit.SECONDS)
                            .body())
                    .isEqualTo("/leaving/farewell/" + i);
        }
        await().until(() -> LEAVING.open() <= before);
    }

    @Test
    void aConnectionOnWhichNobodyEverSpeaksIsGivenUp() {
        String token = SERVER.userToken("jon");
        GATEWAY.get("/orders/1", token);
        LINE.cut();
        LINE.goSilent();
        assertThat(GATEWAY.get("/line/1", token).statusCode()).isIn(502, 504);

        LINE.forgetConnections();

        patiently().until(() -> GATEWAY.get("/line/1", token).statusCode() == 200);
    }

    @Test
    void anAnswerThatGoesOnOnAConnectionThatTakesNoOtherHoldsUpNobody() throws Exception {
        String token = SERVER.userToken("kit");
        GATEWAY.get("/leaving/1", token);
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            open.add(beginning("/leaving/last", token));

            assertThat(GATEWAY.sendAsync(GATEWAY.request("/leaving/2")
                                    .header("Authorization", "Bearer " + token)
                                    .build())
                            .get(20, TimeUnit.SECONDS)
                            .statusCode())
                    .isEqualTo(200);
        }
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** RFC 9113 section 8.7: it has not been looked at, so even a POST may come again. */
    @ParameterizedTest
    @CsvSource({
        "refused, GET", "refused, HEAD", "refused, POST", "refused, DELETE",
        "late, GET", "late, HEAD", "late, POST", "late, DELETE"
    })
    void aRequestThatTheTierHasNotLookedAtIsSentAgain(String how, String method) {
        String token = SERVER.userToken("lea");
        GATEWAY.get("/orders/1", token);
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String target = "/leaving/" + how + "/" + UUID.randomUUID();

            HttpResponse<String> answer = gateway.send(gateway.request(target)
                    .header("Authorization", "Bearer " + token)
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(method.equals("HEAD") ? "" : target);
            assertThat(LEAVING.seen(target)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"refused, POST, body, 1", "late, PUT, body, 1", "unwanted, GET, '', 2", "broken, GET, '', 1"})
    void aRequestThatCannotBeSentAgainOrWasAlreadyIs502(String how, String method, String body, int times) {
        String token = SERVER.userToken("mia");
        GATEWAY.get("/orders/1", token);
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String target = "/leaving/" + how + "/" + UUID.randomUUID();

            HttpResponse<String> answer = gateway.send(gateway.request(target)
                    .header("Authorization", "Bearer " + token)
                    .method(
                            method,
                            body.isEmpty()
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(body))
                    .build());

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(LEAVING.seen(target)).isEqualTo(times);
        }
    }

    /** The tier has done nothing yet; for a caller who was revoked meanwhile it must not. */
    @Test
    void aRequestOfACallerWhoWasRevokedMeanwhileIsNotSentAgain() {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String user = "sue-" + UUID.randomUUID();
            String token = SERVER.userToken(user);
            gateway.get("/orders/1", token);
            String target = "/leaving/held/" + UUID.randomUUID();
            CompletableFuture<HttpResponse<String>> answer = gateway.sendAsync(gateway.request(target)
                    .header("Authorization", "Bearer " + token)
                    .DELETE()
                    .build());
            await().until(() -> LEAVING.seen(target) == 1);

            gateway.bean(Revocations.class)
                    .add(new Revocation(
                            new Revocation.What.Subject(SERVER.issuer(), user),
                            Instant.now().plusSeconds(1),
                            Instant.now().plusSeconds(3600)));

            assertThat(answer.join().body()).contains("token_revoked");
            assertThat(LEAVING.seen(target)).isEqualTo(1);
        }
    }

    /** What the API says then contradicts what it said before; the caller must not take half an answer for a whole one. */
    @ParameterizedTest
    @ValueSource(strings = {"changed", "changed-short"})
    void aRequestWhoseAnswerHasBegunIsNotSentAgain(String how, CapturedOutput output) {
        String token = SERVER.userToken("rex");
        GATEWAY.get("/orders/1", token);
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String target = "/leaving/" + how + "/" + UUID.randomUUID();

            Integer status = gateway.sendAsync(gateway.request(target)
                            .header("Authorization", "Bearer " + token)
                            .build())
                    .orTimeout(20, TimeUnit.SECONDS)
                    .handle((answer, failure) -> failure == null ? answer.statusCode() : null)
                    .join();

            assertThat(status).as("broken off, or a problem").isIn(null, 502);
            assertThat(LEAVING.seen(target)).isEqualTo(1);
        }
        // What is released twice is somebody else's memory.
        assertThat(output.getAll()).doesNotContain("IllegalReferenceCountException");
    }

    /** A request whose answer has begun; whoever has it reads no more of it. */
    private static Socket beginning(String target, String token) throws IOException {
        Socket lazy = new Socket();
        lazy.setReceiveBufferSize(4096);
        lazy.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), GATEWAY.port()));
        lazy.getOutputStream()
                .write(("GET " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(lazy.getInputStream().read()).isEqualTo('H');
        return lazy;
    }

    /** The names under which Netty keeps what HTTP/1.1 has no header for. */
    @Test
    void aCallersHeadersHaveNoSayInTheRequestLine() {
        for (RunningGateway gateway : List.of(GATEWAY, WHOLE)) {
            String token = SERVER.userToken("dot");
            gateway.get("/swift/1", token);
            HTTP2.reset();

            HttpResponse<String> answer = gateway.get(
                    "/swift/2",
                    token,
                    "X-Http2-Scheme",
                    "ftp",
                    "X-Http2-Path",
                    "/orders/9",
                    "X-Http2-Stream-Id",
                    "7",
                    "X-Http2-Stream-Weight",
                    "1",
                    "X-Http2-Stream-Dependency-Id",
                    "1",
                    "X-Http2-Stream-Promise-Id",
                    "2",
                    "X-Http2-Protocol",
                    "websocket");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("x-http2"));
            assertThat(HTTP2.last().target()).isEqualTo("/swift/2");
            assertThat(HTTP2.last().header("Host"))
                    .hasValue(URI.create(HTTP2.uri()).getAuthority());
            assertThat(HTTP2.last().header("X-Http2-Scheme")).as("of :scheme").hasValue("http");
            assertThat(HTTP2.last().everything()).doesNotContain("ftp").doesNotContain("/orders/9");
        }
    }

    @Test
    void overTlsTheVersionIsAgreedOn() {
        String token = SERVER.userToken("eli");

        assertThat(GATEWAY.get("/tls/1", token).statusCode()).isEqualTo(200);
        assertThat(GATEWAY.get("/tls/1", token).statusCode()).isEqualTo(200);
    }

    @Test
    void anApiThatDoesNotSpeakItIsNotSpokenToInAnotherVersion() {
        String token = SERVER.userToken("fred");

        assertThat(GATEWAY.get("/only-http1/1", token).statusCode()).isEqualTo(502);
        assertThat(GATEWAY.get("/unaware/1", token).statusCode()).isEqualTo(502);
        assertThat(ONLY_HTTP1.received()).isEmpty();
        assertThat(HTTP2.received()).isEmpty();
    }

    @Test
    void aWebSocketOnSuchARouteIsOpenedWithHttp11() {
        String token = SERVER.userToken("gil");

        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://127.0.0.1:" + GATEWAY.port() + "/sockets/ws"), new WebSocket.Listener() {})
                .join();
        await().until(() -> SOCKETS.open() == 1);
        socket.abort();
    }
}
