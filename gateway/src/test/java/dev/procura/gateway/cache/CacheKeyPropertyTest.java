package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.token.Scopes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Two grants share a key exactly when everything that could change the answer is the same. The inputs are drawn from small
 * pools, so that grants often differ in one of them alone, and whose values look alike when they are joined.
 */
class CacheKeyPropertyTest {

    private static final List<String> TEXTS = List.of("a", "b", "ab", "a b", "a,b", "a|b", "a:b", "A");
    private static final List<Optional<String>> MAYBE =
            List.of(Optional.empty(), Optional.of("a"), Optional.of("b"), Optional.of("ab"), Optional.of("a b"));
    private static final List<Scopes> SCOPES = List.of(
            Scopes.none(), Scopes.of("a"), Scopes.of("b"), Scopes.of("a", "b"), Scopes.of("ab"), Scopes.of("a b"));
    private static final List<Set<String>> SETS = List.of(Set.of(), Set.of("a"), Set.of("a", "b"), Set.of("ab"));
    private static final List<Map<String, String>> IDENTITIES = List.of(
            Map.of("sub", "a"),
            Map.of("sub", "b"),
            Map.of("oid", "a"),
            Map.of("sub", "a", "oid", "b"),
            Map.of("sub", "b", "oid", "a"),
            Map.of("sub", "ab"),
            Map.of("suba", "b"),
            Map.of("sub", "a, oid=b"));
    private static final List<String> TOKENS = List.of("a", "b", "ab", "a.b", "a-b", "A");

    /** Where each input stands in the list of choices, and how many there are to choose from. */
    private enum Input {
        OWN_NAME(2),
        NAME(TEXTS.size()),
        ID(TEXTS.size()),
        SERVER(TEXTS.size()),
        DIALECT(TEXTS.size()),
        ISSUER(MAYBE.size()),
        ADDED_SCOPES(SCOPES.size()),
        GRANTS_LESS(2),
        SUBJECT_ISSUERS(SETS.size()),
        AUDIENCE(MAYBE.size()),
        RESOURCE(MAYBE.size()),
        ASKED_SCOPES(SCOPES.size()),
        ALLOWED_SCOPES(SCOPES.size()),
        SUBJECT_RULE(2),
        SUBJECT_ISSUER_NAME(TEXTS.size()),
        SUBJECT_ISS(TEXTS.size()),
        SUBJECT_TENANT(MAYBE.size()),
        SUBJECT_IDENTITY(IDENTITIES.size()),
        SUBJECT_TOKEN(TOKENS.size()),
        ACTOR(2),
        ACTOR_ISSUER_NAME(TEXTS.size()),
        ACTOR_ISS(TEXTS.size()),
        ACTOR_TENANT(MAYBE.size()),
        ACTOR_IDENTITY(IDENTITIES.size()),
        ACTOR_TOKEN(TOKENS.size());

        private final int choices;

        Input(int choices) {
            this.choices = choices;
        }
    }

    /** One choice for each input. */
    private record Inputs(List<Integer> choices) {

        static Inputs random(Random random) {
            return new Inputs(Arrays.stream(Input.values())
                            .map(input -> random.nextInt(input.choices))
                            .toList())
                    .valid();
        }

        /** The same, except for a few choices made anew. */
        Inputs varied(Random random) {
            List<Integer> varied = new ArrayList<>(choices);
            for (int change = random.nextInt(4); change > 0; change--) {
                Input input = Randomly.oneOf(random, List.of(Input.values()));
                varied.set(input.ordinal(), random.nextInt(input.choices));
            }
            return new Inputs(varied).valid();
        }

        /** A target has an audience or a resource. */
        private Inputs valid() {
            if (of(Input.AUDIENCE) != 0 || of(Input.RESOURCE) != 0) {
                return this;
            }
            List<Integer> named = new ArrayList<>(choices);
            named.set(Input.AUDIENCE.ordinal(), 1);
            return new Inputs(named);
        }

        int of(Input input) {
            return choices.get(input.ordinal());
        }

