package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocation.What;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.RunningGateway;
import dev.procura.gateway.testkit.StreamingTier;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lives long ends when its caller is revoked, and streams end with their tokens. */
@Timeout(60)
class LiveRequestsTest {

    private static final String EVENTS = "/type/text/event-stream";
    private static final String DOWNLOAD = "/type/application/octet-stream";

    private static final MutableClock CLOCK = MutableClock.at(Instant.now());
    private static final FakeAuthorizationServer SERVER = FakeAuthorizationServer.start();
    private static final StreamingTier TIER = StreamingTier.start();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final RunningGateway GATEWAY =
            RunningGateway.start(CLOCK, """
                procura:
                  issuers:
                    corp: { issuer: "%1$s", audiences: [gateway, orders-api] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: s3cr3t }
                    orders: { issuer: "%1$s", dialect: rfc8693, client-id: orders-api, client-secret: s3cr3t }
                  routes:
                    - id: live
                      path: /live/**
                      uri: %2$s
                      require: { audiences: [gateway] }
                      credential: { on-behalf-of: gateway, audience: live-api }
                    - id: legacy
                      path: /legacy/**
                      uri: %2$s
                      require: { audiences: [gateway] }
                      credential: { pass-through: true }
                    - id: public
                      path: /public/**
                      uri: %2$s
                      require: { caller: anyone }
                      credential: { none: true }
                    - id: inventory
                      tier: 2
                      path: /inventory/**
                      uri: %2$s
                      require: { audiences: [orders-api], actor-token: true }
                      credential: { on-behalf-of: orders, audience: inventory-api }
                """.formatted(SERVER.issuer(), TIER.uri()), "--server.shutdown=immediate");

    private static int tests;

    private double revokedBefore;
    private double outlivedBefore;

    /** What earlier tests have revoked was issued before. */
    @BeforeEach
    void aNewDay() {
        CLOCK.set(Instant.now().plusSeconds(2L * ++tests));
        revokedBefore = counted("revoked");
        outlivedBefore = counted("token_ended");
    }

    @AfterEach
    void nothingIsLeft() {
        SERVER.reset();
        TIER.reset();
        patiently().until(() -> live() == 0 && TIER.open() == 0);
    }

