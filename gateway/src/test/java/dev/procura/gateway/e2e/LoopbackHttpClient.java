package dev.procura.gateway.e2e;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The policy wants https addresses; what is behind them here is a server on this machine. */
public record LoopbackHttpClient(int port) implements HttpClient {

    private static final java.net.http.HttpClient JDK = java.net.http.HttpClient.newHttpClient();

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        java.net.http.HttpRequest.Builder builder = java.net.http.HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + request.getUrl().getPath()));
        request.getHeaders().stream().forEach(header -> builder.header(header.getName(), header.getValue()));
        return Mono.fromFuture(
                        () -> JDK.sendAsync(builder.build(), java.net.http.HttpResponse.BodyHandlers.discarding()))
                .map(answer -> new Received(request, answer));
    }

    /** An answer without a body. */
    private static final class Received extends HttpResponse {

        private final int status;
        private final HttpHeaders headers = new HttpHeaders();

        Received(HttpRequest request, java.net.http.HttpResponse<Void> answer) {
            super(request);
            this.status = answer.statusCode();
            answer.headers()
                    .map()
                    .forEach((name, values) ->
                            values.forEach(value -> headers.add(HttpHeaderName.fromString(name), value)));
        }

        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        @Deprecated
        public @Nullable String getHeaderValue(String name) {
            return headers.getValue(HttpHeaderName.fromString(name));
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public Flux<ByteBuffer> getBody() {
            return Flux.empty();
        }

        @Override
        public Mono<byte[]> getBodyAsByteArray() {
            return Mono.empty();
        }

        @Override
        public Mono<String> getBodyAsString() {
            return Mono.empty();
        }

        @Override
        public Mono<String> getBodyAsString(Charset charset) {
            return Mono.empty();
        }
    }
}
