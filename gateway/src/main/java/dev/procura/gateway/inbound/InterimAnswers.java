package dev.procura.gateway.inbound;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.websocket.WebsocketInbound;

/**
 * Drops what a server says before its answer: 100, 102, 103 and whatever else begins with 1 (RFC 9110 section 15.2).
 *
 * <p>Reactor Netty's client takes all of them but 100 for the answer. The connection then goes to the next caller, and with it
 * the answer that is still to come, which is that of the caller before.
 *
 * <p>101 is an answer where another protocol was asked for; where none was, the connection is not HTTP any more, and ends.
 */
public final class InterimAnswers {

    private static final String NAME = InterimAnswers.class.getName();

    private InterimAnswers() {}

    /** The same client, which hears none of them. In HTTP/2, each request has a pipeline of its own. */
    public static HttpClient dropped(HttpClient client) {
        return client.doOnRequest((request, connection) -> watch(connection));
    }

    private static void watch(Connection connection) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        if (pipeline.get(NAME) == null) {
            pipeline.addBefore(NettyPipeline.ReactiveBridge, NAME, new Dropping());
        }
    }

    /** Stays on the connection for all of its requests. */
    static final class Dropping extends ChannelInboundHandlerAdapter {

        /** In HTTP/1.1, the end of an interim answer comes as a message of its own. */
        private boolean endFollows;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpResponse head
                    && head.decoderResult().isSuccess()
                    && head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                if (head.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
                    if (ChannelOperations.get(context.channel()) instanceof WebsocketInbound) {
                        context.fireChannelRead(message);
                        return;
                    }
                    ReferenceCountUtil.release(message);
                    context.fireExceptionCaught(new IOException("the server speaks another protocol, unasked"));
                    var unused = context.close();
                    return;
                }
                endFollows = !(message instanceof LastHttpContent);
                drop(context, message);
            } else if (endFollows && message instanceof LastHttpContent) {
                endFollows = false;
                drop(context, message);
            } else {
                context.fireChannelRead(message);
            }
        }

        private static void drop(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            // Whoever waits for the answer has asked for one message, which this was.
            context.read();
        }
    }
}
