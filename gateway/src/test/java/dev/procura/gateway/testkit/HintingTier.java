package dev.procura.gateway.testkit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An API that says something before it answers: the statuses in the first segments of the path behind the route's, such as
 * {@code /orders/103/102/42}. Its answer is the target that it was asked for. In HTTP/1.1, {@code /…/garbled} says something longer than a head may be, before.
 * In HTTP/2, {@code /…/last} begins an answer that
 * does not end, on a connection that takes no other request.
 */
public final class HintingTier implements AutoCloseable {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel server;

    private HintingTier(ChannelInitializer<Channel> connections) {
        this.server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(connections)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    public static HintingTier start() {
        return new HintingTier(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(65_536), new Http1());
            }
        });
    }

    public static HintingTier startHttp2() {
        return new HintingTier(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection
                        .pipeline()
                        .addLast(
                                Http2FrameCodecBuilder.forServer().build(),
                                new Http2MultiplexHandler(new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline().addLast(new Http2());
                                    }
                                }));
            }
        });
    }

    public String uri() {
        return "http://127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort();
    }

    private static List<Integer> hints(String target) {
        return List.of(target.split("/", -1)).stream()
                .filter(segment -> segment.matches("1\\d\\d"))
                .map(Integer::valueOf)
                .toList();
    }

    private static final class Http1 extends SimpleChannelInboundHandler<FullHttpRequest> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            for (int hint : hints(request.uri())) {
                context.writeAndFlush(answer(HttpResponseStatus.valueOf(hint), ""));
            }
            if (request.uri().endsWith("/garbled")) {
                context.pipeline()
                        .firstContext()
                        .writeAndFlush(Unpooled.copiedBuffer(
                                "HTTP/1.1 103 Early Hints\r\nLink: " + "x".repeat(70_000) + "\r\n\r\n",
                                StandardCharsets.US_ASCII));
            }
            // In packets of their own, as they come over a network.
            String target = request.uri();
            context.executor().schedule(() -> send(context, target), 20, TimeUnit.MILLISECONDS);
        }

        private static void send(ChannelHandlerContext context, String target) {
            FullHttpResponse answer = answer(HttpResponseStatus.OK, target);
            answer.headers().set("Content-Length", target.length());
            context.writeAndFlush(answer);
        }

        private static FullHttpResponse answer(HttpResponseStatus status, String body) {
            return new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII));
        }
    }

    private static final class Http2 extends SimpleChannelInboundHandler<Http2HeadersFrame> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2HeadersFrame request) {
            String target = request.headers().path().toString();
            if (target.endsWith("/last")) {
                // Does not end, and is the last one on this connection.
                context.channel()
                        .parent()
                        .writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(0));
                context.write(head("200"));
                context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer("1", StandardCharsets.US_ASCII)));
                return;
            }
            for (int hint : hints(target)) {
                context.writeAndFlush(head(Integer.toString(hint)));
            }
            context.executor().schedule(() -> send(context, target), 20, TimeUnit.MILLISECONDS);
        }

        private static void send(ChannelHandlerContext context, String target) {
            context.write(head("200"));
            context.writeAndFlush(
                    new DefaultHttp2DataFrame(Unpooled.copiedBuffer(target, StandardCharsets.US_ASCII), true));
        }

        private static DefaultHttp2HeadersFrame head(String status) {
            return new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status(status));
        }
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
