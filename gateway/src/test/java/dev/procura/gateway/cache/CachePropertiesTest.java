package dev.procura.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Secret;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;

class CachePropertiesTest {

    private static CacheProperties properties(long entries, DataSize bytes, Duration life, Duration margin) {
        return CacheExample.of(entries, bytes, life, Duration.ofSeconds(10), margin);
    }

    static Stream<Arguments> settingsThatCannotWork() {
        DataSize large = DataSize.ofMegabytes(256);
        Duration hour = Duration.ofHours(1);
        Duration margin = Duration.ofSeconds(30);
        return Stream.of(
                argumentSet("no entry", properties(0, large, hour, margin), "max-entries"),
                argumentSet("fewer than none", properties(-1, large, hour, margin), "max-entries"),
                argumentSet("no bytes", properties(10, DataSize.ofBytes(0), hour, margin), "max-bytes"),
                argumentSet("few bytes", properties(10, DataSize.ofBytes(1_048_575), hour, margin), "max-bytes"),
                argumentSet("no life", properties(10, large, Duration.ZERO, margin), "max-life"),
                argumentSet("half a second", properties(10, large, Duration.ofMillis(500), margin), "max-life"),
                argumentSet("a life backwards", properties(10, large, hour.negated(), margin), "max-life"),
                argumentSet("a margin backwards", properties(10, large, hour, Duration.ofMillis(-1)), "safety-margin"));
    }

    @ParameterizedTest
    @MethodSource("settingsThatCannotWork")
    void aSettingThatCannotWorkIsNamed(CacheProperties properties, String key) {
        assertThatThrownBy(properties::check).isInstanceOfSatisfying(InvalidSetting.class, invalid -> {
            assertThat(invalid.key()).isEqualTo("procura.cache." + key);
            assertThat(invalid.reason()).isNotBlank();
            assertThat(invalid.example()).startsWith(key + ": ");
        });
    }

    @ParameterizedTest
    @CsvSource({"PT-0.001S, false", "PT0S, true", "PT10M, true", "PT10M0.001S, false"})
    void anInactiveTokenIsRememberedForTenMinutesAtMost(Duration negativeTtl, boolean works) {
        CacheProperties properties = CacheExample.of(
                10, DataSize.ofMegabytes(256), Duration.ofHours(1), negativeTtl, Duration.ofSeconds(30));

        if (works) {
            assertThat(properties.check()).isSameAs(properties);
        } else {
            assertThatThrownBy(properties::check).isInstanceOfSatisfying(InvalidSetting.class, invalid -> {
                assertThat(invalid.key()).isEqualTo("procura.cache.negative-ttl");
                assertThat(invalid.reason()).contains("0s and 10m");
                assertThat(invalid.example()).isEqualTo("negative-ttl: 10s");
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"0.499, false", "0.5, true", "1, true", "1.001, false", "NaN, false"})
    void anEntryIsRenewedInTheSecondHalfOfItsLife(double refreshAhead, boolean works) {
        CacheProperties properties = CacheExample.of(
                10,
                DataSize.ofMegabytes(256),
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                refreshAhead);

        assertTaken(properties, works, "refresh-ahead");
    }

    @ParameterizedTest
    @CsvSource({"PT59.999S, false", "PT1M, true", "P31D, true", "P31DT0.001S, false"})
    void aRevocationIsKeptForAMonthAtMost(Duration life, boolean works) {
        CacheProperties like = properties(10, DataSize.ofMegabytes(256), Duration.ofHours(1), Duration.ZERO);
        CacheProperties properties = new CacheProperties(
                like.maxEntries(),
                like.maxBytes(),
                like.maxLife(),
                like.negativeTtl(),
                like.safetyMargin(),
                like.refreshAhead(),
                like.subject(),
                like.shared(),
                like.sealKeys(),
                like.sealKeysFile(),
                life);

        assertTaken(properties, works, "revocation-life");
    }

    private static void assertTaken(CacheProperties properties, boolean works, String key) {
        if (works) {
            assertThat(properties.check()).isSameAs(properties);
        } else {
            assertThatThrownBy(properties::check)
                    .isInstanceOfSatisfying(
                            InvalidSetting.class,
                            invalid -> assertThat(invalid.key()).isEqualTo("procura.cache." + key));
        }
    }

    private static CacheProperties sharing(CacheProperties.Shared shared, List<Secret> keys, String file) {
        return new CacheProperties(
                10,
                DataSize.ofMegabytes(256),
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                0.8,
                CacheProperties.Subject.TOKEN,
                shared,
                keys,
                file,
                Duration.ofHours(24));
    }

    static Stream<Arguments> sealsThatCannotWork() {
        List<Secret> keys = List.of(Secret.of("key"));
        return Stream.of(
                argumentSet("none", sharing(CacheProperties.Shared.REDIS, List.of(), null), "seal-keys"),
                argumentSet("both", sharing(CacheProperties.Shared.REDIS, keys, "file"), "seal-keys-file"),
                argumentSet("for nothing", sharing(CacheProperties.Shared.NONE, keys, null), "seal-keys"),
                argumentSet(
                        "a file for nothing",
                        sharing(CacheProperties.Shared.NONE, List.of(), "file"),
                        "seal-keys-file"));
    }

    @ParameterizedTest
    @MethodSource("sealsThatCannotWork")
    void keysAreThereExactlyWhenSomethingIsSealed(CacheProperties properties, String key) {
        assertThatThrownBy(properties::check)
                .isInstanceOfSatisfying(
                        InvalidSetting.class,
                        invalid -> assertThat(invalid.key()).isEqualTo("procura.cache." + key));
    }

    @Test
    void eitherWayToGiveKeysWorks() {
        for (CacheProperties right : List.of(
                sharing(CacheProperties.Shared.REDIS, List.of(Secret.of("key")), null),
                sharing(CacheProperties.Shared.REDIS, List.of(), "file"),
                sharing(CacheProperties.Shared.NONE, List.of(), null))) {
            assertThat(right.check()).isSameAs(right);
        }
    }

    @Test
    void theSmallestThatWorksWorks() {
        CacheProperties smallest = properties(1, DataSize.ofMegabytes(1), Duration.ofSeconds(1), Duration.ZERO)
                .check();

        assertThat(smallest.bounds()).isEqualTo(new CacheBounds(1, 1_048_576));
    }

    @Test
    void moreEntriesThanBytesAreNoMoreThanTheBytes() {
        CacheProperties properties =
                properties(Long.MAX_VALUE, DataSize.ofMegabytes(1), Duration.ofHours(1), Duration.ZERO);

        assertThat(properties.check().bounds()).isEqualTo(new CacheBounds(1_048_576, 1_048_576));
    }
}
