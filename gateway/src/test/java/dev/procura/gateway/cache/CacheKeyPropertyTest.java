package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.ClaimsRequest;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.ServerTraits;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.token.Scopes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
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
    private static final List<Set<String>> USER_CLAIMS_SETS = List.of(Set.of("sub"), Set.of("oid", "tid"));
    private static final List<Map<String, String>> IDENTITIES = List.of(
            Map.of("sub", "a"),
            Map.of("sub", "b"),
            Map.of("oid", "a"),
            Map.of("sub", "a", "oid", "b"),
            Map.of("sub", "b", "oid", "a"),
            Map.of("sub", "ab"),
            Map.of("suba", "b"),
            Map.of("sub", "a, oid=b"));
    private static final List<Optional<ClaimsRequest>> CLAIMS_REQUESTS =
            List.of(Optional.empty(), ClaimsRequest.parse("{\"a\":{}}"), ClaimsRequest.parse("{\"a\":{\"b\":1}}"));
    private static final List<String> TOKENS = List.of("a", "b", "ab", "a.b", "a-b", "A");

    /** Everything that a grant is made of, and how many values there are to choose from. */
    private enum Input {
        OWN_NAME(2),
        NAME(TEXTS.size()),
        ID(TEXTS.size()),
        SERVER(TEXTS.size()),
        DIALECT(TEXTS.size()),
        TENANT(MAYBE.size()),
        ISSUERS(SETS.size()),
        ADDED_SCOPES(SCOPES.size()),
        GRANTS_LESS(2),
        SCOPES_NAME_THEIR_API(2),
        USER_CLAIMS(USER_CLAIMS_SETS.size()),
        TAKES_CLAIMS(2),
        CAPABILITIES(SETS.size()),
        SUBJECT_ISSUERS(SETS.size()),
        AUDIENCE(MAYBE.size()),
        RESOURCE(MAYBE.size()),
        ASKED_SCOPES(SCOPES.size()),
        ALLOWED_SCOPES(SCOPES.size()),
        SUBJECT_RULE(2),
        SUBJECT_TOKEN_TYPE(MAYBE.size()),
        RECIPIENT(2),
        CLAIMS(CLAIMS_REQUESTS.size()),
        CHAINED(2),
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
    private record Inputs(Map<Input, Integer> choices) {

        private static final Set<Input> OF_CLIENT_AND_TARGET = EnumSet.range(Input.OWN_NAME, Input.RECIPIENT);
        private static final Set<Input> OF_SUBJECT_TOO = EnumSet.range(Input.OWN_NAME, Input.ACTOR);

        static Inputs random(Random random) {
            Map<Input, Integer> choices = new EnumMap<>(Input.class);
            for (Input input : Input.values()) {
                choices.put(input, random.nextInt(input.choices));
            }
            return new Inputs(choices).valid();
        }

        /** The same, except for a few choices made anew. */
        Inputs varied(Random random) {
            Map<Input, Integer> varied = new EnumMap<>(choices);
            for (int change = random.nextInt(4); change > 0; change--) {
                Input input = Randomly.oneOf(random, List.of(Input.values()));
                varied.put(input, random.nextInt(input.choices));
            }
            return new Inputs(varied).valid();
        }

        /** A target has an audience or a resource. */
        private Inputs valid() {
            if (of(Input.AUDIENCE) == 0 && of(Input.RESOURCE) == 0) {
                choices.put(Input.AUDIENCE, 1);
            }
            return this;
        }

        int of(Input input) {
            return choices.getOrDefault(input, 0);
        }

        /** The inputs that this grant has: the gateway's own token has no subject, and not every call has an actor. */
        Map<Input, Integer> thatCount() {
            Map<Input, Integer> counting = new EnumMap<>(choices);
            if (of(Input.OWN_NAME) == 1) {
                counting.keySet().retainAll(OF_CLIENT_AND_TARGET);
            } else if (of(Input.ACTOR) == 0) {
                counting.keySet().retainAll(OF_SUBJECT_TOO);
            }
            return counting;
        }

        Grant grant() {
            Client client = new Client(
                    TEXTS.get(of(Input.NAME)),
                    TEXTS.get(of(Input.ID)),
                    TEXTS.get(of(Input.SERVER)),
                    TEXTS.get(of(Input.DIALECT)),
                    MAYBE.get(of(Input.TENANT)),
                    SETS.get(of(Input.ISSUERS)),
                    new ServerTraits(
                            SCOPES.get(of(Input.ADDED_SCOPES)),
                            of(Input.GRANTS_LESS) == 1,
                            of(Input.SCOPES_NAME_THEIR_API) == 1,
                            USER_CLAIMS_SETS.get(of(Input.USER_CLAIMS)),
                            of(Input.TAKES_CLAIMS) == 1),
                    SETS.get(of(Input.CAPABILITIES)),
                    SETS.get(of(Input.SUBJECT_ISSUERS)));
            Target target = new Target(
                    MAYBE.get(of(Input.AUDIENCE)),
                    MAYBE.get(of(Input.RESOURCE)),
                    SCOPES.get(of(Input.ASKED_SCOPES)),
                    SCOPES.get(of(Input.ALLOWED_SCOPES)),
                    of(Input.SUBJECT_RULE) == 0 ? Target.SubjectRule.SAME : Target.SubjectRule.MAPPED,
                    MAYBE.get(of(Input.SUBJECT_TOKEN_TYPE)),
                    of(Input.RECIPIENT) == 0 ? Target.Recipient.API : Target.Recipient.AUTHORIZATION_SERVER);
            if (of(Input.OWN_NAME) == 1) {
                return new Grant.ClientCredentials(client, target);
            }
            Caller.Known subject = party(
                    Input.SUBJECT_ISSUER_NAME,
                    Input.SUBJECT_ISS,
                    Input.SUBJECT_TENANT,
                    Input.SUBJECT_IDENTITY,
                    Input.SUBJECT_TOKEN);
            Caller.Known actor = party(
                    Input.ACTOR_ISSUER_NAME,
                    Input.ACTOR_ISS,
                    Input.ACTOR_TENANT,
                    Input.ACTOR_IDENTITY,
                    Input.ACTOR_TOKEN);
            Grant.OnBehalfOf grant = new Grant.OnBehalfOf(
                    client,
                    target,
                    subject,
                    of(Input.ACTOR) == 1 ? Optional.of(new Actor.CallingApi(actor)) : Optional.empty(),
                    CLAIMS_REQUESTS.get(of(Input.CLAIMS)));
            return of(Input.CHAINED) == 1 ? new Grant.Chained(grant, client, target) : grant;
        }

        private Caller.Known party(Input issuerName, Input iss, Input tenant, Input identity, Input token) {
            return new CallerExample(
                            TEXTS.get(of(issuerName)),
                            TEXTS.get(of(iss)),
                            MAYBE.get(of(tenant)),
                            IDENTITIES.get(of(identity)),
                            Caller.Kind.USER,
                            Optional.empty(),
                            Scopes.none(),
                            TOKENS.get(of(token)),
                            NOW.plusSeconds(60),
                            Map.of())
                    .known();
        }
    }

    private static void assertSharedExactlyWhenTheSame(Inputs one, Inputs other) {
        boolean same = one.thatCount().equals(other.thatCount());
        CacheKey oneKey = CacheKey.of(one.grant(), SubjectChoice.TOKEN);
        CacheKey otherKey = CacheKey.of(other.grant(), SubjectChoice.TOKEN);

        assertThat(oneKey.equals(otherKey)).as("%s and %s", one, other).isEqualTo(same);
        assertThat(otherKey.equals(oneKey)).as("%s and %s", other, one).isEqualTo(same);
        if (same) {
            assertThat(oneKey).hasSameHashCodeAs(otherKey);
        }
    }

    @Test
    void grantsThatDifferInAFewInputsShareAKeyExactlyWhenTheyDifferInNone() {
        Randomly.check(random -> {
            for (int round = 0; round < Randomly.rounds(20_000); round++) {
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
            for (int round = 0; round < Randomly.rounds(1000); round++) {
                Inputs inputs = Inputs.random(random);
                assertSharedExactlyWhenTheSame(inputs, new Inputs(new EnumMap<>(inputs.choices())));
            }
        });
    }
}
