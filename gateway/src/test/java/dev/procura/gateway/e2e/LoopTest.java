package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;

/** APIs that call each other in circles through the gateway: what ends them, and who says which way a request came. */
@Timeout(60)
final class LoopTest {

    private static final String PSEUDONYM = "api.example.test:8443";

    /** Where a tier that nobody stops gives up by itself, so that a failing test ends. */
    private static final int GIVE_UP = 15;

    private static FakeAuthorizationServer server;
    private static RecordingTier tier;
    private static CallingTier calling;
    private static DisposableServer sockets;
    private static RunningGateway gateway;
    private static final List<String> handshakes = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        server = FakeAuthorizationServer.start();
        tier = RecordingTier.start();
        calling = new CallingTier();
        sockets = reactor.netty.http.server.HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> {
                    handshakes.addAll(request.requestHeaders().getAll("Via"));
                    // Until the other side ends: a goodbye could overtake what it stands behind.
                    return response.sendWebsocket((in, out) -> out.sendString(
                            Flux.concat(Flux.just("hello"), in.receive().asString())));
                })
                .bindNow();
        gateway = RunningGateway.start("""
                procura:
                  public-url: https://API.example.test:8443
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway, loop-api] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: secret }
                  routes:
                    - id: loop
                      path: /loop/**
                      uri: %2$s
                      require: { audiences: [gateway, loop-api] }
                      credential: { on-behalf-of: gateway, audience: loop-api }
                    - id: filtered
                      path: /filtered/**
                      uri: %2$s
                      require: { audiences: [gateway, loop-api] }
                      credential: { on-behalf-of: gateway, audience: loop-api }
                      filters: [ RemoveRequestHeader=Via, 'SetRequestHeader=Via,1.1 forged', 'AddRequestHeader=Via,1.1 added' ]
                    - id: open
                      path: /open/**
                      uri: %3$s
                      require: { caller: anyone }
                      credential: { none: true }
                    - id: sockets
                      path: /sockets/**
                      uri: http://127.0.0.1:%4$d
                      require: { caller: anyone }
                      credential: { none: true }
                  delegation: { max-actors: 4, max-hops: 3 }
                """.formatted(server.issuer(), calling.uri(), tier.uri(), sockets.port()));
        calling.gateway = gateway;
    }

    /** All but the gateway, which would take the connections of every other gateway in this process with it. */
    @AfterAll
    static void stop() {
        sockets.disposeNow();
        calling.close();
        tier.close();
        server.close();
    }

    @BeforeEach
    void forget() {
        server.reset();
        tier.reset();
        calling.reset();
        handshakes.clear();
    }

    /** The authorization server writes no {@code act}, so the tokens show nothing of it. */
    @ParameterizedTest
    @ValueSource(strings = {"/loop/1", "/filtered/1"})
    void aLoopEndsWhenARequestHasPassedMoreOftenThanTheSettingSays(String target) {
        HttpResponse<String> answer = gateway.get(target, server.userToken("ann"));

        assertProblem(answer, 508, "loop_detected");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isEmpty();
        // It may have passed three times already; with the fourth pass it is once too often.
        assertThat(calling.ways)
                .containsExactly(
                        List.of("1.1 " + PSEUDONYM),
                        List.of("1.1 " + PSEUDONYM + ", 1.1 " + PSEUDONYM),
                        List.of("1.1 " + PSEUDONYM + ", 1.1 " + PSEUDONYM + ", 1.1 " + PSEUDONYM),
                        List.of("1.1 " + PSEUDONYM + ", 1.1 " + PSEUDONYM + ", 1.1 " + PSEUDONYM + ", 1.1 "
                                + PSEUDONYM));
        assertThat(server.tokenRequests()).hasSize(4);
    }

    /** The limit that the pages name: nothing in a request shows what an API on its way has left out. */
    @Test
    void aLoopThroughATierThatDropsViaIsNotSeen() {
        calling.dropsVia = true;

        assertThat(gateway.get("/loop/1", server.userToken("ben")).statusCode()).isEqualTo(200);
        assertThat(calling.ways).hasSize(GIVE_UP);
    }

    @Test
    void aServerThatKeepsActEndsTheLoopAllTheSame() {
        calling.dropsVia = true;
        server.answering(request -> server.issue(request, claims -> {
            Map<String, Object> act = new LinkedHashMap<>(Map.of("sub", request.clientId()));
            Object before = actOf(request.get("subject_token"));
            if (before != null) {
                act.put("act", before);
            }
            claims.put("act", act);
            return claims;
        }));

        assertProblem(gateway.get("/loop/1", server.userToken("cleo")), 403, "caller_cannot_be_acted_for");
        assertThat(calling.ways).hasSize(4);
    }

    @Test
    void theWayBeforeIsKeptInOneField() {
        gateway.raw("GET /open/1 HTTP/1.1\r\nHost: x\r\nVia: 1.0 fred\r\nvia: HTTP/1.1 p.example.net (a, b)\r\n"
                + "Connection: close, Via\r\n\r\n");

        assertThat(tier.last().all("Via")).containsExactly("1.0 fred, HTTP/1.1 p.example.net (a, b), 1.1 " + PSEUDONYM);
    }

    @Test
    void theWaySaysByWhichVersionTheRequestCame() {
        gateway.raw("GET /open/1 HTTP/1.0\r\nHost: x\r\n\r\n");

        assertThat(tier.last().all("Via")).containsExactly("1.0 " + PSEUDONYM);
    }

    /** Before the token is looked at: it is not even valid. */
    @Test
    void aForgedWayHurtsItsSenderAlone() {
        String forged = "1.1 " + PSEUDONYM + ", ";

        HttpResponse<String> answer = gateway.get("/loop/1", "garbage", "Via", forged.repeat(4));

        assertProblem(answer, 508, "loop_detected");
        assertProblem(gateway.get("/open/1", "garbage", "Via", "1.1 x (never closed"), 508, "loop_detected");
        assertThat(server.tokenRequests()).isEmpty();
        assertThat(tier.received()).isEmpty();
        assertThat(gateway.get("/open/1", "garbage").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/open/1", "garbage", "Via", forged.repeat(3)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aWebSocketIsOpenedWithTheWayAndNotInALoop() {
        CompletableFuture<String> first = new CompletableFuture<>();

        WebSocket opened = open("1.0 fred", first).join();

        assertThat(first.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("hello");
        opened.abort();
        assertThat(handshakes).containsExactly("1.0 fred, 1.1 " + PSEUDONYM);

        CompletableFuture<WebSocket> looping = open(("1.1 " + PSEUDONYM + ", ").repeat(4), new CompletableFuture<>());
        assertThat(looping.handle((socket, failure) -> status(failure)).join()).isEqualTo(508);
        assertThat(handshakes).hasSize(1);
    }

    private static CompletableFuture<WebSocket> open(String via, CompletableFuture<String> first) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .header("Via", via)
                .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/sockets/1"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                        first.complete(text.toString());
                        return CompletableFuture.completedStage(null);
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                        first.completeExceptionally(new IllegalStateException("closed: " + code + " " + reason));
                        return CompletableFuture.completedStage(null);
                    }

                    @Override
                    public void onError(WebSocket socket, Throwable failure) {
                        first.completeExceptionally(failure);
                    }
                });
    }

    private static int status(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return ((WebSocketHandshakeException) cause).getResponse().statusCode();
    }

    private static @Nullable Object actOf(String token) {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet().getClaim("act");
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    /** An API that calls itself through the gateway again, with the token that it was given, and gives the answer back. */
    private static final class CallingTier implements AutoCloseable {

        private final HttpServer http;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final List<List<String>> ways = new CopyOnWriteArrayList<>();
        private volatile RunningGateway gateway;
        private volatile boolean dropsVia;

        CallingTier() throws IOException {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.setExecutor(threads);
            http.createContext("/", this::callAgain);
            http.start();
        }

        String uri() {
            return "http://127.0.0.1:" + http.getAddress().getPort();
        }

        void reset() {
            ways.clear();
            dropsVia = false;
        }

        private void callAgain(HttpExchange exchange) throws IOException {
            List<String> way = exchange.getRequestHeaders().get("Via");
            ways.add(List.copyOf(way));
            int status = 200;
            byte[] body = "tired".getBytes(StandardCharsets.UTF_8);
            if (ways.size() < GIVE_UP) {
                String token =
                        exchange.getRequestHeaders().getFirst("Authorization").substring("Bearer ".length());
                String[] headers = dropsVia ? new String[0] : new String[] {"Via", String.join(", ", way)};
                HttpResponse<String> answer =
                        gateway.get(exchange.getRequestURI().toString(), token, headers);
                status = answer.statusCode();
                body = answer.body().getBytes(StandardCharsets.UTF_8);
            }
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }

        @Override
        public void close() {
            http.stop(0);
            threads.shutdownNow();
        }
    }
}
