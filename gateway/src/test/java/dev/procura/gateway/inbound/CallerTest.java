package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.procura.gateway.token.Claims;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Identities, and the chains of those who act for them. */
final class CallerTest {

    @Test
    void hasAnIdentityWithoutAnEmptyPart() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Identity("", Optional.empty(), Map.of("sub", "a")));
        assertThatIllegalArgumentException().isThrownBy(() -> new Identity("i", Optional.empty(), Map.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Identity("i", Optional.empty(), Map.of("sub", "a", "tid", "")));
    }

    @ParameterizedTest
    @CsvSource({
        "Not supported currently. Use oid claim., true",
        "not supported currently. use oid claim, true",
        "Not  supported\u00a0currently. Use oid claim., true",
        "alice, false",
        "00000000-0000-0000-0000-000000000000, false",
        "1, false"
    })
    void isNobodyUnderTheSentenceThatEverybodyGets(String value, boolean nobody) {
        assertThat(Identity.isNobody(value)).isEqualTo(nobody);
    }

    @Test
    void isSomebodyElseAtAnotherIssuerOrInAnotherTenant() {
        Identity alice = new Identity("i", Optional.of("t"), Map.of("sub", "a"));

        assertThat(alice)
                .isEqualTo(new Identity("i", Optional.of("t"), Map.of("sub", "a")))
                .isNotEqualTo(new Identity("j", Optional.of("t"), Map.of("sub", "a")))
                .isNotEqualTo(new Identity("i", Optional.of("u"), Map.of("sub", "a")))
                .isNotEqualTo(new Identity("i", Optional.empty(), Map.of("sub", "a")))
                .isNotEqualTo(new Identity("i", Optional.of("t"), Map.of("oid", "a")));
    }

    @Test
    void hasNoActorsWithoutAct() {
        assertThat(ActorChain.of(Claims.of(Map.of("sub", "alice")))).isEmpty();
        assertThat(ActorChain.of(Claims.of(Map.of("act", "gateway")))).isEmpty();
    }

    @Test
    void readsTheActorsFromTheCurrentOneBack() {
        Claims claims = Claims.of(Map.of(
                "act",
                Map.of("iss", "i", "sub", "orders-api", "act", Map.of("client_id", "gateway", "act", Map.of()))));

        assertThat(ActorChain.of(claims))
                .contains(new ActorChain(List.of(
                        new ActorChain.Actor("i", "orders-api"),
                        new ActorChain.Actor("", "gateway"),
                        new ActorChain.Actor("", ""))));
    }

    @Test
    void readsOneActorMoreThanAreAllowedAndNoFurther() {
        ActorChain chain = ActorChain.of(Claims.of(Map.of("act", actors(100)))).orElseThrow();

        assertThat(chain.actors()).hasSize(ActorChain.MOST_ACTORS + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, ActorChain.MOST_ACTORS})
    void takesAsManyActorsAsTheBoundAndNamesItForOneMore(int max) {
        assertThat(ActorChain.fault(Claims.of(Map.of("sub", "alice")), max)).isEmpty();
        assertThat(ActorChain.fault(Claims.of(Map.of("act", actors(max))), max)).isEmpty();
        assertThat(ActorChain.of(Claims.of(Map.of("act", actors(max)))))
                .map(chain -> chain.actors().size())
                .contains(max);
        assertThat(ActorChain.fault(Claims.of(Map.of("act", actors(max + 1))), max))
                .hasValueSatisfying(fault ->
                        assertThat(fault).contains("at most " + max + " actors", "procura.delegation.max-actors"));
        assertThat(ActorChain.fault(Claims.of(Map.of("act", actors(1000))), max))
                .isPresent();
    }

    @Test
    void cannotReadAChainWithALinkThatIsNoObject() {
        for (Object link : List.of("gateway", List.of(), true, 1)) {
            assertThat(ActorChain.fault(Claims.of(Map.of("act", link)), 5)).isPresent();
            assertThat(ActorChain.fault(Claims.of(Map.of("act", Map.of("sub", "0", "act", link))), 5))
                    .isPresent();
        }
    }

    private static Map<String, Object> actors(int count) {
        Map<String, Object> act = Map.of("sub", "0");
        for (int i = 1; i < count; i++) {
            act = Map.of("sub", Integer.toString(i), "act", act);
        }
        return act;
    }

    @Test
    void keepsTheEarlierActorsInTheirPlaces() {
        assertThat(chain("b", "a").keeps(chain("a"))).isTrue();
        assertThat(chain("b", "a").keeps(chain("b", "a"))).isTrue();
        assertThat(chain("c", "b", "a").keeps(chain("a"))).isTrue();
        assertThat(chain("a", "b").keeps(chain("a"))).isFalse();
        assertThat(chain("b").keeps(chain("a"))).isFalse();
        assertThat(chain("a").keeps(chain("b", "a"))).isFalse();
        assertThat(chain("b", "x", "a").keeps(chain("b", "a"))).isFalse();
    }

    private static ActorChain chain(String... subjects) {
        return new ActorChain(Arrays.stream(subjects)
                .map(subject -> new ActorChain.Actor("", subject))
                .toList());
    }
}
