package dev.procura.gateway.fleet;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What the Redis client must not do by itself: keep commands for later, or take its time to come back. */
public final class RedisOptions {

    /** Sent and not answered yet. */
    private static final int MAX_UNDER_WAY = 4096;

    private static final Duration SHORTEST_RECONNECT = Duration.ofMillis(50);
    private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(2);

    private RedisOptions() {}

    /** A command that cannot be sent now fails now: who asked has something better to do, and later it means something else. */
    public static void client(ClientOptions.Builder options) {
        options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .autoReconnect(true)
                .requestQueueSize(MAX_UNDER_WAY);
    }

    public static void resources(ClientResources.Builder resources) {
        resources.reconnectDelay(
                () -> Delay.fullJitter(SHORTEST_RECONNECT, LONGEST_RECONNECT, 100, TimeUnit.MILLISECONDS));
    }
}
