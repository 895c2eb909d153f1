package dev.procura.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One total weight keeps both bounds: the number of entries, and their bytes. */
final class CacheBoundsTest {

    @ParameterizedTest(name = "{0} entries, {1} bytes, each of {2} bytes: at most {3} entries")
    @CsvSource({
        "100000, 268435456, 1, 100000",
        "100000, 268435456, 2685, 100000",
        "100000, 268435456, 20000, 13421",
        "3, 10, 1, 3",
        "3, 10, 6, 1",
        "1, 1000, 1, 1",
        "10, 10, 1, 10",
        "1000, 1000, 3, 333",
        "1, 8589934592, 1, 1"
    })
    void holdsBothBounds(long maxEntries, long maxBytes, long bytesOfEach, long entries) {
        CacheBounds bounds = new CacheBounds(maxEntries, maxBytes);

        long fitting = bounds.maxBytes() / bounds.weigh(bytesOfEach);

        assertThat(fitting).isLessThanOrEqualTo(entries).isLessThanOrEqualTo(maxEntries);
        assertThat(fitting * bytesOfEach).isLessThanOrEqualTo(maxBytes);
        assertThat(fitting).isGreaterThanOrEqualTo(entries * 9 / 10);
    }

    @ParameterizedTest
    @CsvSource({"100000, 268435456", "3, 10", "1, 1", "7, 1000003"})
    void neverWeighsAnEntryLessThanItIs(long maxEntries, long maxBytes) {
        CacheBounds bounds = new CacheBounds(maxEntries, maxBytes);

        for (long bytes = 0; bytes < 100_000; bytes += 997) {
            assertThat((long) bounds.weigh(bytes)).isPositive().isGreaterThanOrEqualTo(bytes);
        }
        assertThat(bounds.weigh(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"0, 100", "-1, 100", "1, 0", "10, 9", "1, -1"})
    void refusesBoundsThatHoldNothing(long maxEntries, long maxBytes) {
        assertThatIllegalArgumentException().isThrownBy(() -> new CacheBounds(maxEntries, maxBytes));
    }
}
