package dev.procura.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.procura.gateway.fixture.RuleExample;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Scopes;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** May they? What the token is not fit for comes first (401), then what the caller may not do (403). */
final class AccessPolicyTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    /** Demands everything at once. */
    private static final AccessRule.Restricted STRICT = RuleExample.restricted(
            Set.of("corp"),
            Set.of("gateway"),
            EnumSet.of(Caller.Kind.USER),
            Scopes.of("orders.read", "orders.write"),
            Scopes.of("orders.write", "admin"),
            Set.of("clerk"),
            Set.of("native-app", "web-app"),
            Optional.of(
                    new AccessRule.ActorRule("orders-api", Set.of("https://id.example.com/corp"), Set.of("gateway"))));

    private static final AccessRule.Restricted LOOSE = RuleExample.restricted(
            Set.of("corp"),
            Set.of("gateway"),
            EnumSet.allOf(Caller.Kind.class),
            Scopes.none(),
            Scopes.none(),
            Set.of(),
            Set.of(),
            Optional.empty());

    private static final TestCallers ALICE = TestCallers.alice();
    private static final TestCallers ORDERS_API = TestCallers.api("orders-api");

    @Test
    void permitsWhoMeetsEveryDemand() {
        Caller.Known alice = ALICE.known();
        Caller.Known api = ORDERS_API.known();

        Decision decision = AccessPolicy.decide(STRICT, alice, Optional.of(api), NOW);

        assertThat(decision).isInstanceOfSatisfying(Permit.class, permit -> {
            assertThat(permit.caller()).isSameAs(alice);
            assertThat(permit.actor()).containsSame(api);
        });
    }

    @Test
    void permitsAnybodyWithATokenWhereNothingElseIsDemanded() {
        for (Caller.Kind kind : Caller.Kind.values()) {
            TestCallers bare = ALICE.kind(kind).scopes("").withRoles().client(Optional.empty());

            assertThat(AccessPolicy.decide(LOOSE, bare.known(), Optional.empty(), NOW))
                    .isInstanceOf(Permit.class);
        }
    }

    @Test
    void leavesOutAnActorThatTheRuleDoesNotAskFor() {
        Decision decision = AccessPolicy.decide(LOOSE, ALICE.known(), Optional.of(ORDERS_API.known()), NOW);

        assertThat(((Permit) decision).actor()).isEmpty();
    }

    @Test
    void permitsAnyoneWhereNoTokenIsNeeded() {
        Permit permit = AccessPolicy.permitAnyone(AccessRule.Open.OPEN);

        assertThat(permit.caller()).isEqualTo(Caller.Anyone.ANYONE);
        assertThat(permit.actor()).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("denied")
    void denies(String what, Problem problem, TestCallers caller, Optional<TestCallers> actor) {
        Decision decision = AccessPolicy.decide(STRICT, caller.known(), actor.map(TestCallers::known), NOW);

        assertThat(decision)
                .isInstanceOfSatisfying(
                        Denial.class, denial -> assertThat(denial.problem()).isEqualTo(problem));
    }

    static Stream<Arguments> denied() {
        return Stream.of(
                denial("another issuer", Problem.ISSUER_NOT_ACCEPTED_HERE, ALICE.issuer("partner")),
                denial("another audience", Problem.AUDIENCE_MISMATCH, ALICE.withAudiences("account")),
                denial("an audience that begins alike", Problem.AUDIENCE_MISMATCH, ALICE.withAudiences("gateway2")),
                denial("no audience", Problem.AUDIENCE_MISMATCH, ALICE.withAudiences()),
                denial("an application", Problem.CALLER_KIND_REFUSED, ALICE.kind(Caller.Kind.APP)),
                denial("nobody that can be told", Problem.CALLER_KIND_REFUSED, ALICE.kind(Caller.Kind.UNKNOWN)),
                denial("another client", Problem.CLIENT_NOT_ALLOWED, ALICE.client(Optional.of("evil-app"))),
                denial("no client", Problem.CLIENT_NOT_ALLOWED, ALICE.client(Optional.empty())),
                Arguments.of("no actor", Problem.ACTOR_TOKEN_MISSING, ALICE, Optional.empty()),
                byActor("an actor of another issuer", Problem.ACTOR_NOT_ALLOWED, ORDERS_API.issuer("partner")),
                byActor(
                        "an actor with a tier's token",
                        Problem.ACTOR_TOKEN_INVALID,
                        ORDERS_API.withAudiences("orders-api")),
                byActor("another actor", Problem.ACTOR_NOT_ALLOWED, TestCallers.api("billing-api")),
                byActor("a user through the actor", Problem.ACTOR_NOT_ALLOWED, ORDERS_API.kind(Caller.Kind.USER)),
                byActor(
                        "an actor that nobody can tell",
                        Problem.ACTOR_NOT_ALLOWED,
                        ORDERS_API.kind(Caller.Kind.UNKNOWN)),
                byActor("an actor without a client", Problem.ACTOR_NOT_ALLOWED, ORDERS_API.client(Optional.empty())),
                byActor("the caller's own token", Problem.ACTOR_NOT_ALLOWED, ALICE),
                denial("no scope", Problem.SCOPE_MISSING, ALICE.scopes("")),
                denial("one scope of two", Problem.SCOPE_MISSING, ALICE.scopes("orders.write")),
                denial("the scopes in other letters", Problem.SCOPE_MISSING, ALICE.scopes("Orders.Read orders.write")),
                denial("no role", Problem.ROLE_MISSING, ALICE.withRoles()),
                denial("another role", Problem.ROLE_MISSING, ALICE.withRoles("auditor")),
                denial("a client's role", Problem.ROLE_MISSING, ALICE.withRoles("account:clerk")),
                // Who fails in two ways hears of the first: issuer, audience, kind, client, actor, scope, role.
                denial(
                        "another issuer and audience",
                        Problem.ISSUER_NOT_ACCEPTED_HERE,
                        ALICE.issuer("x").withAudiences("y")),
                denial(
                        "another audience, no scope",
                        Problem.AUDIENCE_MISMATCH,
                        ALICE.withAudiences("y").scopes("")),
                denial(
                        "another audience, no user",
                        Problem.AUDIENCE_MISMATCH,
                        ALICE.withAudiences("y").kind(Caller.Kind.APP)),
                denial(
                        "no user, another client",
                        Problem.CALLER_KIND_REFUSED,
                        ALICE.kind(Caller.Kind.APP).client(Optional.empty())),
                Arguments.of(
                        "another client, no actor",
                        Problem.CLIENT_NOT_ALLOWED,
                        ALICE.client(Optional.empty()),
                        Optional.empty()),
                Arguments.of("no actor, no scope", Problem.ACTOR_TOKEN_MISSING, ALICE.scopes(""), Optional.empty()),
                denial(
                        "no scope, no role",
                        Problem.SCOPE_MISSING,
                        ALICE.scopes("").withRoles()));
    }

    private static Arguments denial(String what, Problem problem, TestCallers caller) {
        return Arguments.of(what, problem, caller, Optional.of(ORDERS_API));
    }

    private static Arguments byActor(String what, Problem problem, TestCallers actor) {
        return Arguments.of(what, problem, ALICE, Optional.of(actor));
    }

    @ParameterizedTest
    @CsvSource({"a b, '', a, false, a b", "a b, '', a b c, true, ''", "'', a b, c, false, a b", "'', a b, b, true, ''"})
    void namesTheScopesThatWouldHaveBeenEnough(String all, String any, String has, boolean permitted, String needed) {
        AccessRule.Restricted rule = RuleExample.restricted(
                LOOSE.issuers(),
                LOOSE.audiences(),
                LOOSE.kinds(),
                Scopes.parse(all),
                Scopes.parse(any),
                Set.of(),
                Set.of(),
                Optional.empty());

        Decision decision = AccessPolicy.decide(rule, ALICE.scopes(has).known(), Optional.empty(), NOW);

        if (permitted) {
            assertThat(decision).isInstanceOf(Permit.class);
        } else {
            ProblemException failure = ((Denial) decision).toException();
            assertThat(failure.problem()).isEqualTo(Problem.SCOPE_MISSING);
            assertThat(failure.remedy().scopes()).isEqualTo(Scopes.parse(needed));
        }
    }

    @Test
    void namesNoScopesWhenScopesAreNotTheReason() {
        Denial denial =
                (Denial) AccessPolicy.decide(STRICT, ALICE.withRoles().known(), Optional.of(ORDERS_API.known()), NOW);

        assertThat(denial.remedy().scopes().isEmpty()).isTrue();
        assertThat(denial.toException().reason()).isEqualTo(denial.reason()).contains("require.roles");
    }

    @Test
    void cannotMakeARuleThatAnybodyMeetsOrNobody() {
        assertThatIllegalArgumentException().isThrownBy(() -> rule(Set.of(), Set.of("a"), EnumSet.of(Caller.Kind.APP)));
        assertThatIllegalArgumentException().isThrownBy(() -> rule(Set.of("i"), Set.of(), EnumSet.of(Caller.Kind.APP)));
        assertThatIllegalArgumentException().isThrownBy(() -> rule(Set.of("i"), Set.of("a"), Set.of()));
    }

    private static AccessRule.Restricted rule(Set<String> issuers, Set<String> audiences, Set<Caller.Kind> kinds) {
        return RuleExample.restricted(
                issuers, audiences, kinds, Scopes.none(), Scopes.none(), Set.of(), Set.of(), Optional.empty());
    }

    @Test
    void letsNobodyElseMakeAPermit() {
        Constructor<?>[] constructors = Permit.class.getDeclaredConstructors();

        assertThat(constructors).hasSize(1).allMatch(AccessPolicyTest::isPackagePrivate);
        assertThat(Modifier.isFinal(Permit.class.getModifiers())).isTrue();
        assertThat(Arrays.stream(Permit.class.getDeclaredMethods()).filter(m -> Modifier.isStatic(m.getModifiers())))
                .isEmpty();
    }

    private static boolean isPackagePrivate(Constructor<?> constructor) {
        return (constructor.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) == 0;
    }
}
