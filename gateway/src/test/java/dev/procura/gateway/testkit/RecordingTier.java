package dev.procura.gateway.testkit;

import dev.procura.gateway.fixture.TestKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.tcp.SslProvider;

/** An API that remembers, to the letter, what reached it. */
public final class RecordingTier implements AutoCloseable {

    /**
     * A request as it arrived.
     *
     * @param target path and query, undecoded
     * @param headers name and value, in order
     */
    public record Received(String method, String target, List<Map.Entry<String, String>> headers, long bodyBytes) {

        public Optional<String> header(String name) {
            return all(name).stream().findFirst();
        }

        public List<String> all(String name) {
            return headers.stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .toList();
        }

        /** The token in Authorization; empty when there is none. */
        public String bearer() {
            return header("Authorization")
                    .map(value -> value.substring("Bearer ".length()))
                    .orElse("");
        }

        /** Everything that arrived, as one text to search. */
        public String everything() {
            return method + " " + target + " " + headers;
        }
    }

    /**
     * An answer of 401.
     *
     * @param challenges one header each
     * @param body {@link #ENDLESS} never ends
     */
    public record Refusal(List<String> challenges, String body) {

        public static final String ENDLESS = "endless";

        public static Refusal of(String... challenges) {
            return new Refusal(List.of(challenges), "tier says 401");
        }
    }

    private static final int MAX_HEADER_SIZE = 128 * 1024;
    private static final int CHUNK = 64 * 1024;

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final DisposableServer server;
    private volatile Function<Received, Optional<Refusal>> refusals = request -> Optional.empty();
    private volatile Runnable meanwhile = () -> {};

    private RecordingTier(UnaryOperator<HttpServer> settings) {
        this.server = settings.apply(HttpServer.create())
                .host("127.0.0.1")
                .port(0)
                .maxKeepAliveRequests(10_000)
                .httpRequestDecoder(
                        decoder -> decoder.maxHeaderSize(MAX_HEADER_SIZE).maxInitialLineLength(32 * 1024))
                .doOnConnection(connection -> {
                    connections.incrementAndGet();
                    connection.onTerminate().subscribe(null, null, connections::decrementAndGet);
                })
                .handle(this::answer)
                .bindNow();
    }

    public static RecordingTier start() {
        return new RecordingTier(server -> server);
    }

    /** Speaks HTTP/2 alone, to whoever knows that. */
    public static RecordingTier startHttp2() {
        return new RecordingTier(server -> server.protocol(HttpProtocol.H2C)
                .http2Settings(settings -> settings.maxHeaderListSize(MAX_HEADER_SIZE)));
    }

    /** Speaks these over TLS. */
    public static RecordingTier startTls(TestKey key, HttpProtocol... protocols) {
        SslProvider.GenericSslContextSpec<?> tls = List.of(protocols).contains(HttpProtocol.H2)
                ? Http2SslContextSpec.forServer(key.privateKey(), key.certificate())
                : Http11SslContextSpec.forServer(key.privateKey(), key.certificate());
        return new RecordingTier(server -> server.protocol(protocols).secure(spec -> spec.sslContext(tls)));
    }

    /** With the scheme http; {@link #tlsUri()} is of one that speaks TLS. */
    public String uri() {
        return "http://127.0.0.1:" + server.port();
    }

    public String tlsUri() {
        return "https://127.0.0.1:" + server.port();
    }

    public List<Received> received() {
        return List.copyOf(received);
    }

    public Received last() {
        return received.get(received.size() - 1);
    }

    /** How many connections are open. */
    public int connections() {
        return connections.get();
    }

    /** Answers 401 where there is a refusal, and as usual where there is none. */
    public void refusing(Function<Received, Optional<Refusal>> refusals) {
        this.refusals = refusals;
    }

    /** What happens between each request and its answer. */
    public void meanwhile(Runnable happens) {
        meanwhile = happens;
    }

