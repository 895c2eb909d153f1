package dev.procura.gateway;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves Spring Boot's configuration of Redis out, unless {@code procura.cache.shared} is {@code redis}: no connection, no
 * thread, no part of the health report. With it, the connection alone is Spring Boot's.
 */
final class RedisOnDemand implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final String OF_REDIS = "org.springframework.boot.data.redis.autoconfigure.";

    /** Asked about what an auto-configuration imports, too: the connection comes in parts. */
    private static final Set<String> NEEDED =
            Set.of(OF_REDIS + "DataRedisAutoConfiguration", OF_REDIS + "LettuceConnectionConfiguration");

    private boolean shared;

    @Override
    public void setEnvironment(Environment environment) {
        this.shared = "redis"
                .equalsIgnoreCase(
                        environment.getProperty("procura.cache.shared", "").trim());
    }

    @Override
    public boolean[] match(@Nullable String[] names, AutoConfigurationMetadata metadata) {
        boolean[] wanted = new boolean[names.length];
        for (int i = 0; i < names.length; i++) {
            String name = names[i];
            wanted[i] = name == null || !name.startsWith(OF_REDIS) || (shared && NEEDED.contains(name));
        }
        return wanted;
    }
}
