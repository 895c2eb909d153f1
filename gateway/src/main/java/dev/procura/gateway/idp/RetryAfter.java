package dev.procura.gateway.idp;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The header {@code Retry-After} (RFC 9110 section 10.2.3): seconds or a date. Never longer than {@link #LONGEST}. */
final class RetryAfter {

    /** A server that says "in a year" must not put a client out of service until then. */
    static final Duration LONGEST = Duration.ofMinutes(5);

    private RetryAfter() {}

    static Optional<Duration> parse(String text, Instant now) {
        String trimmed = text.strip();
        try {
            Duration delay = trimmed.matches("\\d+")
                    ? seconds(trimmed)
                    : Duration.between(
                            now,
                            ZonedDateTime.parse(trimmed, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
            if (delay.isNegative() || delay.isZero()) {
                return Optional.empty();
            }
            return Optional.of(delay.compareTo(LONGEST) < 0 ? delay : LONGEST);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration seconds(String digits) {
        String number = digits.replaceFirst("^0+(?=\\d)", "");
        return number.length() > 9 ? LONGEST : Duration.ofSeconds(Long.parseLong(number));
    }
}
