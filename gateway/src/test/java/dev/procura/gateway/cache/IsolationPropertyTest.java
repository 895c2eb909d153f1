package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.HeldTokenSource;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.unit.DataSize;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Whatever is asked in whatever order, and whatever becomes of the calls: no caller ever receives a credential, or a
 * failure, that was made for other inputs, and no two calls for the same inputs are under way in one replica.
 *
 * <p>Questions are drawn from few values and differ from one another in one or two inputs, so that a cache that overlooks one
 * meets its mistake soon. Which inputs a token was issued for is kept beside the server; nothing here looks at keys. The
 * plays grow: the first one that fails is a small one.
 */
class IsolationPropertyTest {

    private static final List<Integer> STEPS = List.of(10, 30, 100, 300, 1000);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern CALL = Pattern.compile("call-\\d+-\\d+");

    /** Everything that a grant is made of, and how many values there are to choose from. */
    private enum Input {
        KIND(4),
        CLIENT(2),
        AUDIENCE(2),
        RESOURCE(2),
        SCOPES(3),
        CHALLENGE(3),
        PERSON(3),
        ISSUER(2),
        TENANT(3),
        THUMBPRINT(3),
        ROLE(2),
        NUMBER(3),
        ACTOR(3),
        ACTOR_NUMBER(2),
        SECOND_STEP(2);

        private static final Set<Input> OF_CLIENT_AND_TARGET = EnumSet.of(CLIENT, AUDIENCE, RESOURCE, SCOPES);

        private final int choices;

        Input(int choices) {
            this.choices = choices;
        }
    }

    /** What stands for a caller, and which inputs do not count then: which of several equal tokens it is. */
    private enum Mode {
        TOKEN(EnumSet.noneOf(Input.class)),
        CLAIMS(EnumSet.of(Input.NUMBER, Input.ACTOR_NUMBER));

        private final Set<Input> ignored;

        Mode(Set<Input> ignored) {
            this.ignored = ignored;
        }

        SubjectChoice choice() {
            return this == TOKEN ? SubjectChoice.TOKEN : new ClaimsOfSubject(issuer -> Set.of("uti"), 1000);
        }
    }

    /** One choice for each input, and the grant that is made of them. */
    private record Question(Map<Input, Integer> choices, Grant grant, Map<Mode, Map<Input, Integer>> countingBy) {

        static Question of(Map<Input, Integer> choices) {
            Map<Mode, Map<Input, Integer>> countingBy = new EnumMap<>(Mode.class);
            for (Mode mode : Mode.values()) {
                countingBy.put(mode, counting(choices, mode));
            }
            return new Question(choices, grant(choices), countingBy);
        }

        static Question random(Random random) {
            Map<Input, Integer> choices = new EnumMap<>(Input.class);
            for (Input input : Input.values()) {
                choices.put(input, random.nextInt(input.choices));
            }
            return of(choices);
        }

        /** The same, but for one or two inputs. */
        Question varied(Random random) {
            Map<Input, Integer> varied = new EnumMap<>(choices);
            for (int change = 1 + random.nextInt(2); change > 0; change--) {
                Input input = Randomly.oneOf(random, List.of(Input.values()));
                varied.put(input, random.nextInt(input.choices));
            }
            return of(varied);
        }

        /** The inputs that this grant has, of those that count. */
        Map<Input, Integer> counting(Mode mode) {
            return countingBy.getOrDefault(mode, Map.of());
        }

        private static Map<Input, Integer> counting(Map<Input, Integer> choices, Mode mode) {
            Map<Input, Integer> counting = new EnumMap<>(choices);
            counting.put(Input.KIND, Math.max(1, choices.get(Input.KIND)));
            switch (choices.get(Input.KIND)) {
                case 2 -> counting.keySet().removeIf(input -> input != Input.KIND && !isOfClientAndTarget(input));
                case 3 -> {}
                default -> counting.remove(Input.SECOND_STEP);
            }
            if (choices.get(Input.ACTOR) == 0) {
                counting.remove(Input.ACTOR_NUMBER);
            }
            counting.keySet().removeAll(mode.ignored);
            return counting;
        }

