package dev.procura.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Groups;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.inbound.SignIn;
import dev.procura.gateway.inbound.TokenUse;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups, actors and the sign-in: what can be demanded beside scopes and roles. */
final class DemandsTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String ISS = "https://id.example.com/corp";
    private static final Groups STAFF = new Groups.Listed(Set.of("staff", "clerks"));
    private static final SignIn GOLD = new SignIn(Set.of("gold"), Optional.of(NOW.minusSeconds(60)));
    private static final Map<String, Object> ACT = Map.of("sub", "orders-api", "act", Map.of("sub", "gateway"));

    private record Demands(
            Set<String> groups, Set<String> actors, List<String> acr, Optional<Duration> maxAge, Set<String> roles) {

        static final Demands NONE = new Demands(Set.of(), Set.of(), List.of(), Optional.empty(), Set.of());
        static final Demands ALL = new Demands(
                Set.of("staff"),
                Set.of("orders-api"),
                List.of("gold"),
                Optional.of(Duration.ofMinutes(5)),
                Set.of("clerk"));

        AccessRule.Restricted rule() {
            return new AccessRule.Restricted(
                    Set.of("corp"),
                    Set.of("gateway"),
                    Set.of(Caller.Kind.USER),
                    Scopes.none(),
                    Scopes.none(),
                    roles,
                    groups,
                    Set.of(),
                    actors,
                    acr,
                    maxAge,
                    Optional.empty());
        }
    }

    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource({
        "staff, staff clerks, ''",
        "staff clerks, staff clerks x, ''",
        "staff admins, staff clerks, GROUP_MISSING",
        "staff, '', GROUP_MISSING",
        "staff, Staff, GROUP_MISSING",
        "staff, UNTOLD, GROUPS_UNTOLD",
        "'', UNTOLD, ''",
        "'', '', ''"
    })
    void needsEveryGroup(String demanded, String held, String problem) {
        Groups groups = held.equals("UNTOLD") ? Groups.Untold.UNTOLD : new Groups.Listed(words(held));

        assertThat(problem(
                        new Demands(words(demanded), Set.of(), List.of(), Optional.empty(), Set.of()),
                        caller(groups, SignIn.untold(), Map.of())))
                .isEqualTo(problem);
    }

    @Test
    void needsTheCurrentActorWhomeverItActsFor() {
        Demands orders = new Demands(Set.of(), Set.of("orders-api", "x"), List.of(), Optional.empty(), Set.of());
        Demands gateway = new Demands(Set.of(), Set.of("gateway"), List.of(), Optional.empty(), Set.of());

        assertThat(problem(orders, acting(ACT))).isEmpty();
        // An earlier actor is history (RFC 8693 section 4.1).
        assertThat(problem(gateway, acting(ACT))).isEqualTo("ACTING_PARTY_REFUSED");
        assertThat(problem(orders, caller(STAFF, GOLD, Map.of()))).isEqualTo("ACTING_PARTY_REFUSED");
        assertThat(problem(orders, acting(Map.of("sub", "Orders-api")))).isEqualTo("ACTING_PARTY_REFUSED");
        assertThat(problem(orders, acting(Map.of("email", "orders-api")))).isEqualTo("ACTING_PARTY_REFUSED");
        assertThat(problem(orders, acting(Map.of("client_id", "orders-api")))).isEmpty();
    }

    /** However long the chain may be: {@code procura.delegation.max-actors}. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 20})
    void needsTheCurrentActorOfTheLongestChainThereMayBe(int actors) {
        Map<String, Object> act = Map.of("sub", "api-1");
        for (int i = 2; i <= actors; i++) {
            act = Map.of("sub", "api-" + i, "act", act);
        }
        for (int i = 1; i <= actors; i++) {
            Demands demands = new Demands(Set.of(), Set.of("api-" + i), List.of(), Optional.empty(), Set.of());

            assertThat(problem(demands, acting(act))).isEqualTo(i == actors ? "" : "ACTING_PARTY_REFUSED");
        }
    }

    @Test
    void knowsTheNameOfAnActorAtItsOwnIssuerAlone() {
        Demands orders = new Demands(Set.of(), Set.of("orders-api"), List.of(), Optional.empty(), Set.of());

        assertThat(problem(orders, acting(Map.of("sub", "orders-api", "iss", ISS))))
                .isEmpty();
        assertThat(problem(orders, acting(Map.of("sub", "orders-api", "iss", "https://evil.example"))))
                .isEqualTo("ACTING_PARTY_REFUSED");
        assertThat(problem(orders, acting(Map.of("sub", "orders-api", "iss", ISS + "/"))))
                .isEqualTo("ACTING_PARTY_REFUSED");
    }

    @ParameterizedTest
    @CsvSource({
        "gold, gold, ''",
        "gold silver, silver, ''",
        "gold silver, bronze silver, ''",
        "gold, silver, STEP_UP_REQUIRED",
        "gold, '', STEP_UP_REQUIRED",
        "gold, Gold, STEP_UP_REQUIRED",
        "'', '', ''"
    })
    void needsOneOfTheAuthenticationContexts(String demanded, String met, String problem) {
        Demands demands = new Demands(Set.of(), Set.of(), List.copyOf(words(demanded)), Optional.empty(), Set.of());

        assertThat(problem(demands, caller(STAFF, new SignIn(words(met), Optional.empty()), Map.of())))
                .isEqualTo(problem);
    }

    @ParameterizedTest(name = "{0} seconds ago: {1}")
    @CsvSource({
        "0, ''",
        "299, ''",
        "300, ''",
        "301, STEP_UP_REQUIRED",
        "86400, STEP_UP_REQUIRED",
        "-60, ''",
        "-61, STEP_UP_REQUIRED",
        "-86400, STEP_UP_REQUIRED"
    })
    void needsARecentSignIn(long ago, String problem) {
        Demands recent = new Demands(Set.of(), Set.of(), List.of(), Optional.of(Duration.ofMinutes(5)), Set.of());

        assertThat(problem(recent, caller(STAFF, new SignIn(Set.of(), Optional.of(NOW.minusSeconds(ago))), Map.of())))
                .isEqualTo(problem);
    }

    @Test
    void asksForASignInWhereTheTokenDoesNotSayWhenItWas() {
        Demands recent = new Demands(Set.of(), Set.of(), List.of(), Optional.of(Duration.ofMinutes(5)), Set.of());

        assertThat(problem(recent, caller(STAFF, SignIn.untold(), Map.of()))).isEqualTo("STEP_UP_REQUIRED");
    }

    @Test
    void saysWhichSignInWouldBeEnoughInTheOrderOfTheConfiguration() {
        Demands demands = new Demands(
                Set.of(), Set.of(), List.of("z-gold", "a-silver", "m"), Optional.of(Duration.ofMinutes(5)), Set.of());

        Denial denial = (Denial) decide(demands, caller(STAFF, SignIn.untold(), Map.of()));

        assertThat(denial.remedy())
                .isEqualTo(ProblemException.Remedy.signIn(
                        List.of("z-gold", "a-silver", "m"), Optional.of(Duration.ofMinutes(5))));
        assertThat(denial.reason()).contains("require.acr", "require.max-age");
    }

    /** A stronger sign-in is asked of those alone who may pass with it. */
    @Test
    void saysTheFirstThingThatIsWrong() {
        SignIn weak = SignIn.untold();
        Groups none = new Groups.Listed(Set.of());
        assertThat(problem(Demands.ALL, caller(STAFF, GOLD, Map.of("act", ACT, "roles", "clerk"))))
                .isEmpty();

        assertThat(problem(Demands.ALL, caller(none, weak, Map.of()))).isEqualTo("ACTING_PARTY_REFUSED");
        assertThat(problem(Demands.ALL, caller(none, weak, Map.of("act", ACT)))).isEqualTo("ROLE_MISSING");
        assertThat(problem(Demands.ALL, caller(none, weak, Map.of("act", ACT, "roles", "clerk"))))
                .isEqualTo("GROUP_MISSING");
        assertThat(problem(Demands.ALL, caller(Groups.Untold.UNTOLD, weak, Map.of("act", ACT, "roles", "clerk"))))
                .isEqualTo("GROUPS_UNTOLD");
        assertThat(problem(Demands.ALL, caller(STAFF, weak, Map.of("act", ACT, "roles", "clerk"))))
                .isEqualTo("STEP_UP_REQUIRED");
        assertThat(problem(Demands.NONE, caller(none, weak, Map.of()))).isEmpty();
    }

    @Test
    void answersAStepUpWith401AndAMissingGroupWith403() {
        assertThat(Problem.STEP_UP_REQUIRED.status()).isEqualTo(401);
        assertThat(Stream.of(Problem.GROUP_MISSING, Problem.GROUPS_UNTOLD, Problem.ACTING_PARTY_REFUSED))
                .allMatch(problem -> problem.status() == 403);
    }

    private static String problem(Demands demands, Caller.Known caller) {
        return decide(demands, caller) instanceof Denial denial
                ? denial.problem().name()
                : "";
    }

    private static Decision decide(Demands demands, Caller.Known caller) {
        return AccessPolicy.decide(demands.rule(), caller, Optional.empty(), NOW);
    }

    private static Caller.Known acting(Map<String, Object> act) {
        return caller(STAFF, GOLD, Map.of("act", act));
    }

    private static Caller.Known caller(Groups groups, SignIn signIn, Map<String, Object> claims) {
        return new Caller.Known(
                "corp",
                new Identity(ISS, Optional.empty(), Map.of("sub", "alice")),
                Caller.Kind.USER,
                Optional.of("native-app"),
                Set.of("gateway"),
                Scopes.none(),
                Set.copyOf(Claims.of(claims).strings("roles")),
                groups,
                signIn,
                TokenUse.ACCESS_TOKEN,
                TokenValue.of("token"),
                NOW.plusSeconds(60),
                Claims.of(claims));
    }

    private static Set<String> words(String text) {
        return text.isEmpty() ? Set.of() : Set.of(text.split(" "));
    }
}
