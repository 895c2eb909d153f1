package dev.procura.gateway.route;

import io.netty.handler.codec.http2.HttpConversionUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientFactory;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Makes the client of a route to an API that speaks HTTP/2 (RFC 9113): by prior knowledge over {@code http}, by ALPN over
 * {@code https}, and nothing else where the API does not. Everything else is as with HTTP/1.1: trust, proxy, time-outs,
 * customizers.
 *
 * <p>{@value #STREAMS} requests share a connection, and another one is opened when all are full. A connection that the API has
 * announced to end, or that is too old, stays with the last of its requests and takes no other: there may be one for each
 * request under way, and no more, so there is always one for the next. Not bounded here: how many streams the API allows on
 * a connection; where it allows fewer, there are more connections.
 */
public final class Http2ClientFactory extends HttpClientFactory {

    /** Requests on one connection; no server should allow fewer (RFC 9113 section 6.5.2). */
    static final int STREAMS = 100;

    /** What an API may send of one answer before the caller has taken any, in bytes: the initial value of RFC 9113. */
    private static final int STREAM_WINDOW = 65_535;

    private static final int DEFAULT_PATIENCE = 5_000;

    private final int connections;
    private final Duration patience;

    /** From when a connection stands until its first request; TLS has to be agreed on meanwhile. */
    private final Duration opening;

    private final HttpProtocol protocol;

    private Http2ClientFactory(
            ProcuraRoute route,
            HttpClientProperties properties,
            ServerProperties http2,
            SslBundles bundles,
            List<HttpClientCustomizer> customizers) {
        super(properties, http2, new HttpClientSslConfigurer(properties.getSsl(), http2, bundles) {}, customizers);
        this.connections = route.maxInFlight();
        Integer connect = properties.getConnectTimeout();
        this.patience = Duration.ofMillis(connect == null || connect <= 0 ? DEFAULT_PATIENCE : connect);
        boolean tls = "https".equalsIgnoreCase(route.uri().getScheme());
        this.opening = tls ? patience.plus(properties.getSsl().getHandshakeTimeout()) : patience;
        this.protocol = tls ? HttpProtocol.H2 : HttpProtocol.H2C;
    }

    public static HttpClient client(
            ProcuraRoute route,
            HttpClientProperties properties,
            SslBundles bundles,
            List<HttpClientCustomizer> customizers) {
        // Spring Cloud Gateway offers HTTP/2 in ALPN where the gateway's own server speaks it.
        ServerProperties http2 = new ServerProperties();
        http2.getHttp2().setEnabled(true);
        return new Http2ClientFactory(route, properties, http2, bundles, new ArrayList<>(customizers)).createInstance();
    }

    @Override
    protected HttpClient createInstance() {
        return super.createInstance()
                .protocol(protocol)
                .http2Settings(this::settings)
                .doOnChannelInit((observer, channel, address) -> SharedConnection.opened(channel, opening))
                .doOnRequest((request, stream) -> {
                    SharedConnection.joined(stream.channel(), STREAMS, STREAM_WINDOW, patience);
                    UnprocessedRequest.watch(stream);
                })
                .doOnResponse((answer, stream) -> {
                    SharedConnection.answered(stream.channel());
                    answer.responseHeaders().remove(HttpConversionUtil.ExtensionHeaderNames.STREAM_ID.text());
                });
    }

    private void settings(Http2SettingsSpec.Builder settings) {
        settings.initialWindowSize(STREAM_WINDOW);
        if (properties.getMaxHeaderSize() != null) {
            settings.maxHeaderListSize(properties.getMaxHeaderSize().toBytes());
        }
    }

    @Override
    protected ConnectionProvider buildConnectionProvider(HttpClientProperties properties) {
        HttpClientProperties.Pool pool = properties.getPool();
        ConnectionProvider.Builder builder = ConnectionProvider.builder(pool.getName() + "-http2")
                .allocationStrategy(Http2AllocationStrategy.builder()
                        .maxConnections(connections)
                        .maxConcurrentStreams(STREAMS)
                        .strictConnectionReuse(true)
                        .build())
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(Duration.ofMillis(pool.getAcquireTimeout()))
                .evictInBackground(pool.getEvictionInterval())
                .metrics(pool.isMetrics());
        if (pool.getMaxIdleTime() != null) {
            builder.maxIdleTime(pool.getMaxIdleTime());
        }
        if (pool.getMaxLifeTime() != null) {
            builder.maxLifeTime(pool.getMaxLifeTime());
        }
        return builder.build();
    }
}
