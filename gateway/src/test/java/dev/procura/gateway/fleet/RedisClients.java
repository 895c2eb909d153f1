package dev.procura.gateway.fleet;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Connections with the gateway's own options, each from a client of its own. */
final class RedisClients implements AutoCloseable {

    private final List<Runnable> closing = new ArrayList<>();

    RedisLine to(int port) {
        return to(new RedisStandaloneConfiguration("127.0.0.1", port));
    }

    RedisLine to(RedisConfiguration where) {
        DefaultClientResources.Builder resources = DefaultClientResources.builder();
        RedisOptions.resources(resources);
        DefaultClientResources made = resources.build();
        ClientOptions.Builder options = ClientOptions.builder()
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(Duration.ofSeconds(1))
                        .build());
        RedisOptions.client(options);
        LettuceConnectionFactory factory = new LettuceConnectionFactory(
                where,
                LettuceClientConfiguration.builder()
                        .clientResources(made)
                        .clientOptions(options.build())
                        .shutdownTimeout(Duration.ZERO)
                        .build());
        factory.afterPropertiesSet();
        factory.start();
        Scheduler dialling = Schedulers.newBoundedElastic(1, 100, "test-redis");
        closing.add(() -> {
            factory.destroy();
            dialling.dispose();
            made.shutdown(0, 2, TimeUnit.SECONDS);
        });
        return new RedisLine(factory, dialling);
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}