    public void reset() {
        received.clear();
        meanwhile = () -> {};
        refusals = request -> Optional.empty();
    }

    /**
     * Reads the body and answers 200. {@code /…/download/N} answers N bytes, {@code /…/slow} never answers, {@code
     * /…/after/N} after so many milliseconds, {@code /…/status/N} answers that status with a challenge of its own, {@code /…/cut} closes the connection, {@code
     * /…/head-and-cut} after the head. {@code /…/long-head} has one of 20,000 bytes, {@code /…/trailers} has some, and {@code /…/phrase} words of its own for a status.
     */
    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .asByteArray()
                .map(bytes -> (long) bytes.length)
                .reduce(0L, Long::sum)
                .flatMap(size -> {
                    Received arrived = new Received(
                            request.method().name(),
                            request.uri(),
                            request.requestHeaders().entries().stream().toList(),
                            size);
                    Optional<Refusal> refusal = refusals.apply(arrived);
                    received.add(arrived);
                    meanwhile.run();
                    return Mono.from(
                            refusal.isPresent()
                                    ? refuse(refusal.get(), response)
                                    : answer("/" + request.path(), response));
                });
    }

    private static Publisher<Void> refuse(Refusal refusal, HttpServerResponse response) {
        response.status(401).header("X-Refused", "yes").header("Vary", "X-Tier");
        refusal.challenges().forEach(challenge -> response.addHeader("WWW-Authenticate", challenge));
        return refusal.body().equals(Refusal.ENDLESS)
                ? response.sendString(Flux.concat(Mono.just("x".repeat(CHUNK)), Mono.never()))
                : response.sendString(Mono.just(refusal.body()));
    }

    private static Publisher<Void> answer(String target, HttpServerResponse response) {
        if (target.endsWith("/slow")) {
            return Mono.never();
        }
        if (target.contains("/after/")) {
            Duration millis = Duration.ofMillis(Integer.parseInt(target.substring(target.lastIndexOf('/') + 1)));
            return Mono.delay(millis).then(Mono.defer(() -> Mono.from(response.sendString(Mono.just("after all")))));
        }
        if (target.endsWith("/cut")) {
            return response.withConnection(connection -> connection.dispose()).then();
        }
        if (target.endsWith("/head-and-cut")) {
            return response.header("Content-Type", "text/plain")
                    .sendHeaders()
                    .then(Mono.fromRunnable(() -> response.withConnection(connection -> connection.dispose())));
        }
        if (target.endsWith("/long-head")) {
            return response.header("X-Long", "x".repeat(20_000)).sendString(Mono.just("long"));
        }
        if (target.endsWith("/trailers")) {
            return response.trailerHeaders(trailers -> trailers.set("X-Check", "sum"))
                    .sendString(Flux.just("one", "two"));
        }
        if (target.endsWith("/phrase")) {
            return response.status(new HttpResponseStatus(500, "of the tier's own"))
                    .sendString(Mono.just("tier says 500"));
        }
        if (target.contains("/status/")) {
            int status = Integer.parseInt(target.substring(target.lastIndexOf('/') + 1));
            return response.status(status).header("X-Tier", "yes").sendString(Mono.just("tier says " + status));
        }
        if (target.contains("/download/")) {
            long size = Long.parseLong(target.substring(target.lastIndexOf('/') + 1));
            return response.send(chunks(size));
        }
        return response.header("Content-Type", "application/json").sendString(Mono.just("{\"tier\":\"ok\"}"));
    }

    private static Flux<ByteBuf> chunks(long size) {
        byte[] chunk = "x".repeat(CHUNK).getBytes(StandardCharsets.US_ASCII);
        long whole = size / CHUNK;
        int rest = (int) (size % CHUNK);
        return Flux.range(0, (int) whole + (rest > 0 ? 1 : 0))
                .map(i -> i < whole ? Unpooled.wrappedBuffer(chunk) : Unpooled.wrappedBuffer(chunk, 0, rest));
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(2));
    }
}
