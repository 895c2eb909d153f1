package dev.procura.gateway.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.token.Scopes;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetTest {

    @Test
    void theAudienceIsExpectedBeforeTheResource() {
        GrantExample grant = GrantExample.ofAlice();

        assertThat(grant.resource("https://orders.example.com").target().expectedAudience())
                .isEqualTo("orders-api");
        assertThat(grant.onlyResource("https://orders.example.com").target().expectedAudience())
                .isEqualTo("https://orders.example.com");
    }

    @Test
    void aTargetWithoutAudienceAndResourceIsNone() {
        assertThatThrownBy(() -> new Target(
                        Optional.empty(),
                        Optional.empty(),
                        Scopes.of("orders"),
                        Scopes.none(),
                        Target.SubjectRule.SAME))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aClientActsForCallersOfEveryIssuerUnlessItNamesSome() {
        Client any = GrantExample.CLIENT;
        Client some = GrantExample.forCallersOf("corp");

        assertThat(any.mayActForCallersOf("partner")).isTrue();
        assertThat(some.mayActForCallersOf("corp")).isTrue();
        assertThat(some.mayActForCallersOf("partner")).isFalse();
    }
}
