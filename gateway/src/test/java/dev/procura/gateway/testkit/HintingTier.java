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
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An API that says something before it answers: the statuses in the first segments of the path behind the route's, such as
 * {@code /orders/103/102/42}. Its answer is the target that it was asked for. In HTTP/1.1, {@code /…/garbled} says something longer than a head may be, before.
 * In HTTP/2, {@code /…/last} begins an answer that
 * does not end, on a connection that takes no other request; a request for {@code /…/refused/…} or {@code /…/late/…} is not
 * looked at when it comes the first time, by REFUSED_STREAM or by GOAWAY, one for {@code /…/unwanted/…} never, and one for
 * {@code /…/broken/…} is broken off. {@code /…/changed/…} and {@code /…/changed-short/…} begin an answer, without and with a
 * length, before they are refused. {@code /…/held/…} is refused after half a second, each time. {@code /…/farewell/…} is answered, and nothing else on the connection, which stays open.
 */
public final class HintingTier implements AutoCloseable {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel server;
    private final Map<String, Integer> seen;
    private final AtomicInteger open = new AtomicInteger();

    private HintingTier(Map<String, Integer> seen, ChannelInitializer<Channel> connections) {
        this.seen = seen;
        this.server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        open.incrementAndGet();
                        connection.closeFuture().addListener(closed -> open.decrementAndGet());
                        connection.pipeline().addLast(connections);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    public static HintingTier start() {
        return new HintingTier(new ConcurrentHashMap<>(), new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(65_536), new Http1());
            }
        });
    }

    public static HintingTier startHttp2() {
        Map<String, Integer> seen = new ConcurrentHashMap<>();
        return new HintingTier(seen, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection
                        .pipeline()
                        .addLast(
                                Http2FrameCodecBuilder.forServer().build(),
                                new Http2MultiplexHandler(new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline().addLast(new Http2(seen));
                                    }
                                }));
            }
        });
    }

    public String uri() {
        return "http://127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** How many connections there are. */
    public int open() {
        return open.get();
    }

    /** How often it was asked for that in HTTP/2, looked at or not. */
    public int seen(String target) {
        return seen.getOrDefault(target, 0);
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

        private final Map<String, Integer> seen;

        Http2(Map<String, Integer> seen) {
            this.seen = seen;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2HeadersFrame request) {
            String target = request.headers().path().toString();
            boolean first = seen.merge(target, 1, Integer::sum) == 1;
            if (target.contains("/refused/") && first || target.contains("/unwanted/")) {
                context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
                return;
            }
            if (target.contains("/broken/")) {
                context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
                return;
            }
            if (target.contains("/late/") && first) {
                goAwayAfter(context.channel().parent(), request.stream().id() - 2);
                return;
            }
            if (target.contains("/held/")) {
                context.executor()
                        .schedule(
                                () -> context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM)),
                                500,
                                TimeUnit.MILLISECONDS);
                return;
            }
            if (target.contains("/changed")) {
                DefaultHttp2HeadersFrame head = head("200");
                if (target.contains("/changed-short/")) {
                    head.headers().setInt("content-length", 100);
                }
                context.write(head);
                context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer("1", StandardCharsets.US_ASCII)))
                        .addListener(
                                sent -> context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM)));
                return;
            }
            if (target.contains("/farewell/")) {
                goAwayAfter(context.channel().parent(), request.stream().id());
            }
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
            boolean empty = "HEAD".contentEquals(request.headers().method());
            context.executor().schedule(() -> send(context, empty ? "" : target), 20, TimeUnit.MILLISECONDS);
        }

        /** By hand: Netty would name no stream that has come as one that has not, and would close the connection by itself. */
        private static void goAwayAfter(Channel connection, int stream) {
            connection
                    .pipeline()
                    .context(Http2FrameCodec.class)
                    .writeAndFlush(Unpooled.buffer()
                            .writeMedium(8)
                            .writeByte(Http2FrameTypes.GO_AWAY)
                            .writeByte(0)
                            .writeInt(0)
                            .writeInt(stream)
                            .writeInt((int) Http2Error.NO_ERROR.code()));
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