        private static boolean isOfClientAndTarget(Input input) {
            return Input.OF_CLIENT_AND_TARGET.contains(input);
        }

        private static Grant grant(Map<Input, Integer> choices) {
            GrantExample grant = GrantExample.of(subject(choices))
                    .client(GrantExample.named(List.of("gateway", "other").get(choices.get(Input.CLIENT))))
                    .audience(List.of("orders-api", "billing-api").get(choices.get(Input.AUDIENCE)));
            if (choices.get(Input.RESOURCE) == 1) {
                grant = grant.resource("https://orders.example.com");
            }
            if (choices.get(Input.SCOPES) > 0) {
                grant = grant.scopes(List.of("read", "write").get(choices.get(Input.SCOPES) - 1));
            }
            if (choices.get(Input.KIND) == 2) {
                return grant.clientCredentials();
            }
            if (choices.get(Input.CHALLENGE) > 0) {
                grant = grant.claims("{\"acrs\":{\"value\":\"c" + choices.get(Input.CHALLENGE) + "\"}}");
            }
            if (choices.get(Input.ACTOR) > 0) {
                grant = grant.actor(numbered(
                        CallerExample.app("api-" + choices.get(Input.ACTOR)), "", choices.get(Input.ACTOR_NUMBER)));
            }
            GrantExample second = GrantExample.ofAlice().client(GrantExample.named("partner"));
            return choices.get(Input.KIND) == 3
                    ? second.audience("second-" + choices.get(Input.SECOND_STEP))
                            .after(grant)
                    : grant.onBehalfOf();
        }

        /** The text of a token does not tell whose it is: two issuers may give the same one to two people. */
        private static CallerExample subject(Map<Input, Integer> choices) {
            String sub = List.of("alice", "bob", "ALICE").get(choices.get(Input.PERSON));
            CallerExample caller = CallerExample.user(sub);
            if (choices.get(Input.ISSUER) == 1) {
                caller = caller.issuerName("partner").iss("https://partner.example.com");
            }
            caller = caller.claim("iss", caller.iss());
            if (choices.get(Input.TENANT) > 0) {
                String tenant = "tenant-" + choices.get(Input.TENANT);
                caller = caller.tenant(tenant).claim("tid", tenant);
            }
            if (choices.get(Input.THUMBPRINT) > 0) {
                caller = caller.claim("cnf", Map.of("jkt", "key-" + choices.get(Input.THUMBPRINT)));
            }
            caller = caller.claim("roles", List.of("role-" + choices.get(Input.ROLE)));
            return numbered(
                    caller,
                    "." + choices.get(Input.THUMBPRINT) + "." + choices.get(Input.ROLE),
                    choices.get(Input.NUMBER));
        }

        private static CallerExample numbered(CallerExample caller, String rest, int number) {
            return caller.token("token-" + number + rest)
                    .claim("jti", "j-" + number)
                    .claim("uti", "u-" + number)
                    .claim("iat", (long) number)
                    .claim("exp", 300L + number)
                    .expiresAt(NOW.plusSeconds(2000 + 50L * number));
        }
    }

    /** Replicas that know one another's entries by the digest of the key, or by what a test takes instead. */
    private record Shelf(Function<CacheKey, Object> name, MutableClock clock, Map<Object, Entry> entries)
            implements SharedCredentials {

        @Override
        public Mono<Entry> obtain(Question question, Mono<Entry> call) {
            return Mono.defer(() -> {
                Entry known = entries.get(name.apply(question.key()));
                return known != null
                                && clock.instant().isBefore(known.usableUntil())
                                && question.good().test(known)
                        ? Mono.just(known)
                        : renew(question, call);
            });
        }

        @Override
        public Mono<Entry> renew(Question question, Mono<Entry> call) {
            return call.doOnNext(entry -> entries.put(name.apply(question.key()), entry));
        }
    }

    /** What a play is made of. */
    private record Setting(Mode mode, SubjectChoice choice, int replicas, Function<CacheKey, Object> name) {

        static Setting alone(Mode mode) {
            return new Setting(mode, mode.choice(), 1, CacheKey::digest);
        }

        static Setting fleet(Mode mode) {
            return new Setting(mode, mode.choice(), 2, CacheKey::digest);
        }
    }

