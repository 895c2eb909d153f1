package dev.procura.gateway.credential;

import static dev.procura.gateway.credential.IssuedTokenExample.ALICE;
import static dev.procura.gateway.credential.IssuedTokenExample.act;
import static dev.procura.gateway.credential.IssuedTokenExample.answer;
import static dev.procura.gateway.credential.IssuedTokenExample.assertDoesNotFit;
import static dev.procura.gateway.credential.IssuedTokenExample.assertFits;
import static dev.procura.gateway.credential.IssuedTokenExample.claims;
import static dev.procura.gateway.credential.IssuedTokenExample.judge;
import static dev.procura.gateway.credential.IssuedTokenExample.with;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Jwts;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IssuedTokenActorsTest {

    static Stream<Arguments> chainsOfActors() {
        List<String> none = List.of();
        List<String> one = List.of("gateway");
        List<String> two = List.of("orders-api", "gateway");
        return Stream.of(
                argumentSet("none and none", none, none, true),
                argumentSet("none, then one", none, one, true),
                argumentSet("one, kept", one, one, true),
                argumentSet("one, with another before it", one, two, true),
                argumentSet("two, kept", two, two, true),
                argumentSet("one, lost", one, none, false),
                argumentSet("one, replaced", one, List.of("orders-api"), false),
                argumentSet("one, replaced below another", one, List.of("orders-api", "reports"), false),
                argumentSet("two, the earlier one lost", two, List.of("orders-api"), false),
                argumentSet("two, the later one lost", two, one, false),
                argumentSet("two, in the other order", two, List.of("gateway", "orders-api"), false),
                argumentSet("one, kept in the wrong place", one, List.of("gateway", "orders-api"), false),
                argumentSet("none, then five", none, List.of("a", "b", "c", "d", "e"), true),
                argumentSet("none, then six", none, List.of("a", "b", "c", "d", "e", "f"), false),
                argumentSet("one, then six", List.of("f"), List.of("a", "b", "c", "d", "e", "f"), false));
    }

    @ParameterizedTest
    @MethodSource("chainsOfActors")
    void theActorsOfTheSubjectTokenAreKeptAndBounded(List<String> before, List<String> after, boolean fits) {
        CallerExample alice = CallerExample.user("alice");
        GrantExample grant =
                ALICE.subject(before.isEmpty() ? alice : alice.claim("act", act(before.toArray(String[]::new))));
        Map<String, Object> claims = after.isEmpty() ? claims() : with("act", act(after.toArray(String[]::new)));

        if (fits) {
            assertFits(judge(grant.onBehalfOf(), claims));
        } else {
            assertDoesNotFit(judge(grant.onBehalfOf(), claims), "act");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 20})
    void oneActorMoreThanTheBoundIsRefusedWithTheSettingNamed(int max) {
        String[] chain = IntStream.range(0, max + 1).mapToObj(i -> "api-" + i).toArray(String[]::new);
        String[] bounded = Arrays.copyOf(chain, max);

        assertFits(IssuedToken.judge(ALICE.onBehalfOf(), answer(Jwts.of(with("act", act(bounded)))), max, NOW));
        assertDoesNotFit(
                IssuedToken.judge(ALICE.onBehalfOf(), answer(Jwts.of(with("act", act(chain)))), max, NOW),
                "procura.delegation.max-actors");
    }

    @Test
    void anActorOfAnotherIssuerIsAnotherActor() {
        GrantExample grant = ALICE.subject(CallerExample.user("alice").claim("act", act("gateway")));

        assertDoesNotFit(
                judge(grant.onBehalfOf(), with("act", Map.of("sub", "gateway", "iss", "https://evil.example.com"))),
                "act");
        assertDoesNotFit(judge(grant.onBehalfOf(), with("act", Map.of("sub", "gateway"))), "act");
    }
}
