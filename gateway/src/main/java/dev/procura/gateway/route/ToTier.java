package dev.procura.gateway.route;

import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import reactor.netty.Connection;

/**
 * What a tier is asked by.
 *
 * @param exchange ends with the answer
 * @param channel stays what it is, also when the exchange has ended
 */
record ToTier(Connection exchange, Channel channel) {

    /**
     * Half an answer is left on it; unless that has ended meanwhile, and the connection has gone on to somebody else's
     * request: only its own thread can tell. There, an exchange that has ended is parted from its connection, and what is
     * dropped are the bytes that nobody has read.
     */
    void drop() {
        try {
            channel.eventLoop().execute(exchange::dispose);
        } catch (RejectedExecutionException stopped) {
            // Threads stop after their connections: there is nothing left to end.
        }
    }
}
