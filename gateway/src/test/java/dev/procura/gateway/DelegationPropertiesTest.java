package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.problem.InvalidSetting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How far a request may be handed on. */
final class DelegationPropertiesTest {

    @Test
    void isReadFromItsBlock() {
        ProcuraProperties properties = TestConfiguration.of("procura: { delegation: { max-actors: 1, max-hops: 20 } }")
                .bind();

        assertThat(properties.delegation().check()).isEqualTo(new DelegationProperties(1, 20));
    }

    @ParameterizedTest
    @CsvSource({"0, 5, max-actors", "-1, 5, max-actors", "21, 5, max-actors", "5, 0, max-hops", "5, 21, max-hops"})
    void hasNoBoundThatIsNone(int maxActors, int maxHops, String key) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> new DelegationProperties(maxActors, maxHops).check())
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.delegation." + key);
                    assertThat(invalid.reason()).isEqualTo("is not between 1 and 20");
                    assertThat(invalid.example()).isEqualTo(key + ": 5");
                });
    }
}
