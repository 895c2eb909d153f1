package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1                             | 1",
                "30                            | 30",
                "' 30 '                        | 30",
                "007                           | 7",
                "299                           | 299",
                "300                           | 300",
                "301                           | 300",
                "86400                         | 300",
                "999999999                     | 300",
                "99999999999999999999          | 300",
                "Sun, 01 Mar 2026 12:00:30 GMT | 30",
                "Sun, 01 Mar 2026 12:05:00 GMT | 300",
                "Sun, 01 Mar 2026 13:00:00 GMT | 300",
                "Tue, 31 Dec 2999 23:59:59 GMT | 300",
                "sun, 01 mar 2026 12:00:30 gmt | 30",
            })
    void readsSecondsOrADateAndWaitsNoLongerThanFiveMinutes(String header, long seconds) {
        assertThat(RetryAfter.parse(header, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0",
                "000",
                "-1",
                "-30",
                "+30",
                "1.5",
                "30s",
                "soon",
                "٣٠",
                "1 2",
                "30, 60",
                "Sun, 01 Mar 2026 12:00:00 GMT",
                "Sun, 01 Mar 2026 11:59:59 GMT",
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Mon, 01 Mar 2026 12:00:30 GMT",
                "2026-03-01T12:00:30Z",
                "Sun, 99 Mar 2026 12:00:30 GMT"
            })
    void whatIsNoDelayIsNone(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 100_000})
    void aHeaderOfAnyLengthIsReadAtOnce(int length) {
        assertThat(RetryAfter.parse("x".repeat(length), NOW)).isEmpty();
    }
}
