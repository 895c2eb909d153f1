package dev.procura.gateway;

import dev.procura.gateway.fleet.BreakingStore;
import dev.procura.gateway.problem.InvalidSetting;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.core.env.Environment;

/** What {@code spring.data.redis} has to say, and must not, with {@code procura.cache.shared: redis}. */
final class RedisSettings {

    private static final String PREFIX = "spring.data.redis.";

    /** Spring Boot's own default is localhost, which is nobody's fleet. */
    private static final String EXAMPLE =
            "spring.data.redis: { host: redis.internal, port: 6379, ssl: { enabled: true } }";

    private static final Duration SHORTEST_DEADLINE = Duration.ofMillis(1);
    private static final Duration LONGEST_DEADLINE = Duration.ofSeconds(2);

    private RedisSettings() {}

    /** @throws InvalidSetting when nobody says where Redis is, or a kind of it is meant that is not supported */
    static void check(Environment environment) {
        check(environment, Binder.get(environment).bindOrCreate("spring.data.redis", DataRedisProperties.class));
    }

    private static void check(Environment environment, DataRedisProperties properties) {
        Duration unused = deadline(properties);
        if (properties.getMasterreplica() != null) {
            throw new InvalidSetting(
                    PREFIX + "masterreplica",
                    "is not supported: name the one that takes writes, or use Sentinel",
                    EXAMPLE);
        }
        if (!names(environment, properties)) {
            throw new InvalidSetting(
                    PREFIX + "host",
                    "is missing: procura.cache.shared is redis, and nothing says where it is",
                    EXAMPLE);
        }
        if (properties.getUrl() != null && !isAddress(properties.getUrl())) {
            throw new InvalidSetting(
                    PREFIX + "url",
                    "is no address of a Redis (it is not shown, because it may hold a password)",
                    "spring.data.redis.url: rediss://redis.internal:6380");
        }
        if (properties.getClientType() == DataRedisProperties.ClientType.JEDIS) {
            throw new InvalidSetting(
                    PREFIX + "client-type", "jedis is not part of the gateway", "client-type: lettuce");
        }
        if (properties.getLettuce().getReadFrom() != null) {
            throw new InvalidSetting(
                    PREFIX + "lettuce.read-from", "is not supported: a replica may not know yet what was written", "");
        }
    }

    /** How long a command may take. Requests wait for it, so it is bounded. */
    static Duration deadline(DataRedisProperties properties) {
        Duration deadline = Optional.ofNullable(properties.getTimeout()).orElse(BreakingStore.DEADLINE);
        if (deadline.compareTo(SHORTEST_DEADLINE) < 0 || deadline.compareTo(LONGEST_DEADLINE) > 0) {
            throw new InvalidSetting(
                    PREFIX + "timeout",
                    "is not between 1ms and 2s: requests wait for a command that long",
                    "spring.data.redis.timeout: 250ms");
        }
        return deadline;
    }

    private static boolean isAddress(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null && ("redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean names(Environment environment, DataRedisProperties properties) {
        return properties.getSentinel() != null
                || properties.getCluster() != null
                || Stream.of("host", "url")
                        .anyMatch(key ->
                                !environment.getProperty(PREFIX + key, "").isBlank());
    }
}
