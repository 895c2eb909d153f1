package dev.procura.gateway.inbound;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider;

/**
 * The one way in which the gateway speaks to an authorization server: with a deadline for the whole call, a limit for the
 * answer, a bounded number of connections, and without following redirects (a redirect would carry a credential to
 * wherever the answer points).
 */
public final class AuthorizationServerHttp {

    public static final String JSON = "application/json";

    /** 512 KiB: a generous key set; a token answer is a hundredth of it. */
    static final int MAX_ANSWER_BYTES = 512 * 1024;

    private static final Duration IDLE = Duration.ofSeconds(30);

    /**
     * An HTTP answer, read whole.
     *
     * @param contentType the raw header
     * @param retryAfter the raw header
     */
    public record Answer(int status, Optional<String> contentType, Optional<String> retryAfter, String body) {

        /** The body is the server's own: it may hold a token. */
        @Override
        public String toString() {
            return "Answer[status=" + status + ", " + body.length() + " characters]";
        }
    }

    /** So many calls wait for their turn already that this one was not made: nothing is known of the server. */
    public static final class Busy extends IllegalStateException {
        private Busy(Throwable cause) {
            super("too many calls wait for their turn (max-in-flight)", cause);
        }
    }

    private final Supplier<HttpClient> client;
    private final Duration deadline;

    private AuthorizationServerHttp(Supplier<HttpClient> client, Duration deadline) {
        this.client = client;
        this.deadline = deadline;
    }

    /**
     * @param name of the connection pool
     * @param maxInFlight calls at once; as many times eight may wait for their turn, within their deadline
     * @param deadline for a whole call: waiting, connecting, sending, reading
     */
    public static AuthorizationServerHttp create(String name, int maxInFlight, Duration deadline) {
        HttpClient client = client(pool(name, maxInFlight, deadline).build(), deadline);
        return new AuthorizationServerHttp(() -> client, deadline);
    }

    /**
     * The same, with TLS of its own. What the supplier gives counts for new connections; a request that is under way ends
     * on the one that it has.
     */
    public static AuthorizationServerHttp create(
            String name, int maxInFlight, Duration deadline, Supplier<SslProvider> tls) {
        // Each provider has connections of its own: those of one that is not asked for any more have to go by
        // themselves.
        ConnectionProvider pool = pool(name, maxInFlight, deadline)
                .evictInBackground(IDLE)
                .disposeInactivePoolsInBackground(IDLE, IDLE)
                .build();
        HttpClient client = client(pool, deadline);
        return new AuthorizationServerHttp(() -> client.secure(tls.get()), deadline);
    }

    private static ConnectionProvider.Builder pool(String name, int maxInFlight, Duration deadline) {
        return ConnectionProvider.builder(name)
                .maxConnections(maxInFlight)
                .pendingAcquireMaxCount(maxInFlight * 8)
                .pendingAcquireTimeout(deadline)
                .maxIdleTime(IDLE);
    }

    private static HttpClient client(ConnectionProvider pool, Duration deadline) {
        return OneAnswer.toEach(HttpClient.create(pool))
                .followRedirect(false)
                .responseTimeout(deadline)
                .headers(headers -> headers.set(HttpHeaderNames.ACCEPT, JSON));
    }

    /** How long a whole call may take. */
    public Duration deadline() {
        return deadline;
    }

    public Mono<Answer> get(URI uri) {
        return client.get()
                .get()
                .uri(uri)
                .response(AuthorizationServerHttp::read)
                .single()
                .timeout(deadline)
                .onErrorMap(AuthorizationServerHttp::isForWantOfTurns, Busy::new);
    }

    /**
     * @param authorization the {@code Authorization} header of the client's own credentials, where they travel there
     * @param form an encoded {@code application/x-www-form-urlencoded} body
     * @param accept the content types that are understood
     * @param turn run when a connection is there, just before anything is sent; what it throws ends the call
     */
    public Mono<Answer> post(URI uri, Optional<String> authorization, String form, String accept, Runnable turn) {
        byte[] body = form.getBytes(StandardCharsets.US_ASCII);
        return client.get()
                .headers(headers -> {
                    // A length, because servers exist that read no chunked form.
                    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
                    headers.set(HttpHeaderNames.CONTENT_TYPE, "application/x-www-form-urlencoded");
                    headers.set(HttpHeaderNames.ACCEPT, accept);
                    authorization.ifPresent(value -> headers.set(HttpHeaderNames.AUTHORIZATION, value));
                })
                .post()
                .uri(uri)
                .send(Mono.fromSupplier(() -> {
                    turn.run();
                    return Unpooled.wrappedBuffer(body);
                }))
                .response(AuthorizationServerHttp::read)
                .single()
                .timeout(deadline)
                .onErrorMap(AuthorizationServerHttp::isForWantOfTurns, Busy::new);
    }

    /** The pool's exception lives in a package of Reactor Netty's own. */
    private static boolean isForWantOfTurns(Throwable failure) {
        return failure.getClass().getSimpleName().equals("PoolAcquirePendingLimitException");
    }

    private static Mono<Answer> read(HttpClientResponse response, ByteBufFlux body) {
        HttpHeaders headers = response.responseHeaders();
        return body.asByteArray()
                .collect(BoundedBytes::new, BoundedBytes::add)
                .map(bytes -> new Answer(
                        response.status().code(),
                        Optional.ofNullable(headers.get(HttpHeaderNames.CONTENT_TYPE)),
                        Optional.ofNullable(headers.get(HttpHeaderNames.RETRY_AFTER)),
                        bytes.text()));
    }

    /** Collects an answer and fails as soon as it is too long, which closes the connection. */
    private static final class BoundedBytes {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(2048);

        void add(byte[] chunk) {
            if (bytes.size() + chunk.length > MAX_ANSWER_BYTES) {
                throw new UncheckedIOException(new IOException("answer longer than " + MAX_ANSWER_BYTES + " bytes"));
            }
            bytes.writeBytes(chunk);
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
