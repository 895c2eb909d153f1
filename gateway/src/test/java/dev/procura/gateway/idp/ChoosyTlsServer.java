package dev.procura.gateway.idp;

import dev.procura.gateway.fixture.TestKey;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** A server on this machine that takes the certificate of one client alone, and tells the others so in TLS. */
final class ChoosyTlsServer implements AutoCloseable {

    private final AtomicInteger requests = new AtomicInteger();
    private final DisposableServer server;

    ChoosyTlsServer(TestKey key, TestKey client) {
        SslContext context = context(key, client);
        server = HttpServer.create()
                .host("127.0.0.1")
                .secure(ssl -> ssl.sslContext(context))
                .handle((request, response) -> {
                    requests.incrementAndGet();
                    return response.send();
                })
                .bindNow();
    }

    private static SslContext context(TestKey key, TestKey client) {
        try {
            return SslContextBuilder.forServer(key.privateKey(), key.certificate())
                    .clientAuth(ClientAuth.REQUIRE)
                    .trustManager(client.certificate())
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    String address() {
        return "https://127.0.0.1:" + server.port();
    }

    int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
