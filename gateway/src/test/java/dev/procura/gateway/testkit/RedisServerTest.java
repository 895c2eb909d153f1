package dev.procura.gateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

final class RedisServerTest {

    @Test
    void showsEverythingThatIsInIt() {
        RedisServer redis = RedisServer.shared();
        redis.ask("SET", "a name", "a value", "PX", "60000");
        redis.ask("ZADD", "a set", "7", "a member");

        assertThat(redis.dump().keySet()).containsExactly("a name", "a set");
        assertThat(redis.dump().get("a name").millisToLive()).isBetween(1L, 60_000L);
        assertThat(redis.dumpText()).contains("a name string\na value\n", "a set zset\na member\n7\n");

        redis.flush();

        assertThat(redis.dump()).isEmpty();
    }

    @Test
    void isGoneWhenItIsKilledAndComesBackEmpty() {
        try (RedisServer redis = RedisServer.start("maxmemory 10mb")) {
            redis.ask("SET", "a name", "a value");

            redis.kill();

            assertThatThrownBy(() -> redis.ask("PING")).isInstanceOf(UncheckedIOException.class);

            redis.restart();

            assertThat(redis.dump()).isEmpty();
            assertThat(redis.text("CONFIG", "GET", "maxmemory")).contains("10485760");
        }
    }
}
