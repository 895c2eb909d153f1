package dev.procura.gateway.route;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection in HTTP/2 to an API, which many callers share: none of them may be held up by another one, and all of them
 * would be by a connection that has died without a word.
 *
 * <p>Not prevented here: an API may end a connection on which many requests are broken off, and those of others with it.
 *
 * <p>Everything here happens on the connection's own thread.
 */
final class SharedConnection extends ChannelInboundHandlerAdapter {

    /** How long the other side may take for a word that costs it nothing: its threads may stand still for a moment. */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(5);

    /** Servers count PINGs, and end a connection for them (gRPC: more than one in five minutes without an answer). */
    private static final Duration AFTER_PING = Duration.ofMinutes(5);

    /** For how long nothing may come before it is doubted that anybody is there. */
    private final Duration patience;

    private final Channel channel;

    /** How often something has come. */
    private long heard;

    /** Since when something has been asked and nothing has come, where that is so. */
    private long silentSince;

    private boolean silent;
    private boolean inDoubt;

    /** It has answered a PING, and no request since. */
    private boolean pinged;

    /** Streams that somebody still reads or writes. */
    private int streams;

    private SharedConnection(Channel channel, Duration patience) {
        this.channel = channel;
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
                    later(channel, atLeast(patience), () -> {
                        if (channel.pipeline().get(SharedConnection.class) == null) {
                            // A request may be on its way to it all the same, and is let come to its end.
                            var unused = channel.close();
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
        connection.forgetHeaders();
        connection.join();
        stream.closeFuture().addListener(closed -> connection.leave());
    }

    private static SharedConnection prepare(Channel channel, int streams, int window, Duration patience) {
        SharedConnection connection = new SharedConnection(channel, patience);
        channel.pipeline().addFirst(connection);
        connection.codec().connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onGoAwayReceived(int lastStream, long errorCode, ByteBuf debugData) {
                channel.eventLoop().execute(connection::endWhenDone);
            }
        });
        // It begins with room for one stream (RFC 9113 section 6.9.2), and a caller who does not read would hold up
        // all.
        var unused = channel.writeAndFlush(new DefaultHttp2WindowUpdateFrame((streams - 1) * window));
        return connection;
    }

    /** One caller's token is not remembered to make the next one's request shorter (RFC 7541 section 7.1), whatever the API allows meanwhile. */
    private void forgetHeaders() {
        try {
            codec().encoder().configuration().headersConfiguration().maxHeaderTableSize(0);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        heard++;
        silent = false;
        context.fireChannelRead(message);
    }

    /** A request has been answered. */
    static void answered(Channel stream) {
        Channel channel = stream.parent();
        SharedConnection connection =
                channel == null ? null : channel.pipeline().get(SharedConnection.class);
        if (connection != null) {
            connection.pinged = false;
        }
    }

    private Http2FrameCodec codec() {
        return channel.pipeline().get(Http2FrameCodec.class);
    }

    private void join() {
        streams++;
        if (!silent) {
            silent = true;
            silentSince = System.nanoTime();
        }
    }

    private void leave() {
        streams--;
        endWhenDone();
        doubt();
    }

    /** One that takes no other request (GOAWAY); the API might leave it open for ever, and its place in the pool taken. */
    private void endWhenDone() {
        if (streams == 0 && channel.isActive() && codec().connection().goAwayReceived()) {
            close();
        }
    }

    /** Is anybody there, when nothing has come for so long, whoever asked? */
    private void doubt() {
        Duration silence = Duration.ofNanos(System.nanoTime() - silentSince);
        if (!inDoubt && silent && silence.compareTo(pinged ? AFTER_PING : patience) >= 0 && channel.isActive()) {
            inDoubt = true;
            Future<Void> ping = channel.writeAndFlush(new DefaultHttp2PingFrame(silentSince));
            judgeLater(heard, ping, false);
        }
    }

    /** The PING may stand behind what other requests send: that it has not left yet says nothing, as long as something does. */
    private void judgeLater(long heardBefore, Future<Void> ping, boolean hadLeft) {
        Outbound before = Outbound.of(channel);
        later(channel, atLeast(patience), () -> {
            if (heard != heardBefore) {
                inDoubt = false;
                pinged = true;
            } else if (hadLeft || Outbound.of(channel).equals(before)) {
                close();
            } else {
                judgeLater(heardBefore, ping, ping.isDone());
            }
        });
    }

    /** What is about to be sent, and how much of it has been. */
    private record Outbound(int next, long progress) {

        static Outbound of(Channel channel) {
            ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
            return waiting == null
                    ? new Outbound(0, 0)
                    : new Outbound(System.identityHashCode(waiting.current()), waiting.currentProgress());
        }
    }

    private static Duration atLeast(Duration patience) {
        return patience.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : patience;
    }

    private static void later(Channel channel, Duration delay, Runnable task) {
        var unused = channel.eventLoop().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Below HTTP/2, which would wait for the requests under way, and which others go on joining meanwhile. */
    private void close() {
        ChannelHandlerContext own = channel.pipeline().context(this);
        if (own != null) {
            var unused = own.close();
        }
    }
}
