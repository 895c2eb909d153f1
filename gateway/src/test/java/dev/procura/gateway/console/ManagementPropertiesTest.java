package dev.procura.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.fixture.IssuerExample;
import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.ProfileName;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.problem.InvalidSetting;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may call the management endpoint: nobody by default, and never everybody. */
final class ManagementPropertiesTest {

    private static final Issuers ISSUERS = Issuers.of(
            Map.of("corp", IssuerExample.block(ProfileName.GENERIC, null)),
            IssuerSurroundings.at(MutableClock.at(Instant.EPOCH)));

    @Test
    void nobodyMayWithoutTheBlock() {
        assertThat(new ManagementProperties(null).rule(ISSUERS, Set.of())).isEmpty();
    }

    @Test
    void whoHasAllOfItMay() {
        AccessRule rule = properties(List.of("corp"), List.of("a", "b"), List.of())
                .rule(ISSUERS, Set.of("orders-api"))
                .orElseThrow();

        assertThat(rule).isInstanceOfSatisfying(AccessRule.Restricted.class, restricted -> {
            assertThat(restricted.issuers()).containsExactly("corp");
            assertThat(restricted.roles()).containsExactlyInAnyOrder("a", "b");
            assertThat(restricted.audiences()).containsExactly("gateway");
        });
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}: {4}")
    @CsvSource({
        "'', a, '', '', issuers",
        "corp, '', '', '', roles",
        "corp, ' ', '', '', roles",
        "crop, a, '', '', issuers",
        "corp, a, other, '', audiences",
        "corp, a, gateway, gateway, audiences",
        "corp, a, '', gateway, audiences"
    })
    void whatWouldLetInNobodyOrTooManyStopsTheStart(
            String issuers, String roles, String audiences, String targets, String key) {
        ManagementProperties properties = properties(list(issuers), list(roles), list(audiences));

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> properties.rule(ISSUERS, Set.copyOf(list(targets))))
                .satisfies(invalid -> assertThat(invalid.key()).isEqualTo("procura.management.require." + key));
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : List.of(text);
    }

    private static ManagementProperties properties(List<String> issuers, List<String> roles, List<String> audiences) {
        return new ManagementProperties(new ManagementProperties.Require(issuers, roles, audiences));
    }
}
