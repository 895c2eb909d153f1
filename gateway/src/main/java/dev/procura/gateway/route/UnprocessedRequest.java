package dev.procura.gateway.route;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/**
 * The API says of a request in HTTP/2 that it has not looked at it: by a GOAWAY that names an earlier one as the last, or by
 * REFUSED_STREAM. Such a request may be sent again whatever its method (RFC 9113 section 8.7); the gateway does so once, where
 * it has no body, which would have streamed by.
 */
final class UnprocessedRequest extends IOException {

    private static final long serialVersionUID = 1;

    private UnprocessedRequest(String message) {
        super(message);
    }

    /** Listens to what the API says of one request; each has a pipeline of its own. */
    static void watch(Connection stream) {
        stream.channel().pipeline().addBefore(NettyPipeline.ReactiveBridge, null, new Listener());
    }

    /**
     * Also a request that never left, because the connection took no other when its turn came. Not checked: whether an answer
     * has begun, which the API then contradicts.
     */
    static boolean is(Throwable failure) {
        return failure instanceof UnprocessedRequest
                || (failure instanceof Http2Exception refused && refused.error() == Http2Error.REFUSED_STREAM);
    }

    private static final class Listener extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            // Of GOAWAY, those alone hear that came too late.
            if (event instanceof Http2GoAwayFrame) {
                ReferenceCountUtil.release(event);
                context.fireExceptionCaught(new UnprocessedRequest("the API has ended the connection before it"));
            } else if (event instanceof Http2ResetFrame reset
                    && reset.errorCode() == Http2Error.REFUSED_STREAM.code()) {
                context.fireExceptionCaught(new UnprocessedRequest("the API has refused it"));
            } else {
                context.fireUserEventTriggered(event);
            }
        }
    }
}
