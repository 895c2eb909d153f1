package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as they come from the wire: what can be read in two ways, or not at all, reaches no framework. */
final class RawRequestGuardTest {

    private static final String HOST = "Host: api.example.com\r\n";

    /** Who stands behind the guard. */
    private static final class Framework extends ChannelInboundHandlerAdapter {

        private final List<HttpRequest> seen = new ArrayList<>();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                seen.add(request);
            }
            ReferenceCountUtil.release(message);
        }
    }

    private final Framework framework = new Framework();
    private final EmbeddedChannel channel = connection();

    private EmbeddedChannel connection() {
        EmbeddedChannel connection = new EmbeddedChannel(new HttpServerCodec());
        connection.pipeline().addLast("procura.raw-request-guard", new RawRequestGuard());
        connection.pipeline().addLast(framework);
        return connection;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/orders/1?a=b&c=%20d",
                "/orders?q=[a]&r={%7B}",
                "/orders?a?b/c:@!$&'()*+,;=-._~",
                "/caf%C3%A9",
                "/orders;a=b",
                "/orders/../reports"
            })
    void letsOrdinaryRequestsPass(String target) {
        String answer = send("GET " + target.replace("{%7B}", "%7B") + " HTTP/1.1\r\n" + HOST + "\r\n");

        assertThat(framework.seen).hasSize(1);
        assertThat(answer).isEmpty();
        assertThat(channel.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "http://evil.example/orders",
                "https://api.example.com/orders",
                "orders",
                "api.example.com:443",
                "?a=b",
                "\\orders"
            })
    void refusesTargetsThatAreNotInOriginForm(String target) {
        assertThat(send("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("\"code\":\"invalid_path\"");
        assertNothingPassed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a?q={x}",
                "/a?q=a|b",
                "/a?q=\"a\"",
                "/a?q=<a>",
                "/a?q=a^b",
                "/a?q=a`b",
                "/a?q=a\\b",
                "/a\\b",
                "/a#b",
                "/a?q=%",
                "/a?q=%2",
                "/a?q=%zz",
                "/a%zz",
                "/a[b]",
                "/a{b}",
                "/a\u007f",
                "/caf\u00e9",
                "/a?q=\u00e9"
            })
    void refusesTargetsThatAreNoUri(String target) {
        assertThat(send("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("\"code\":\"bad_request\"");
        assertNothingPassed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Host:\r\n",
                "Host: \r\n",
                "Host: a.example.com\r\nHost: b.example.com\r\n",
                "Host: a.example.com\r\nhost: a.example.com\r\n",
                "Host: a.example.com, b.example.com\r\n",
                "Host: a.example.com/orders?x=\r\n",
                "Host: a.example.com#x\r\n",
                "Host: a.example.com?x\r\n",
                "Host: user@a.example.com\r\n",
                "Host: a.example.com\\x\r\n",
                "Host: a example.com\r\n",
                "Host: a.example.com:port\r\n",
                "Host: a.example.com:80:90\r\n",
                "Host: [::1\r\n",
                "Transfer-Encoding: gzip, chunked\r\n" + HOST,
                "Transfer-Encoding: gzip\r\n" + HOST,
                "Transfer-Encoding: identity\r\n" + HOST,
                "Transfer-Encoding: xchunked\r\n" + HOST,
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n" + HOST,
                "Content-Length: 1\r\nContent-Length: 2\r\n" + HOST,
                "Content-Length: x\r\n" + HOST,
                "Content-Length: -1\r\n" + HOST,
                "X-A: b\u0000c\r\n" + HOST,
                "X A: b\r\n" + HOST,
                ": b\r\n" + HOST
            })
    void refusesHeadsThatCanBeReadInTwoWays(String headers) {
        assertThat(send("POST /orders HTTP/1.1\r\n" + headers + "\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("\"code\":\"bad_request\"", "application/problem+json", "connection: close");
        assertNothingPassed();
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com, api.example.com",
        "API.Example.COM, api.example.com",
        "api.example.com., api.example.com",
        "API.example.com.:8080, api.example.com:8080",
        "127.0.0.1:8080, 127.0.0.1:8080",
        "[::1]:8080, [::1]:8080",
        "localhost, localhost"
    })
    void writesTheHostInOneSpelling(String sent, String seen) {
        send("GET /orders HTTP/1.1\r\nHost: " + sent + "\r\n\r\n");

        assertThat(framework.seen)
                .singleElement()
                .satisfies(
                        request -> assertThat(request.headers().getAll("Host")).containsExactly(seen));
    }

    /** What comes in the same packet behind a refused request is lost with it. */
    @Test
    void looksAtNothingThatFollowsARefusedRequest() {
        String refused = "GET /a|b HTTP/1.1\r\n" + HOST + "\r\n";
        String unread = "GET /orders?<> HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
        String ordinary = "GET /orders HTTP/1.1\r\n" + HOST + "\r\n";

        String answer = send(refused + unread + ordinary);

        assertNothingPassed();
        assertThat(answer).startsWith("HTTP/1.1 400").containsOnlyOnce("HTTP/1.1");
    }

    @Test
    void readsTheNextRequestOfAConnectionTheSameWay() {
        send("GET /orders HTTP/1.1\r\n" + HOST + "\r\n");
        String answer = send("GET /a|b HTTP/1.1\r\n" + HOST + "\r\n");

        assertThat(framework.seen).hasSize(1);
        assertThat(answer).startsWith("HTTP/1.1 400");
        assertThat(channel.isOpen()).isFalse();
    }

    private void assertNothingPassed() {
        assertThat(framework.seen).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    private String send(String request) {
        channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
        StringBuilder answer = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            answer.append(part.toString(StandardCharsets.UTF_8));
            part.release();
        }
        return answer.toString();
    }
}
