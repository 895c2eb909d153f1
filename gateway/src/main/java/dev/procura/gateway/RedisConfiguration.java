package dev.procura.gateway;

import dev.procura.gateway.cache.SharedCredentials;
import dev.procura.gateway.credential.IssuedTokens;
import dev.procura.gateway.fleet.BreakingStore;
import dev.procura.gateway.fleet.FleetRevocations;
import dev.procura.gateway.fleet.RedisLine;
import dev.procura.gateway.fleet.RedisOptions;
import dev.procura.gateway.fleet.RedisStore;
import dev.procura.gateway.fleet.SealKeys;
import dev.procura.gateway.fleet.SealedCredentials;
import dev.procura.gateway.fleet.Seals;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Alarms;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Part of the composition root: the store that the replicas share, with {@code procura.cache.shared: redis} alone. The
 * connection is what {@code spring.data.redis} says.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "procura.cache.shared", havingValue = "redis")
class RedisConfiguration {

    private static final int MAX_WAITING_TO_CONNECT = 1000;

    /** Before Spring Boot makes anything of these settings: it would name beans, or show an address with its password. */
    @Bean
    static BeanFactoryPostProcessor redisSettings(Environment environment) {
        return beans -> RedisSettings.check(environment);
    }

    @Bean
    LettuceClientOptionsBuilderCustomizer redisClientOptions() {
        return RedisOptions::client;
    }

    @Bean
    ClientResourcesBuilderCustomizer redisClientResources() {
        return RedisOptions::resources;
    }

    /** Connecting may block: one thread, which ends when it has nothing to do. */
    @Bean(destroyMethod = "dispose")
    Scheduler redisDialling() {
        return Schedulers.newBoundedElastic(1, MAX_WAITING_TO_CONNECT, "procura-redis", 60, true);
    }

    @Bean
    RedisLine redisLine(LettuceConnectionFactory factory, Scheduler redisDialling) {
        return new RedisLine(factory, redisDialling);
    }

    @Bean
    BreakingStore sharedStore(RedisLine redisLine, DataRedisProperties properties, MeterRegistry meters, Clock clock) {
        return new BreakingStore(
                "credentials",
                new RedisStore(redisLine, clock),
                redisLine::redial,
                RedisSettings.deadline(properties),
                Schedulers.parallel(),
                meters,
                clock);
    }

    @Bean
    Seals seals(ProcuraProperties properties) {
        return new Seals(SealKeys.of(properties.cache()));
    }

    /** Above the breaker, so that a store that is away costs nothing; below the memory of this replica. */
    @Bean
    SharedCredentials sharedCredentials(
            BreakingStore sharedStore,
            Seals seals,
            ProcuraProperties properties,
            Revocations revocations,
            FleetRevocations fleetRevocations,
            Alarms alarms,
            Clock clock) {
        return new SealedCredentials(
                sharedStore,
                seals,
                properties.cache(),
                new SealedCredentials.Surroundings(
                        new IssuedTokens(properties.delegation().check().maxActors()),
                        revocations,
                        fleetRevocations::look,
                        alarms,
                        Schedulers.parallel(),
                        clock));
    }

    /** Before somebody needs it. */
    @Bean
    ApplicationListener<ApplicationStartedEvent> redisWarmUp(BreakingStore sharedStore) {
        return event -> {
            CompletableFuture<@Nullable Void> unused = sharedStore.warmUp().toFuture();
        };
    }
}
