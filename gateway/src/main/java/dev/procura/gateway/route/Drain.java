package dev.procura.gateway.route;

import dev.procura.gateway.problem.InvalidSetting;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.SmartLifecycle;
import reactor.core.scheduler.Scheduler;
import reactor.netty.NettyPipeline;

/**
 * How a gateway leaves without losing a request. Spring Boot has said that it is not ready any more, but whoever sends it
 * requests looks at that only now and then. Until he has, they are taken as before, and every answer ends its connection (RFC
 * 9112 section 9.6), so that the next one goes elsewhere. The web server waits for what is under way then.
 *
 * <p>Not ended politely: a connection on which nothing was asked all the while.
 */
@ChannelHandler.Sharable
public final class Drain extends ChannelOutboundHandlerAdapter
        implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);

    private static final String NAME = "procura.drain";

    private final Duration time;
    private final Scheduler timer;

    private volatile boolean running;
    private volatile boolean ending;

    /**
     * @param time of {@code procura.drain}
     * @param phase how long Spring waits for it: {@code spring.lifecycle.timeout-per-shutdown-phase}
     * @throws InvalidSetting when the time is negative, or not shorter than the phase
     */
    public Drain(Duration time, Duration phase, Scheduler timer) {
        if (time.isNegative() || (!time.isZero() && time.compareTo(phase) >= 0)) {
            throw new InvalidSetting(
                    "procura.drain",
                    "is not between 0 and spring.lifecycle.timeout-per-shutdown-phase (%d s), which would end it"
                            .formatted(phase.toSeconds()),
                    "drain: 5s");
        }
        this.time = time;
        this.timer = timer;
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        // Where Reactor Netty's own handler still sees it: that one ends the connection.
        factory.addServerCustomizers(server -> server.doOnChannelInit((observer, channel, remoteAddress) -> {
            if (channel.pipeline().get(NettyPipeline.ReactiveBridge) != null) {
                channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, NAME, this);
            }
        }));
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (ending
                && message instanceof HttpResponse answer
                && answer.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        super.write(context, message, promise);
    }

    /** Before every other part: the last phase to start is the first to stop. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }

    @Override
    public void start() {
        ending = false;
        running = true;
    }

    @Override
    public void stop(Runnable stopped) {
        ending = true;
        if (time.isZero()) {
            running = false;
            stopped.run();
            return;
        }
        log.info("not ready any more: requests are taken for {} more ms, then those under way finish", time.toMillis());
        timer.schedule(
                () -> {
                    running = false;
                    stopped.run();
                },
                time.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        ending = true;
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
