package dev.procura.gateway.route;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.websocket.WebsocketOutbound;

/** A connection of HTTP/1.1, which has one request at a time; and of the next one, maybe somebody else's, it knows nothing. */
record NettyCallerConnection(ChannelOperations<?, ?> request) implements CallerConnection {

    /** For a goodbye that has been written to arrive, and to be answered. */
    private static final long GOODBYE_MILLIS = 1000;

    static NettyCallerConnection of(ServerHttpRequest request) {
        return new NettyCallerConnection(ServerHttpRequestDecorator.getNativeRequest(request));
    }

    @Override
    public void execute(Runnable task) {
        try {
            request.channel().eventLoop().execute(task);
        } catch (RejectedExecutionException stopped) {
            // Threads stop after their connections: there is nothing left to end.
        }
    }

    /** Past TLS too, whose own goodbye would let an answer without a length look complete. */
    @Override
    public void cut() {
        Channel channel = request.channel();
        if (isStill(channel)) {
            // A reset: what waits to be sent is dropped, and no reader takes the end of the connection for that of the
            // answer.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.unsafe().close(channel.voidPromise());
        }
    }

    @Override
    public void cutSoon() {
        Channel channel = request.channel();
        Future<?> cut = channel.eventLoop().schedule(this::cut, GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
        Future<?> unused = channel.closeFuture().addListener(closed -> cut.cancel(false));
    }

    /** A connection that has become a WebSocket has no other request after it. */
    @SuppressWarnings("ReferenceEquality") // This very request, whatever equals may come to mean.
    private boolean isStill(Channel channel) {
        ChannelOperations<?, ?> now = ChannelOperations.get(channel);
        return now == request || now instanceof WebsocketOutbound;
    }
}
