package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.Randomly;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/** However the bytes of an answer are cut into pieces: it arrives whole, and the connection goes on if and only if nothing follows. */
final class OneAnswerPropertyTest {

    private static final List<String> SURPLUS = List.of(
            "x",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
            "HTTP/1.1 200 OK\r\nSet-Cookie: s=evil\r\nX: ",
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
            "HTTP/1.1 200 OK\r\nSet-Cookie: s=evil\r\n",
            "HTTP/1.1 103 Early Hints\r\n",
            "HTTP/1.1 103 Early Hints\r\n\r\n",
            "\n");

    @Test
    void piecesMakeNoDifference() {
        Randomly.check(random -> {
            for (int run = 0; run < Randomly.rounds(2_000); run++) {
                Client client = new Client();
                for (int i = 0; i < 3; i++) {
                    String body = "answer-" + random.nextInt(1_000);
                    client.ask();
                    client.hear(random, hint(random) + answer(random, body));

                    assertThat(client.heard()).isEqualTo(body);
                    assertThat(client.ended()).isTrue();
                    assertThat(client.mayBeUsedAgain()).isTrue();
                }
                client.close();
            }
        });
    }

    @Test
    void whatFollowsAnAnswerIsNobodysAndEndsTheConnection() {
        Randomly.check(random -> {
            for (int run = 0; run < Randomly.rounds(2_000); run++) {
                Client client = new Client();
                String body = "answer-" + random.nextInt(1_000);
                client.ask();
                client.hear(random, answer(random, body) + Randomly.oneOf(random, SURPLUS));

                assertThat(client.heard()).isEqualTo(body);
                assertThat(client.mayBeUsedAgain()).isFalse();
                client.close();
            }
        });
    }

    @Test
    void whatIsSaidUnaskedEndsTheConnection() {
        Randomly.check(random -> {
            for (int run = 0; run < Randomly.rounds(500); run++) {
                Client client = new Client();
                if (random.nextBoolean()) {
                    client.ask();
                    client.hear(random, answer(random, "first"));
                    assertThat(client.mayBeUsedAgain()).isTrue();
                }
                String before = client.heard();

                client.hear(random, Randomly.oneOf(random, SURPLUS));

                assertThat(client.heard()).isEqualTo(before);
                assertThat(client.mayBeUsedAgain()).isFalse();
                client.close();
            }
        });
    }

    private static String hint(Random random) {
        return random.nextInt(4) == 0 ? "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" : "";
    }

    private static String answer(Random random, String body) {
        if (random.nextBoolean()) {
            return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        }
        int cut = random.nextInt(body.length() - 1) + 1;
        return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(body.substring(0, cut))
                + chunk(body.substring(cut)) + "0\r\n" + (random.nextBoolean() ? "T: r\r\n" : "") + "\r\n";
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    /** Sends the next request as soon as it may, as a pool does whose callers wait. */
    private static final class Client {

        private final StringBuilder heard = new StringBuilder();
        private boolean ended;

        private final EmbeddedChannel channel = new EmbeddedChannel();

        Client() {
            channel.pipeline().addLast(NettyPipeline.HttpCodec, new HttpClientCodec());
            OneAnswer.watch(channel.pipeline());
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    if (message instanceof HttpResponse) {
                        heard.setLength(0);
                    }
                    if (message instanceof HttpContent content) {
                        heard.append(content.content().toString(StandardCharsets.US_ASCII));
                    }
                    ended |= message instanceof LastHttpContent;
                    ReferenceCountUtil.release(message);
                }
            });
        }

        void ask() {
            ended = false;
            channel.writeOutbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
            channel.releaseOutbound();
        }

        /** Cut anywhere, in one turn of the loop or in several. */
        void hear(Random random, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            int at = 0;
            while (at < bytes.length) {
                int length = 1 + random.nextInt(random.nextBoolean() ? 3 : bytes.length);
                int end = Math.min(bytes.length, at + length);
                ByteBuf piece = Unpooled.copiedBuffer(bytes, at, end - at);
                channel.pipeline().fireChannelRead(piece);
                at = end;
                if (random.nextInt(4) == 0) {
                    channel.pipeline().fireChannelReadComplete();
                }
            }
            channel.pipeline().fireChannelReadComplete();
            channel.runPendingTasks();
        }

        String heard() {
            return heard.toString();
        }

        boolean ended() {
            return ended;
        }

        boolean mayBeUsedAgain() {
            return channel.isOpen() && Connection.from(channel).isPersistent();
        }

        void close() {
            channel.finishAndReleaseAll();
        }
    }
}
