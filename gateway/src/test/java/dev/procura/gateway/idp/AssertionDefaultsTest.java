package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a dialect can say about client assertions. */
final class AssertionDefaultsTest {

    @Test
    void theStandardNamesTheEndpointForAMinuteAndNoThumbprint() {
        AssertionDefaults standard = AssertionDefaults.STANDARD;

        assertThat(standard.audience()).isEqualTo(AssertionDefaults.Audience.TOKEN_ENDPOINT);
        assertThat(standard.life()).isEqualTo(Duration.ofSeconds(60));
        assertThat(standard.longestLife()).isEqualTo(Duration.ofMinutes(10));
        assertThat(standard.withRsa()).isEqualTo(AssertionAlgorithm.RS256);
        for (AssertionAlgorithm algorithm : AssertionAlgorithm.values()) {
            assertThat(standard.thumbprintWith(algorithm)).isEqualTo(AssertionThumbprint.NONE);
        }
    }

    @Test
    void aThumbprintMayGoWithAnAlgorithm() {
        AssertionDefaults defaults = AssertionDefaults.STANDARD
                .life(Duration.ofMinutes(5), Duration.ofMinutes(10))
                .withRsa(AssertionAlgorithm.PS256)
                .thumbprint(AssertionAlgorithm.PS256, AssertionThumbprint.X5T_S256)
                .thumbprint(AssertionAlgorithm.RS256, AssertionThumbprint.X5T);

        assertThat(defaults.thumbprintWith(AssertionAlgorithm.PS256)).isEqualTo(AssertionThumbprint.X5T_S256);
        assertThat(defaults.thumbprintWith(AssertionAlgorithm.RS256)).isEqualTo(AssertionThumbprint.X5T);
        assertThat(defaults.thumbprintWith(AssertionAlgorithm.ES256)).isEqualTo(AssertionThumbprint.NONE);
        assertThat(defaults.withRsa()).isEqualTo(AssertionAlgorithm.PS256);
        assertThat(defaults.life()).isEqualTo(Duration.ofMinutes(5));
    }
}
