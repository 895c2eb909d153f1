package dev.procura.benchmarks;

import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

/** The floor under every gateway on Reactor Netty: passes requests on, and looks at nothing. */
final class BareProxy {

    private BareProxy() {}

    /** @param arguments the port to listen on, and the addresses of the tier, in HTTP/1.1 and in HTTP/2 */
    public static void main(String[] arguments) {
        HttpClient http1 =
                HttpClient.create(ConnectionProvider.create("tier", 4_000)).baseUrl(arguments[1]);
        HttpClient http2 = HttpClient.create(ConnectionProvider.create("http2-tier", 10))
                .protocol(HttpProtocol.H2C)
                .baseUrl(arguments[2]);
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .handle((request, response) -> (request.uri().startsWith("/http2/") ? http2 : http1)
                        .headers(
                                headers -> headers.add(request.requestHeaders()).remove("host"))
                        .request(request.method())
                        .uri(request.uri())
                        .send((toTier, outbound) ->
                                outbound.send(request.receive().retain()))
                        .responseConnection((fromTier, connection) -> response.status(fromTier.status())
                                .headers(fromTier.responseHeaders())
                                .send(connection.inbound().receive().retain())))
                .bindNow()
                .onDispose()
                .block();
    }
}
