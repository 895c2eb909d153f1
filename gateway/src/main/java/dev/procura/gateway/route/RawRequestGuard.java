package dev.procura.gateway.route;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.problem.ProblemHandler;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import reactor.netty.NettyPipeline;

/**
 * The first look at a request, before any framework has read it: what could be read in two ways, or not at all, is answered
 * here and the connection closed. One target in origin form (RFC 9112 section 3.2.1), one {@code Host}, a transfer coding
 * that everybody knows. Host names are made lower case, so that routes by host cannot be missed by spelling.
 *
 * <p>Not checked here: the path, which {@link RequestGuard} reads.
 */
@ChannelHandler.Sharable
public final class RawRequestGuard extends ChannelInboundHandlerAdapter
        implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

    private static final String NAME = "procura.raw-request-guard";

    /** No URI holds them bare (RFC 3986 section 2); what a tier would make of them is anybody's guess. */
    private static final String NEVER_BARE = "\"<>\\^`{|}#";

    /** RFC 9112 section 3.2, in lower case. */
    private static final Pattern HOST = Pattern.compile("([a-z0-9._~-]+|\\[[0-9a-f:.]+])(:\\d{1,5})?");

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        factory.addServerCustomizers(server -> server.doOnChannelInit((observer, channel, remoteAddress) -> {
            if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, this);
            }
        }));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HttpRequest request)) {
            context.fireChannelRead(message);
            return;
        }
        ProblemException refusal = judge(request);
        if (refusal == null) {
            normalizeHost(request);
            context.fireChannelRead(message);
            return;
        }
        ReferenceCountUtil.release(message);
        refuse(context, refusal);
    }

    private static @Nullable ProblemException judge(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return refused("it cannot be decoded: "
                    + request.decoderResult().cause().getClass().getSimpleName());
        }
        if (!request.uri().startsWith("/")) {
            return ProblemException.of(Problem.INVALID_PATH, "the target is not in origin form");
        }
        if (!isUri(request.uri())) {
            return refused("the target is no URI");
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1 || !HOST.matcher(normalized(hosts.get(0))).matches()) {
            return refused("there is not one Host, a name or an address with or without a port");
        }
        for (String coding : request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING)) {
            if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding.strip())) {
                return refused("the transfer coding is not chunked");
            }
        }
        return null;
    }

    private static boolean isUri(String target) {
        boolean inPath = true;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            inPath &= c != '?';
            boolean never = c <= ' ' || c >= 0x7f || NEVER_BARE.indexOf(c) >= 0 || (inPath && (c == '[' || c == ']'));
            if (never || (c == '%' && !isEncoded(target, i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEncoded(String target, int percent) {
        return percent + 2 < target.length()
                && Character.digit(target.charAt(percent + 1), 16) >= 0
                && Character.digit(target.charAt(percent + 2), 16) >= 0;
    }

    private static void normalizeHost(HttpRequest request) {
        String host = request.headers().get(HttpHeaderNames.HOST);
        String normalized = normalized(host);
        if (!normalized.equals(host)) {
            request.headers().set(HttpHeaderNames.HOST, normalized);
        }
    }

    private static String normalized(String host) {
        return host.strip().toLowerCase(Locale.ROOT).replaceFirst("\\.(?=$|:)", "");
    }

    private static void refuse(ChannelHandlerContext context, ProblemException refusal) {
        ProblemHandler.log("-", refusal);
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(refusal.problem().status()),
                Unpooled.wrappedBuffer(ProblemHandler.document(refusal.problem())));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        // Straight to the codec: nobody further in has seen the request, and nobody is to see what follows it.
        context.pipeline().replace(NAME, NAME, new Swallow());
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private static ProblemException refused(String reason) {
        return ProblemException.of(Problem.BAD_REQUEST, reason);
    }

    /** What was sent behind a refused request is lost with it. */
    private static final class Swallow extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