    /** One random course of events in one thread; the calls end when the play says so. */
    private static final class Play {

        private record Received(CachingTokenSource from, Question question, TokenValue token) {}

        private final Random random;
        private final Setting setting;
        private final MutableClock clock = MutableClock.at(NOW);
        private final List<HeldTokenSource> servers = new ArrayList<>();
        private final List<CachingTokenSource> replicas = new ArrayList<>();
        private final Map<Grant, Question> questions = new HashMap<>();
        private final List<Question> pool = new ArrayList<>();
        private final Map<String, Question> made = new HashMap<>();
        private final List<List<Integer>> underWay = new ArrayList<>();
        private final int[] seen;
        private final List<Received> received = new ArrayList<>();
        private final List<Disposable> waiting = new ArrayList<>();
        private final List<String> violations = new CopyOnWriteArrayList<>();

        Play(Random random, Setting setting, int steps) {
            this.random = random;
            this.setting = setting;
            this.seen = new int[setting.replicas()];
            Shelf shelf = new Shelf(setting.name(), clock, new HashMap<>());
            for (int i = 0; i < setting.replicas(); i++) {
                HeldTokenSource server = new HeldTokenSource();
                servers.add(server);
                underWay.add(new ArrayList<>());
                replicas.add(replica(setting.replicas() > 1 ? behind(shelf, server) : server, shelf));
            }
            drawQuestions(2 + steps / 10);
        }

        private CachingTokenSource replica(TokenSource source, Shelf shelf) {
            return new CachingTokenSource(
                    source,
                    CacheExample.of(
                            1 + random.nextInt(40),
                            DataSize.ofMegabytes(1),
                            Duration.ofMinutes(2),
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(5),
                            Randomly.oneOf(random, List.of(0.5, 0.8, 1.0))),
                    new CachingTokenSource.Surroundings(
                            setting.choice(),
                            setting.replicas() > 1 ? shelf : SharedCredentials.NONE,
                            new Revocations(clock),
                            new SimpleMeterRegistry(),
                            random::nextDouble,
                            clock));
        }

        /** Whatever the cache itself shares: below it, everything goes by the digest alone. */
        private TokenSource behind(Shelf shelf, TokenSource server) {
            return grant -> shelf.obtain(
                            new SharedCredentials.Question(CacheKey.of(grant, setting.choice()), grant, any -> true),
                            server.token(grant).map(token -> entry(grant, token)))
                    .map(Entry::token);
        }

        private Entry entry(Grant grant, AccessToken token) {
            Instant end = token.expiresAt().orElse(clock.instant());
            return new Entry(token, clock.instant(), end, end, Entry.origins(grant), 0);
        }

        private void drawQuestions(int count) {
            pool.add(Question.random(random));
            while (pool.size() < count) {
                pool.add(Randomly.oneOf(random, pool).varied(random));
            }
            pool.forEach(question -> questions.put(question.grant(), question));
        }

