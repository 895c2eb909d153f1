package dev.procura.gateway.inbound;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.websocket.WebsocketInbound;

/**
 * Drops what a server says before its answer: 100, 102, 103 and whatever else begins with 1 (RFC 9110 section 15.2). Reactor
 * Netty's client takes all of them but 100 for the answer.
 *
 * <p>101 is an answer where another protocol was asked for; where none was, the connection is not HTTP any more, and ends.
 */
final class InterimAnswers extends ChannelInboundHandlerAdapter {

    /** In HTTP/1.1, the end of an interim answer comes as a message of its own. */
    private boolean endFollows;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse head) {
            endFollows = false;
            if (head.decoderResult().isSuccess() && head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                interim(context, head);
                return;
            }
        } else if (endFollows && message instanceof LastHttpContent) {
            endFollows = false;
            drop(context, message);
            return;
        }
        context.fireChannelRead(message);
    }

    private void interim(ChannelHandlerContext context, HttpResponse head) {
        if (head.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            endFollows = !(head instanceof LastHttpContent);
            drop(context, head);
        } else if (ChannelOperations.get(context.channel()) instanceof WebsocketInbound) {
            context.fireChannelRead(head);
        } else {
            ReferenceCountUtil.release(head);
            context.fireExceptionCaught(new IOException("the server speaks another protocol, unasked"));
            var unused = context.close();
        }
    }

    private static void drop(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
        // Whoever waits for the answer has asked for one message, which this was.
        context.read();
    }
}
