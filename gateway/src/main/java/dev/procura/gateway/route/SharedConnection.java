package dev.procura.gateway.route;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection in HTTP/2 to an API, which many callers share: none of them may be held up by another one, and all of them
 * would be by a connection that has died without a word.
 *
 * <p>Not prevented here: an API may end a connection on which many requests are broken off, and those of others with it.
 */
final class SharedConnection extends ChannelInboundHandlerAdapter {

    /** How long the other side may take for a word that costs it nothing. */
    private final Duration patience;

    /** How often something has come; counts on the connection's own thread, as everything here does. */
    private long heard;

    private boolean inDoubt;

    private SharedConnection(Duration patience) {
        this.patience = patience;
    }

    /**
     * A connection that is being opened. One that has carried no request for so long after it stood never became ready, in most
     * cases; it would keep its place in the pool for ever.
     */
    static void opened(Channel channel, Duration patience) {
        if (channel.parent() == null) {
            channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelActive(ChannelHandlerContext context) {
                    later(channel, patience, () -> {
                        if (channel.pipeline().get(SharedConnection.class) == null) {
                            close(channel);
                        }
                    });
                    context.fireChannelActive();
                }
            });
        }
    }

    /**
     * A request is about to be sent.
     *
     * @param streams how many may share the connection
     * @param window of each, in bytes
     */
    static void joined(Channel stream, int streams, int window, Duration patience) {
        Channel channel = stream.parent();
        if (channel == null) {
            return;
        }
        SharedConnection known = channel.pipeline().get(SharedConnection.class);
        SharedConnection connection = known == null ? prepare(channel, streams, window, patience) : known;
        forgetHeaders(channel);
        long before = connection.heard;
        long began = System.nanoTime();
        stream.closeFuture().addListener(closed -> {
            // A caller who breaks off at once says nothing of the other side.
            boolean waited = System.nanoTime() - began >= patience.toNanos();
            if (waited && connection.heard == before && channel.isActive()) {
                connection.doubt(channel);
            }
        });
    }

    private static SharedConnection prepare(Channel channel, int streams, int window, Duration patience) {
        SharedConnection connection = new SharedConnection(patience);
        channel.pipeline().addFirst(connection);
        // It begins with room for one stream (RFC 9113 section 6.9.2), and a caller who does not read would hold up
        // all.
        var unused = channel.writeAndFlush(new DefaultHttp2WindowUpdateFrame((streams - 1) * window));
        return connection;
    }

    /** One caller's token is not remembered to make the next one's request shorter (RFC 7541 section 7.1), whatever the API allows meanwhile. */
    private static void forgetHeaders(Channel channel) {
        try {
            channel.pipeline()
                    .get(Http2FrameCodec.class)
                    .encoder()
                    .configuration()
                    .headersConfiguration()
                    .maxHeaderTableSize(0);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        heard++;
        context.fireChannelRead(message);
    }

    /** A request has ended, and since it began nothing has come: is anybody there? */
    private void doubt(Channel channel) {
        if (inDoubt) {
            return;
        }
        inDoubt = true;
        long before = heard;
        // From when it has left: it may stand behind what other requests send.
        channel.writeAndFlush(new DefaultHttp2PingFrame(before))
                .addListener(sent -> later(channel, patience, () -> {
                    inDoubt = false;
                    if (heard == before) {
                        close(channel);
                    }
                }));
    }

    private static void later(Channel channel, Duration delay, Runnable task) {
        var unused = channel.eventLoop().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void close(Channel channel) {
        var unused = channel.close();
    }
}
