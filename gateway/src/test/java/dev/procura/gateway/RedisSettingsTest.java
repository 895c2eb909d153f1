package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.problem.InvalidSetting;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

final class RedisSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "spring.data.redis.host, redis.internal",
        "spring.data.redis.url, rediss://redis.internal:6380",
        "spring.data.redis.cluster.nodes, 'a:6379,b:6379'",
        "spring.data.redis.sentinel.nodes, 'a:26379,b:26379'"
    })
    void anyWayToSayWhereItIsWillDo(String key, String value) {
        assertThatCode(() -> check(Map.of(key, value))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "spring.data.redis.port, 6379, spring.data.redis.host, is missing",
        "spring.data.redis.masterreplica.nodes, 'a:6379,b:6379', spring.data.redis.masterreplica, is not supported",
        "spring.data.redis.url, 'redis//:secret@127.0.0.1:6379', spring.data.redis.url, is not shown",
        "spring.data.redis.url, 'redis://:secret@127.0.0.1:6379 ', spring.data.redis.url, is not shown",
        "spring.data.redis.url, 'http://redis.internal', spring.data.redis.url, is not shown",
        "spring.data.redis.timeout, 1m, spring.data.redis.timeout, between 1ms and 2s",
        "spring.data.redis.client-type, jedis, spring.data.redis.client-type, jedis",
        "spring.data.redis.lettuce.read-from, replica, spring.data.redis.lettuce.read-from, is not supported"
    })
    void whatCannotWorkStopsTheStart(String key, String value, String named, String reason) {
        Map<String, Object> settings = key.endsWith("port")
                ? Map.of(key, value)
                : Map.of(key, value, "spring.data.redis.host", "redis.internal");

        assertThatThrownBy(() -> check(settings)).isInstanceOfSatisfying(InvalidSetting.class, invalid -> {
            assertThat(invalid.key()).isEqualTo(named);
            assertThat(invalid.reason()).contains(reason).doesNotContain("secret");
        });
    }

    @Test
    void anAddressThatIsEmptyIsMissing() {
        assertThatThrownBy(() -> check(Map.of("spring.data.redis.host", "")))
                .isInstanceOfSatisfying(
                        InvalidSetting.class,
                        invalid -> assertThat(invalid.reason()).contains("is missing"));
    }

    @ParameterizedTest
    @CsvSource({"1ms, 1", "20ms, 20", "2s, 2000", ", 250"})
    void aCommandHasAQuarterOfASecondOrWhatIsSaid(String timeout, long millis) {
        DataRedisProperties properties = new DataRedisProperties();
        properties.setTimeout(timeout == null ? null : DurationStyle.SIMPLE.parse(timeout));

        assertThat(RedisSettings.deadline(properties)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "-1s", "2001ms", "1m"})
    void aDeadlineThatRequestsCannotWaitForStopsTheStart(String timeout) {
        DataRedisProperties properties = new DataRedisProperties();
        properties.setTimeout(DurationStyle.SIMPLE.parse(timeout));

        assertThatThrownBy(() -> RedisSettings.deadline(properties))
                .isInstanceOfSatisfying(
                        InvalidSetting.class,
                        invalid -> assertThat(invalid.key()).isEqualTo("spring.data.redis.timeout"));
    }

    private static void check(Map<String, Object> settings) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        ConfigurationPropertySources.attach(environment);
        RedisSettings.check(environment);
    }
}
