package dev.procura.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SecretTest {

    @Test
    void printsAsStarsWhateverItsLength() {
        assertThat(Secret.of("hunter2")).hasToString("******");
        assertThat(Secret.of("a much longer secret")).hasToString("******");
        assertThat(Secret.of("hunter2").reveal()).isEqualTo("hunter2");
    }

    @Test
    void isEqualToTheSameSecretOnly() {
        assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).hasSameHashCodeAs(Secret.of("a"));
        assertThat(Secret.of("a")).isNotEqualTo(Secret.of("b"));
        assertThat((Object) Secret.of("a")).isNotEqualTo("a");
    }

    @Test
    void isBlankWhenNothingButSpaceIsInIt() {
        assertThat(Secret.of("").isBlank()).isTrue();
        assertThat(Secret.of(" \t").isBlank()).isTrue();
        assertThat(Secret.of(" x").isBlank()).isFalse();
    }
}
