package dev.procura.gateway.inbound;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;

/**
 * Sees to it that whoever asks a server gets the answer to his own request. On a connection in HTTP/1.1 nothing but the order
 * says whose an answer is (RFC 9112 section 9.2), and Reactor Netty's client takes whatever comes for the answer to the
 * request of the moment. So the interim answers before an answer are dropped, and a connection on which the server says more
 * than it was asked carries no other request: what came behind an answer, or while nothing was asked, is nobody's.
 *
 * <p>Not prevented: what a server sends unasked and what is not with the gateway, a TLS record of it as a whole, when the answer
 * has been read; if the next request leaves before it comes, nothing tells it from its answer.
 *
 * <p>Everything here happens on the connection's own thread.
 */
public final class OneAnswer {

    private static final Logger log = LoggerFactory.getLogger(OneAnswer.class);

    /** A request has left, and its answer has not ended. */
    private boolean asked;

    /** What comes is not HTTP any more. */
    private boolean anotherProtocol;

    /** Of the answer, until it is clear that nothing follows. */
    private @Nullable Object end;

    /** Something follows. */
    private boolean more;

    /** It has said something unasked, and is being closed. */
    private boolean over;

    /** What the codec is reading. */
    private @Nullable ByteBuf coming;

    /** What it has left: the beginning of something that has not come whole. */
    private @Nullable ByteBuf rest;

    private OneAnswer() {}

    /** The same client; in HTTP/2, where each request has a stream of its own, only interim answers are dropped. */
    public static HttpClient toEach(HttpClient client) {
        return client.doOnChannelInit((observer, channel, address) -> watch(channel.pipeline()))
                .doOnRequest((request, connection) -> {
                    if (isStream(connection.channel())) {
                        watchStream(connection.channel().pipeline());
                    }
                });
    }

    private static boolean isStream(Channel channel) {
        return channel.parent() != null;
    }

    static void watch(ChannelPipeline pipeline) {
        if (pipeline.get(NettyPipeline.HttpCodec) instanceof HttpClientCodec) {
            OneAnswer connection = new OneAnswer();
            pipeline.addBefore(NettyPipeline.HttpCodec, null, connection.new Bytes());
            pipeline.addAfter(NettyPipeline.HttpCodec, null, connection.new Messages());
            pipeline.addAfter(NettyPipeline.HttpCodec, null, new InterimAnswers());
        }
    }

    private static void watchStream(ChannelPipeline pipeline) {
        pipeline.addBefore(NettyPipeline.ReactiveBridge, null, new InterimAnswers());
    }

    private static void tell(ChannelHandlerContext context) {
        log.warn(
                "{} has said more than it was asked; the connection ends",
                context.channel().remoteAddress());
    }

    /** Before the codec: knows of bytes that have not become a message. */
    private final class Bytes extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (anotherProtocol || !(message instanceof ByteBuf come)) {
                context.fireChannelRead(message);
            } else if (over) {
                come.release();
            } else if (end != null) {
                more = true;
                come.release();
            } else if (asked) {
                decode(context, come);
            } else {
                come.release();
                endUnasked(context);
            }
        }

        /** In TLS, the goodbye may take its time; nobody is to have the connection meanwhile. */
        private void endUnasked(ChannelHandlerContext context) {
            if (!over && context.channel().isActive()) {
                over = true;
                tell(context);
                Connection.from(context.channel()).markPersistent(false);
                var unused = context.close();
            }
        }

        /** The codec reads in the buffer that it is given, and keeps it for what has not come whole; which is taken back. */
        private void decode(ChannelHandlerContext context, ByteBuf come) {
            ByteBuf all = withRest(context, come);
            all.retain();
            coming = all;
            try {
                context.fireChannelRead(all);
                if (!anotherProtocol && all.isReadable()) {
                    rest = all.readBytes(all.readableBytes());
                }
            } finally {
                coming = null;
                all.release();
            }
        }

        /** In one piece: the codec would copy any other. */
        private ByteBuf withRest(ChannelHandlerContext context, ByteBuf come) {
            ByteBuf before = rest;
            if (before == null) {
                return come;
            }
            rest = null;
            try {
                return context.alloc()
                        .buffer(before.readableBytes() + come.readableBytes())
                        .writeBytes(before)
                        .writeBytes(come);
            } finally {
                before.release();
                come.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            giveBack(context);
            context.fireChannelInactive();
        }

        /** The codec says what becomes of an answer that has broken off. */
        private void giveBack(ChannelHandlerContext context) {
            ByteBuf left = rest;
            rest = null;
            if (left != null && asked) {
                context.fireChannelRead(left);
            } else {
                ReferenceCountUtil.release(left);
            }
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            ReferenceCountUtil.release(rest);
            rest = null;
        }
    }

    /** Behind the codec: knows where an answer ends, and lets nobody have its end before it is clear that nothing follows. */
    private final class Messages extends ChannelDuplexHandler {

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof HttpRequest) {
                asked = true;
            }
            var unused = context.write(message, promise);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (anotherProtocol) {
                context.fireChannelRead(message);
            } else if (end != null || !asked) {
                more = true;
                ReferenceCountUtil.release(message);
            } else if (isSwitch(message)) {
                anotherProtocol = true;
                context.fireChannelRead(message);
            } else if (message instanceof LastHttpContent) {
                end = message;
                // Whatever it is going to be: the codec may swallow half a head without a word.
                more = coming != null && coming.isReadable();
            } else {
                context.fireChannelRead(message);
            }
        }

        private static boolean isSwitch(Object message) {
            return message instanceof HttpResponse head
                    && head.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            passEnd(context);
            context.fireChannelReadComplete();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            passEnd(context);
            context.fireChannelInactive();
        }

        private void passEnd(ChannelHandlerContext context) {
            Object last = end;
            if (last == null) {
                return;
            }
            end = null;
            asked = false;
            if (more) {
                tell(context);
                // It does not go back to the pool: it ends with this answer.
                Connection.from(context.channel()).markPersistent(false);
            }
            context.fireChannelRead(last);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            ReferenceCountUtil.release(end);
            end = null;
        }
    }
}
