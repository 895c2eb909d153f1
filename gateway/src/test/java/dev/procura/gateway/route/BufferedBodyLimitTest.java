package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Bodies that the client collects in memory are bounded; all others pass, however long. */
final class BufferedBodyLimitTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int CHUNK = 4 * 1024;
    private static final int ALLOWED = (int) (BufferedBodyLimit.MAX_BYTES / CHUNK);

    private final BufferedBodyLimit limit = new BufferedBodyLimit();
    private final AtomicLong passed = new AtomicLong();

    @ParameterizedTest(name = "{0} of {1} chunks, chunked: {2}")
    @CsvSource({
        "GET, 16, true",
        "HEAD, 16, true",
        "DELETE, 16, true",
        "GET, 17, false",
        "HEAD, 17, false",
        "DELETE, 17, false",
        "GET, 1000, false",
        "POST, 17, true",
        "PUT, 17, true",
        "PATCH, 17, true",
        "OPTIONS, 17, true"
    })
    void countsWhileItPassesOn(String method, int chunks, boolean passes) {
        assertThat(ALLOWED).isEqualTo(16);
        Mono<Void> result = limit.filter(
                MockServerWebExchange.from(MockServerHttpRequest.method(HttpMethod.valueOf(method), "/orders")
                        .header("Transfer-Encoding", "chunked")
                        .body(body(chunks))),
                this::readWhole);

        if (passes) {
            StepVerifier.create(result).expectComplete().verify(SOON);
            assertThat(passed.get()).isEqualTo((long) chunks * CHUNK);
        } else {
            fails(result);
            assertThat(passed.get()).isLessThanOrEqualTo(BufferedBodyLimit.MAX_BYTES);
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, 65536, true", "GET, 65537, false", "DELETE, 9999999999, false", "POST, 9999999999, true"})
    void believesTheAnnouncedLengthBeforeItReadsAnything(String method, long length, boolean passes) {
        MockServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.method(HttpMethod.valueOf(method), "/orders")
                        .header("Content-Length", Long.toString(length))
                        .build());

        Mono<Void> result = limit.filter(exchange, this::readWhole);

        if (passes) {
            StepVerifier.create(result).expectComplete().verify(SOON);
        } else {
            fails(result);
        }
    }

    @Test
    void leavesARequestWithoutABodyAlone() {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/orders"));

        StepVerifier.create(limit.filter(exchange, seen -> {
                    assertThat(seen).isSameAs(exchange);
                    return Mono.empty();
                }))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void standsBeforeTheCredentialIsObtained() {
        assertThat(limit.getOrder()).isLessThan(Integer.MAX_VALUE - 10);
    }

    private Mono<Void> readWhole(ServerWebExchange exchange) {
        return exchange.getRequest()
                .getBody()
                .doOnNext(buffer -> passed.addAndGet(buffer.readableByteCount()))
                .then();
    }

    private static Flux<DataBuffer> body(int chunks) {
        byte[] chunk = "x".repeat(CHUNK).getBytes(StandardCharsets.US_ASCII);
        return Flux.range(0, chunks).map(i -> DefaultDataBufferFactory.sharedInstance.wrap(chunk));
    }

    private static void fails(Mono<Void> result) {
        StepVerifier.create(result)
                .expectErrorSatisfies(error ->
                        assertThat(((ProblemException) error).problem()).isEqualTo(Problem.BODY_TOO_LARGE))
                .verify(SOON);
    }
}