        List<String> perform(int steps) {
            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3, 4 -> ask();
                    case 5 -> leave();
                    case 6 -> clock.advance(Duration.ofMillis(random.nextInt(20_000)));
                    case 7 -> clock.advance(Duration.ofMillis(-random.nextInt(1_000)));
                    case 8 -> refuse();
                    default -> endOne();
                }
                takeNote();
            }
            while (underWay.stream().anyMatch(calls -> !calls.isEmpty())) {
                endOne();
                takeNote();
            }
            expect(waiting.stream().allMatch(Disposable::isDisposed), "nobody waits for ever");
            return violations;
        }

        private void expect(boolean met, String promise) {
            if (!met) {
                violations.add(promise);
            }
        }

        private void ask() {
            CachingTokenSource replica = Randomly.oneOf(random, replicas);
            Question question = Randomly.oneOf(random, pool);
            listen(replica, question, replica.token(question.grant()));
        }

        private void listen(CachingTokenSource replica, Question question, Mono<AccessToken> answer) {
            waiting.add(answer.subscribe(
                    token -> {
                        received.add(new Received(replica, question, token.value()));
                        expectMadeFor(question, token.value().reveal());
                        expect(!token.isExpired(clock.instant()), "nobody gets a token that is over");
                    },
                    failure -> expectMadeFor(question, String.valueOf(failure.getMessage()))));
        }

        private void expectMadeFor(Question question, String text) {
            Matcher call = CALL.matcher(text);
            if (call.find()) {
                Question cause = made.get(call.group());
                expect(
                        cause.counting(setting.mode()).equals(question.counting(setting.mode())),
                        question.choices() + " got what was made for " + cause.choices());
            }
        }

        private void leave() {
            if (!waiting.isEmpty()) {
                Randomly.oneOf(random, waiting).dispose();
            }
        }

        /** A tier does not take a token that was received; now and then it is another tier's, or another replica's. */
        private void refuse() {
            if (!received.isEmpty()) {
                Received one = Randomly.oneOf(random, received);
                CachingTokenSource replica = random.nextInt(4) == 0 ? Randomly.oneOf(random, replicas) : one.from();
                Optional<Mono<AccessToken>> other =
                        replica.forget(one.question().grant(), one.token());
                other.filter(mono -> random.nextInt(4) > 0).ifPresent(mono -> listen(replica, one.question(), mono));
            }
        }

        /** Notices new calls: for one question never two at a time in one replica. */
        private void takeNote() {
            for (int i = 0; i < servers.size(); i++) {
                List<HeldTokenSource.Call> calls = servers.get(i).calls();
                for (; seen[i] < calls.size(); seen[i]++) {
                    Question question = questions.get(calls.get(seen[i]).grant());
                    for (int other : underWay.get(i)) {
                        expect(
                                !counting(calls.get(other)).equals(counting(calls.get(seen[i]))),
                                question.choices() + " has two calls under way");
                    }
                    made.put("call-" + i + "-" + seen[i], question);
                    underWay.get(i).add(seen[i]);
                }
            }
        }

        private Map<Input, Integer> counting(HeldTokenSource.Call call) {
            return questions.get(call.grant()).counting(setting.mode());
        }

        private void endOne() {
            int replica = random.nextInt(servers.size());
            List<Integer> calls = underWay.get(replica);
            if (calls.isEmpty()) {
                return;
            }
            int number = calls.remove(random.nextInt(calls.size()));
            HeldTokenSource.Call call = servers.get(replica).call(number);
            String name = "call-" + replica + "-" + number;
            switch (random.nextInt(8)) {
                case 0 -> call.fail(new IllegalStateException(name));
                case 1 ->
                    call.fail(ProblemException.of(
                            Randomly.oneOf(
                                    random,
                                    List.of(
                                            Problem.AUTHORIZATION_SERVER_UNAVAILABLE,
                                            Problem.SUBJECT_REJECTED,
                                            Problem.TARGET_DENIED)),
                            name));
                case 2 -> call.endEmpty();
                case 3 -> call.give(FakeTokenSource.tokenOfUnknownEnd(name));
                default -> call.give(FakeTokenSource.token(name, clock.instant().plusSeconds(1 + random.nextInt(200))));
            }
        }
    }

    /** Small plays first; gives what the first one that went wrong did. */
    private static List<String> perform(Random random, Setting setting) {
        for (int steps : STEPS) {
            for (int round = 0; round < Randomly.rounds(4); round++) {
                List<String> violations = new Play(random, setting, steps).perform(steps);
                if (!violations.isEmpty()) {
                    return violations;
                }
            }
        }
        return List.of();
    }

    @ParameterizedTest
    @EnumSource
    void nobodyReceivesWhatWasMadeForOtherInputs(Mode mode) {
        Randomly.check(
                random -> assertThat(perform(random, Setting.alone(mode))).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void norWhenTwoReplicasKnowOneAnothersEntriesByTheirDigests(Mode mode) {
        Randomly.check(
                random -> assertThat(perform(random, Setting.fleet(mode))).isEmpty());
    }

    /** Every input in turn: a cache that overlooks it is found out, so the property is about all of them. */
    @Tag("about-the-tests")
    @ParameterizedTest
    @EnumSource(
            value = Input.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"KIND"})
    void aCacheThatOverlooksOneInputIsFoundOut(Input overlooked) {
        Randomly.check(random -> {
            Map<CacheKey, Map<Input, Integer>> inputs = new ConcurrentHashMap<>();
            Setting careless = new Setting(Mode.TOKEN, SubjectChoice.TOKEN, 2, key -> {
                Map<Input, Integer> rest = new EnumMap<>(inputs.get(key));
                rest.remove(overlooked);
                return rest;
            });
            boolean found = false;
            for (int attempt = 0; attempt < 50 && !found; attempt++) {
                Play play = new Play(random, careless, 300);
                play.pool.forEach(question ->
                        inputs.put(CacheKey.of(question.grant(), SubjectChoice.TOKEN), question.counting(Mode.TOKEN)));
                found = play.perform(300).stream().anyMatch(violation -> violation.contains("was made for"));
            }
            assertThat(found).isTrue();
        });
    }

    @Tag("about-the-tests")
    @Test
    void aChoiceThatTakesAThumbprintForATokensOwnAffairIsFoundOut() {
        Randomly.check(random -> {
            SubjectChoice careless = new ClaimsOfSubject(issuer -> Set.of("uti", "cnf"), 1000);
            assertThat(perform(random, new Setting(Mode.CLAIMS, careless, 1, CacheKey::digest)))
                    .anySatisfy(violation -> assertThat(violation).contains("was made for"));
        });
    }

    @ParameterizedTest
    @EnumSource
    void norWhenManyAskAtOnce(Mode mode) {
        Randomly.check(random -> {
            MutableClock clock = MutableClock.at(NOW);
            List<Question> pool = new ArrayList<>(List.of(Question.random(random)));
            while (pool.size() < 100) {
                pool.add(Randomly.oneOf(random, pool).varied(random));
            }
            Map<Grant, Question> questions = new ConcurrentHashMap<>();
            pool.forEach(question -> questions.put(question.grant(), question));
            Map<String, Question> made = new ConcurrentHashMap<>();
            AtomicInteger calls = new AtomicInteger();
            CachingTokenSource cache = new CachingTokenSource(
                    grant -> Mono.fromSupplier(() -> {
                                String name = "call-0-" + calls.incrementAndGet();
                                made.put(name, questions.get(grant));
                                return FakeTokenSource.token(name, NOW.plusSeconds(300));
                            })
                            .subscribeOn(Schedulers.parallel()),
                    CacheExample.of(
                            30,
                            DataSize.ofMegabytes(1),
                            Duration.ofMinutes(2),
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(5)),
                    new CachingTokenSource.Surroundings(
                            mode.choice(),
                            SharedCredentials.NONE,
                            new Revocations(clock),
                            new SimpleMeterRegistry(),
                            () -> 0.5,
                            clock));
            List<Question> asked = new ArrayList<>();
            for (int i = 0; i < Randomly.rounds(5000); i++) {
                asked.add(Randomly.oneOf(random, pool));
            }

            List<Boolean> right = Flux.fromIterable(asked)
                    .flatMap(
                            question -> Mono.defer(() -> cache.token(question.grant()))
                                    .subscribeOn(Schedulers.parallel())
                                    .map(token -> made.get(token.value().reveal())
                                            .counting(mode)
                                            .equals(question.counting(mode))),
                            64)
                    .collectList()
                    .blockOptional(SOON)
                    .orElseThrow();

            assertThat(right).hasSameSizeAs(asked).doesNotContain(false);
            assertThat(calls.get()).as("the cache was in it").isLessThan(asked.size());
        });
    }

    @Tag("about-the-tests")
    @Test
    void questionsThatDifferInWhatCountsAreOtherGrants() {
        Randomly.check(random -> {
            Map<Grant, Map<Input, Integer>> seen = new HashMap<>();
            Set<Map<Input, Integer>> distinct = new HashSet<>();
            for (int i = 0; i < 500; i++) {
                Question question = Question.random(random);
                distinct.add(question.counting(Mode.TOKEN));
                assertThat(seen.computeIfAbsent(question.grant(), any -> question.counting(Mode.TOKEN)))
                        .isEqualTo(question.counting(Mode.TOKEN));
            }
            assertThat(seen).hasSameSizeAs(distinct);
            assertThat(Collections.max(seen.values().stream().map(Map::size).toList()))
                    .isEqualTo(Input.values().length);
        });
    }
}