        /** The inputs that this grant has: the gateway's own token has no subject, and not every call has an actor. */
        List<Integer> thatCount() {
            if (of(Input.OWN_NAME) == 1) {
                return choices.subList(0, Input.SUBJECT_ISSUER_NAME.ordinal());
            }
            return of(Input.ACTOR) == 1 ? choices : choices.subList(0, Input.ACTOR_ISSUER_NAME.ordinal());
        }

        Grant grant() {
            Client client = new Client(
                    TEXTS.get(of(Input.NAME)),
                    TEXTS.get(of(Input.ID)),
                    TEXTS.get(of(Input.SERVER)),
                    TEXTS.get(of(Input.DIALECT)),
                    MAYBE.get(of(Input.ISSUER)),
                    SCOPES.get(of(Input.ADDED_SCOPES)),
                    of(Input.GRANTS_LESS) == 1,
                    SETS.get(of(Input.SUBJECT_ISSUERS)));
            Target target = new Target(
                    MAYBE.get(of(Input.AUDIENCE)),
                    MAYBE.get(of(Input.RESOURCE)),
                    SCOPES.get(of(Input.ASKED_SCOPES)),
                    SCOPES.get(of(Input.ALLOWED_SCOPES)),
                    Target.SubjectRule.values()[of(Input.SUBJECT_RULE)]);
            if (of(Input.OWN_NAME) == 1) {
                return new Grant.ClientCredentials(client, target);
            }
            return new Grant.OnBehalfOf(
                    client,
                    target,
                    party(Input.SUBJECT_ISSUER_NAME),
                    of(Input.ACTOR) == 1 ? Optional.of(party(Input.ACTOR_ISSUER_NAME)) : Optional.empty());
        }

        /** The five inputs of a caller, from the first of them on. */
        private Caller.Known party(Input first) {
            int at = first.ordinal();
            CallerExample example = new CallerExample(
                    TEXTS.get(choices.get(at)),
                    TEXTS.get(choices.get(at + 1)),
                    MAYBE.get(choices.get(at + 2)),
                    IDENTITIES.get(choices.get(at + 3)),
                    Caller.Kind.USER,
                    Optional.empty(),
                    Scopes.none(),
                    TOKENS.get(choices.get(at + 4)),
                    NOW.plusSeconds(60),
                    Map.of());
            return example.known();
        }
    }

    private static void assertSharedExactlyWhenTheSame(Inputs one, Inputs other) {
        boolean same = one.thatCount().equals(other.thatCount());
        CacheKey oneKey = CacheKey.of(one.grant());
        CacheKey otherKey = CacheKey.of(other.grant());

        assertThat(oneKey.equals(otherKey)).as("%s and %s", one, other).isEqualTo(same);
        assertThat(otherKey.equals(oneKey)).as("%s and %s", other, one).isEqualTo(same);
        if (same) {
            assertThat(oneKey).hasSameHashCodeAs(otherKey);
        }
    }

    @Test
    void grantsThatDifferInAFewInputsShareAKeyExactlyWhenTheyDifferInNone() {
        Randomly.check(random -> {
            for (int round = 0; round < 20_000; round++) {
                Inputs one = Inputs.random(random);
                assertSharedExactlyWhenTheSame(one, one.varied(random));
            }
        });
    }

    @Test
    void grantsThatDifferInManyInputsShareAKeyExactlyWhenTheyDifferInNone() {
        Randomly.check(random -> {
            List<Inputs> all = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                all.add(Inputs.random(random));
            }
            for (Inputs one : all) {
                for (Inputs other : all) {
                    assertSharedExactlyWhenTheSame(one, other);
                }
            }
        });
    }

    @Test
    void theSameGrantMadeAgainHasTheSameKey() {
        Randomly.check(random -> {
            for (int round = 0; round < 1000; round++) {
                Inputs inputs = Inputs.random(random);
                assertSharedExactlyWhenTheSame(inputs, new Inputs(List.copyOf(inputs.choices())));
            }
        });
    }
}
