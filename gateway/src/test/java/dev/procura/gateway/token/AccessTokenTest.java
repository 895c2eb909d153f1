package dev.procura.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AccessTokenTest {

    private static final Instant END = Instant.parse("2026-03-01T12:00:00Z");

    private final AccessToken token = new AccessToken(TokenValue.of("opaque"), Optional.of(END), Optional.empty());

    @Test
    void isExpiredFromTheSecondOfItsEndOn() {
        assertThat(token.isExpired(END.minusNanos(1))).isFalse();
        assertThat(token.isExpired(END)).isTrue();
        assertThat(token.isExpired(END.plusSeconds(1))).isTrue();
    }

    @Test
    void isNeverExpiredWhenItsEndIsUnknown() {
        AccessToken endless = new AccessToken(TokenValue.of("opaque"), Optional.empty(), Optional.empty());

        assertThat(endless.isExpired(Instant.MAX)).isFalse();
    }

    @Test
    void canBeGivenAnotherEndAndKeepsTheRest() {
        AccessToken scoped = new AccessToken(TokenValue.of("opaque"), Optional.empty(), Optional.of(Scopes.of("a")));

        assertThat(scoped.endingAt(END))
                .isEqualTo(new AccessToken(TokenValue.of("opaque"), Optional.of(END), Optional.of(Scopes.of("a"))));
    }
}