    @AfterAll
    static void stop() {
        GATEWAY.close();
        TIER.close();
        SERVER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/live", "/legacy"})
    void theRevokedLoseTheirStreamsAndSocketsAndNobodyElseDoes(String route) {
        Answer alices = open(route + EVENTS, token("alice"));
        Answer bobs = open(route + EVENTS, token("bob"));
        Talk aliceTalks = talk(route + "/ws", token("alice"));
        Talk bobTalks = talk(route + "/ws", token("bob"));
        patiently().until(() -> live() == 4);

        revoke(new What.Subject(SERVER.issuer(), "alice"));

        alices.isBroken();
        patiently().until(() -> aliceTalks.closed == 1008);
        patiently()
                .until(() ->
                        live() == 2 && TIER.open() == 2 && !TIER.closeCodes().isEmpty());
        TIER.say("more\n");
        patiently()
                .until(() -> bobs.text().endsWith("more\n") && bobTalks.text().endsWith("more\n"));
        bobTalks.say("still there");
        patiently().until(() -> bobTalks.text().endsWith("STILL THERE"));
        assertThat(alices.text() + aliceTalks.text()).doesNotContain("more");
        assertThat(bobs.whole).isNotDone();
        assertThat(ended("revoked")).isEqualTo(2);
    }

    @Test
    void oneSessionEndsAndTheOtherOfTheSamePersonGoesOn() {
        Answer phone = open("/live" + EVENTS, token(Map.of("sub", "alice", "sid", "phone")));
        Answer laptop = open("/live" + EVENTS, token(Map.of("sub", "alice", "sid", "laptop")));

        revoke(new What.Session(SERVER.issuer(), "phone"));

        phone.isBroken();
        TIER.say("more\n");
        patiently().until(() -> laptop.text().endsWith("more\n"));
    }

    @Test
    void whatAnActorWasDoingForOthersEndsWithTheActor() {
        Map<String, Object> orders = Map.of("sub", "orders-api", "client_id", "orders-api");
        Answer answer = open(
                "/inventory" + EVENTS,
                token(Map.of("sub", "alice", "aud", "orders-api", "client_id", "gateway")),
                "Actor-Token",
                token(orders));

        revoke(new What.Client(SERVER.issuer(), "orders-api"));

        answer.isBroken();
    }

    @Test
    void aDownloadThatIsCutCannotBeTakenForWhole() throws IOException {
        Answer download = open("/live" + DOWNLOAD, token("alice"));
        // To HTTP/1.0, the end of the connection is the end of the answer: only a reset says that it is not.
        try (Socket old = new Socket(InetAddress.getLoopbackAddress(), GATEWAY.port())) {
            old.setSoTimeout(10_000);
            String raw = "GET /live" + DOWNLOAD + " HTTP/1.0\r\nHost: gateway\r\nAuthorization: Bearer "
                    + token("alice") + "\r\n\r\n";
            old.getOutputStream().write(raw.getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(old.getInputStream(), StandardCharsets.US_ASCII));
            // Only whoever listens already hears what is said.
            readUntil(answer, "open");
            patiently().until(() -> live() == 2 && TIER.open() == 2);
            TIER.say("piece\n");
            readUntil(answer, "piece");

            revoke(What.Everything.EVERYTHING);

            download.isBroken();
            assertThatThrownBy(() -> readToTheEnd(answer)).isInstanceOf(SocketException.class);
        }
        patiently().until(() -> live() == 0 && TIER.open() == 0);
    }

    /** Past the head, and what there is of the body. */
    private static void readUntil(BufferedReader answer, String piece) throws IOException {
        while (!answer.readLine().contains(piece)) {
            // on
        }
    }

    private static void readToTheEnd(BufferedReader answer) throws IOException {
        while (answer.readLine() != null) {
            // whatever it is
        }
    }

    @Test
    void noAnswerToTheRevokedBegins() {
        CompletableFuture<HttpResponse<String>> slow = send("/live/slow", token("alice"));
        CompletableFuture<HttpResponse<String>> bobs = send("/live/slow", token("bob"));
        patiently().until(() -> TIER.asked() == 2);

        revoke(new What.Subject(SERVER.issuer(), "alice"));
        TIER.finish();

        assertThat(slow.join().statusCode()).isEqualTo(401);
        assertThat(slow.join().body()).contains("\"token_revoked\"").doesNotContain("late");
        assertThat(slow.join().headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("error=\"invalid_token\"");
        assertThat(bobs.join().body()).isEqualTo("late");
        patiently().until(() -> live() == 0);
    }

    @Test
    void aRequestThatIsRevokedBeforeItHasItsCredentialNeverReachesTheTier() {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        CompletableFuture<Void> answer = new CompletableFuture<>();
        SERVER.answering(request -> {
            asked.complete(null);
            answer.join();
            return SERVER.issue(request);
        });
        CompletableFuture<HttpResponse<String>> waiting = send("/live/slow", token("alice"));
        asked.join();

        revoke(new What.Subject(SERVER.issuer(), "alice"));
        answer.complete(null);

        assertThat(waiting.join().body()).contains("\"token_revoked\"");
        assertThat(TIER.asked()).isZero();
    }

    /** Its head has not been passed on, so there is nothing to abort: clients ask again, and are told why not. */
    @Test
    void aStreamWithoutAFirstWordEndsToo() {
        CompletableFuture<String> revoked = silent(token("alice"));
        CompletableFuture<String> ending = silent(token("bob", Duration.ofMinutes(5)));
        patiently().until(() -> TIER.asked() == 2 && TIER.open() == 2);

        revoke(new What.Subject(SERVER.issuer(), "alice"));

        assertThat(revoked.join()).as("read to a reset").isEmpty();
        assertThat(ending).isNotDone();

        CLOCK.advance(Duration.ofMinutes(5));

        assertThat(ending.join()).as("read to a reset").isEmpty();
        patiently().until(() -> live() == 0 && TIER.open() == 0);
    }

    private static CompletableFuture<String> silent(String token) {
        String request = "GET /live/silent HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + token + "\r\n\r\n";
        // A thread for each: the common pool may have one for all.
        return CompletableFuture.supplyAsync(() -> GATEWAY.raw(request), task -> new Thread(task).start());
    }

    @Test
    void whoReadsNothingCannotKeepItsSocketOpen() throws IOException {
        try (Socket deaf = new Socket(InetAddress.getLoopbackAddress(), GATEWAY.port())) {
            deaf.setReceiveBufferSize(4096);
            String upgrade = "GET /live/ws HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Authorization: Bearer " + token("alice") + "\r\n\r\n";
            deaf.getOutputStream().write(upgrade.getBytes(StandardCharsets.US_ASCII));
            patiently().until(() -> live() == 1 && TIER.open() == 1);
            String much = "x".repeat(60_000);
            patiently().during(Duration.ofMillis(300)).until(() -> !TIER.trySay(much));

            revoke(new What.Subject(SERVER.issuer(), "alice"));

            patiently().until(() -> live() == 0 && TIER.open() == 0);
            byte[] emptyPing = {(byte) 0x89, (byte) 0x80, 0, 0, 0, 0};
            patiently().until(() -> isRefused(deaf, emptyPing));
        }
    }

    private static boolean isRefused(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/x-ndjson", "application/grpc-web+proto"})
    void streamsAndSocketsEndWithTheirTokens(String type) {
        Duration life = Duration.ofMinutes(5);
        Answer brief = open("/live/type/" + type, token("alice", life));
        Talk briefTalk = talk("/live/ws", token("alice", life));
        Answer longer = open("/live/type/" + type, token("alice", life.multipliedBy(2)));
        Talk longerTalk = talk("/live/ws", token("alice", life.multipliedBy(2)));
        patiently().until(() -> live() == 4);

        CLOCK.advance(life);

        brief.isBroken();
        patiently().until(() -> briefTalk.closed == 1008 && TIER.open() == 2);
        TIER.say("more\n");
        patiently()
                .until(() ->
                        longer.text().endsWith("more\n") && longerTalk.text().endsWith("more\n"));
        assertThat(ended("token_ended")).isEqualTo(2);
        assertThat(ended("revoked")).isZero();
    }

    @Test
    void aDownloadWhoseTokenEndsIsFinished() {
        Answer download = open("/live" + DOWNLOAD, token("alice", Duration.ofMinutes(5)));
        Answer stream = open("/live" + EVENTS, token("bob", Duration.ofMinutes(5)));

        CLOCK.advance(Duration.ofHours(1));
        stream.isBroken();
        TIER.finish();

        assertThat(download.whole.join().statusCode()).isEqualTo(200);
        assertThat(download.text()).isEqualTo("open\nend\n");
    }

    @Test
    void aStreamEndsWithTheTokenOfTheActor() {
        Answer answer = open(
                "/inventory" + EVENTS,
                token(Map.of("sub", "alice", "aud", "orders-api", "client_id", "gateway")),
                "Actor-Token",
                token(Map.of(
                        "sub", "orders-api",
                        "client_id", "orders-api",
                        "exp", CLOCK.instant().plusSeconds(60).getEpochSecond())));

        CLOCK.advance(Duration.ofSeconds(60));

        answer.isBroken();
    }

    @Test
    void whatIsOpenToAnyoneHasNoTokenToEnd() {
        Answer anyones = open("/public" + EVENTS, "");
        Answer alices = open("/live" + EVENTS, token("alice"));

        revoke(What.Everything.EVERYTHING);
        CLOCK.advance(Duration.ofDays(1));

        alices.isBroken();
        TIER.say("more\n");
        patiently().until(() -> anyones.text().endsWith("more\n"));
    }

    /**
     * As a proxy before the gateway would, which uses one connection for one person after the other. The connection may be
     * gone by the time; then what comes next has gone nowhere, and is sent again by whoever sent it.
     */
    @Test
    void whoeverComesNextOnAConnectionIsNotCutForTheOneBefore() throws IOException {
        int served = 0;
        for (int i = 0; i < 100; i++) {
            String session = "session-" + i;
            String alices = token(Map.of("sub", "alice", "sid", session));
            try (Line line = new Line(GATEWAY.port())) {
                line.ask("/live/short", alices);
                CompletableFuture<Void> revoked =
                        CompletableFuture.runAsync(() -> revoke(new What.Session(SERVER.issuer(), session)));
                if (line.status() > 0 && line.ask("/live/bobs/short", token("bob")) && line.status() == 200) {
                    served++;
                }
                revoked.join();
            }
        }
        assertThat(served).isPositive().isEqualTo(TIER.asked("/live/bobs/short"));
        patiently().until(() -> live() == 0);
    }

    private String token(String user) {
        return token(Map.of("sub", user));
    }

    private String token(String user, Duration life) {
        return token(Map.of("sub", user, "exp", CLOCK.instant().plus(life).getEpochSecond()));
    }

    private String token(Map<String, ?> claims) {
        Map<String, Object> all = new LinkedHashMap<>(Map.of(
                "iat",
                CLOCK.instant().getEpochSecond(),
                "jti",
                UUID.randomUUID().toString()));
        all.putAll(claims);
        return SERVER.token(all);
    }

    private void revoke(What what) {
        Instant now = CLOCK.instant();
        GATEWAY.bean(Revocations.class).add(new Revocation(what, now, now.plus(Duration.ofDays(1))));
    }

    private static double live() {
        return GATEWAY.bean(MeterRegistry.class)
                .get("procura.requests.live")
                .gauge()
                .value();
    }

    private double ended(String reason) {
        return counted(reason) - (reason.equals("revoked") ? revokedBefore : outlivedBefore);
    }

    private static double counted(String reason) {
        return GATEWAY.bean(MeterRegistry.class)
                .get("procura.requests.ended")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
    }

    private HttpRequest request(String target, String token, String... headers) {
        HttpRequest.Builder request = GATEWAY.request(target, headers);
        return token.isEmpty()
                ? request.build()
                : request.header("Authorization", "Bearer " + token).build();
    }

    private CompletableFuture<HttpResponse<String>> send(String target, String token) {
        return CLIENT.sendAsync(request(target, token), HttpResponse.BodyHandlers.ofString());
    }

    /** Opens it, and waits for the first word. */
    private Answer open(String target, String token, String... headers) {
        StringBuffer text = new StringBuffer();
        Answer answer = new Answer(
                text,
                CLIENT.sendAsync(
                        request(target, token, headers),
                        HttpResponse.BodyHandlers.ofByteArrayConsumer(piece ->
                                piece.ifPresent(bytes -> text.append(new String(bytes, StandardCharsets.UTF_8))))));
        patiently().until(() -> answer.text().startsWith("open\n") || answer.whole.isDone());
        return answer;
    }

    private record Answer(StringBuffer received, CompletableFuture<HttpResponse<Void>> whole) {

        String text() {
            return received.toString();
        }

        void isBroken() {
            assertThatThrownBy(() -> whole.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        }
    }

    /** A connection that is used for one request after the other. */
    private static final class Line implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader answers;

        Line(int port) throws IOException {
            this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(10_000);
            this.answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        }

        /** @return whether there was anybody to ask */
        boolean ask(String target, String token) throws IOException {
            String request =
                    "GET " + target + " HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + token + "\r\n\r\n";
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                return true;
            } catch (SocketException reset) {
                return false;
            }
        }

        /** Reads an answer to its end; 0 when it has none. */
        int status() {
            try {
                String first = answers.readLine();
                if (first == null) {
                    return 0;
                }
                int length = -1;
                for (String line = answers.readLine(); !line.isEmpty(); line = answers.readLine()) {
                    if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Integer.parseInt(line.substring(15).strip());
                    }
                }
                assertThat(answers.skip(length)).isEqualTo(length);
                return Integer.parseInt(first.split(" ")[1]);
            } catch (SocketException reset) {
                return 0;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Talk talk(String target, String token) {
        Talk talk = new Talk();
        talk.socket = Optional.of(CLIENT.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://127.0.0.1:" + GATEWAY.port() + target), talk)
                .join());
        talk.say("hello");
        patiently().until(() -> talk.text().equals("HELLO"));
        return talk;
    }

    private static final class Talk implements WebSocket.Listener {

        private final StringBuffer received = new StringBuffer();
        private volatile int closed;
        private volatile Optional<WebSocket> socket = Optional.empty();

        void say(String text) {
            socket.orElseThrow().sendText(text, true).join();
        }

        String text() {
            return received.toString();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            received.append(data);
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed = code;
            return CompletableFuture.completedStage(null);
        }
    }
}
