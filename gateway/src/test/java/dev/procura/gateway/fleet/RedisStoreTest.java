package dev.procura.gateway.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.testkit.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The store on a real Redis, through two clients as two replicas have them. */
final class RedisStoreTest {

    private static final Instant NOW = Instant.parse("2027-03-01T10:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static RedisServer redis;
    private static RedisClients clients;
    private static MutableClock clock;
    private static RedisStore store;
    private static RedisStore other;

    @BeforeAll
    static void start() {
        redis = RedisServer.shared();
        clients = new RedisClients();
        clock = MutableClock.at(NOW);
        store = new RedisStore(clients.to(redis.port()), clock);
        other = new RedisStore(clients.to(redis.port()), clock);
    }

    @AfterAll
    static void stop() {
        clients.close();
    }

    @BeforeEach
    void empty() {
        redis.flush();
        clock.set(NOW);
    }

    @Test
    void whatOneReplicaPutsTheOtherGets() {
        byte[] value = {0, 1, (byte) 0xff, '\r', '\n', 0};

        get(store.put("a", value, MINUTE));

        assertThat(get(other.get("a"))).isEqualTo(value);
        assertThat(get(other.get("b"))).isNull();
        assertThat(redis.dump()).containsOnlyKeys("procura:a");
    }

    @Test
    void aValueEndsByItself() {
        get(store.put("a", bytes("value"), Duration.ofMillis(50)));
        get(store.put("b", bytes("value"), MINUTE));

        await().atMost(PATIENCE).until(() -> get(other.get("a")) == null);

        assertThat(redis.dump().get("procura:b").millisToLive()).isBetween(50_000L, 60_000L);
    }

    @Test
    void nothingIsWrittenWithoutAnEnd() {
        get(store.put("a", bytes("value"), Duration.ZERO));
        get(store.put("b", bytes("value"), Duration.ofNanos(1)));
        get(store.lease("c", bytes("me"), Duration.ofSeconds(-1)));
        get(store.enlist("d", bytes("member"), NOW.plusSeconds(1)));

        assertThat(redis.dump().values()).allMatch(stored -> stored.millisToLive() >= 0);
    }

    @Test
    void aLeaseIsForOne() {
        assertThat(get(store.lease("a", bytes("one"), MINUTE))).isTrue();
        assertThat(get(other.lease("a", bytes("other"), MINUTE))).isFalse();
        assertThat(get(store.lease("a", bytes("one"), MINUTE)))
                .as("its holder has it, and does not get it again")
                .isFalse();
    }

    @Test
    void ofManyWhoWantALeaseAtOnceOneGetsIt() {
        List<CompletableFuture<Boolean>> answers = IntStream.range(0, 200)
                .mapToObj(i -> (i % 2 == 0 ? store : other).lease("a", bytes("holder " + i), MINUTE))
                .map(Mono::toFuture)
                .toList();

        assertThat(answers.stream().map(CompletableFuture::join).filter(taken -> taken))
                .hasSize(1);
    }

    @Test
    void aLeaseEndsWithoutItsHolder() {
        get(store.lease("a", bytes("one"), Duration.ofMillis(50)));

        await().atMost(PATIENCE).until(() -> get(other.lease("a", bytes("other"), MINUTE)));
    }

    @Test
    void onlyItsHolderFreesALease() {
        get(store.lease("a", bytes("one"), MINUTE));

        get(other.release("a", bytes("other")));

        assertThat(get(other.lease("a", bytes("other"), MINUTE))).isFalse();

        get(store.release("a", bytes("one")));

        assertThat(get(other.lease("a", bytes("other"), MINUTE))).isTrue();
    }

    /** The holder was slow, and its lease has gone to another meanwhile. */
    @Test
    void aLateReleaseTakesNothingFromTheNextHolder() {
        get(store.lease("a", bytes("one"), Duration.ofMillis(50)));
        await().atMost(PATIENCE).until(() -> get(other.lease("a", bytes("other"), MINUTE)));

        get(store.release("a", bytes("one")));

        assertThat(get(store.lease("a", bytes("one"), MINUTE))).isFalse();
    }

    @Test
    void aSetHasTheMembersThatHaveNotEndedTheLastingOnesFirst() {
        get(store.enlist("set", bytes("short"), NOW.plusSeconds(10)));
        get(store.enlist("set", bytes("long"), NOW.plusSeconds(30)));
        get(other.enlist("set", bytes("middle"), NOW.plusSeconds(20)));

        assertThat(members(NOW, 10)).containsExactly("long", "middle", "short");
        assertThat(members(NOW, 2)).containsExactly("long", "middle");
        assertThat(members(NOW.plusSeconds(10), 10)).containsExactly("long", "middle");
        assertThat(members(NOW.plusMillis(29_999), 10)).containsExactly("long");
        assertThat(members(NOW.plusSeconds(30), 10)).isEmpty();
        assertThat(get(other.enlisted("no set", NOW, 10)).members()).isEmpty();
    }

    @Test
    void theSameMemberAgainOnlyLivesLonger() {
        get(store.enlist("set", bytes("member"), NOW.plusSeconds(20)));
        get(other.enlist("set", bytes("member"), NOW.plusSeconds(10)));

        assertThat(members(NOW.plusSeconds(15), 10)).containsExactly("member");

        get(other.enlist("set", bytes("member"), NOW.plusSeconds(30)));

        assertThat(members(NOW.plusSeconds(25), 10)).containsExactly("member");
    }

    @Test
    void aSetEndsAfterItsLongestMemberAndNeverEarlier() {
        get(store.enlist("set", bytes("long"), NOW.plus(Duration.ofHours(24))));
        get(other.enlist("set", bytes("short"), NOW.plusSeconds(1)));

        assertThat(Duration.ofMillis(redis.dump().get("procura:set").millisToLive()))
                .isBetween(Duration.ofHours(24), Duration.ofHours(25));
    }

    @Test
    void membersThatEndedLongAgoAreRemovedAndOthersStay() {
        get(store.enlist("set", bytes("first"), NOW.plusSeconds(10)));
        clock.advance(Duration.ofMinutes(61));
        get(store.enlist("set", bytes("second"), NOW.plus(Duration.ofHours(2))));

        assertThat(redis.dumpText()).contains("second").doesNotContain("first");
    }

    /** A clock that is ahead by half an hour must not make the others forget a revocation that still counts. */
    @Test
    void aReplicaWhoseClockIsAheadTakesNothingFromTheOthers() {
        get(store.enlist("set", bytes("revoked"), NOW.plusSeconds(600)));
        RedisStore ahead = new RedisStore(clients.to(redis.port()), MutableClock.at(NOW.plusSeconds(1800)));

        get(ahead.enlist("set", bytes("other"), NOW.plusSeconds(900)));

        assertThat(members(NOW, 10)).contains("revoked");
        assertThat(redis.dump().get("procura:set").millisToLive()).isGreaterThan(900_000L);
    }

    @Test
    void aNumberOnlyGrows() {
        assertThat(get(store.number("n"))).isZero();
        assertThat(get(store.increase("n", 0))).isEqualTo(1);
        assertThat(get(other.increase("n", 0))).isEqualTo(2);
        assertThat(get(other.increase("n", 100))).isEqualTo(101);
        assertThat(get(store.increase("n", 7))).isEqualTo(102);
        assertThat(get(store.number("n"))).isEqualTo(102);
        assertThat(redis.dump().get("procura:n").millisToLive())
                .as("somebody may go by it")
                .isEqualTo(-1);
    }

    @Test
    void aLargeNumberIsExact() {
        long large = RedisStore.MAX_NUMBER - 1;

        assertThat(get(store.increase("n", large))).isEqualTo(large + 1);
        assertThat(get(store.number("n"))).isEqualTo(large + 1);
    }

    @Test
    void manyWhoIncreaseAtOnceGetANumberEach() {
        List<CompletableFuture<Long>> answers = IntStream.range(0, 100)
                .mapToObj(i -> (i % 2 == 0 ? store : other).increase("n", 0))
                .map(Mono::toFuture)
                .toList();

        assertThat(answers.stream().map(CompletableFuture::join))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 100).mapToObj(Long::valueOf).toList());
    }

    @Test
    void aRegisterOfLargeMembersDoesNotTravel() {
        get(store.enlist("set", bytes("member"), NOW.plusSeconds(10)));
        String end = Long.toString(NOW.plusSeconds(20).toEpochMilli());
        for (int i = 0; i < 500; i++) {
            redis.ask("ZADD", "procura:set", end, i + "x".repeat(60 * 1024));
        }

        List<byte[]> read = get(store.enlisted("set", NOW, 8_192)).members();

        assertThat(read).hasSize(501).last().isEqualTo(bytes("member"));
        assertThat(read.subList(0, 500)).allMatch(member -> member.length == 0);
    }

    @Test
    void aReadOfARegisterIsBoundedInBytesAndSaysSo() {
        String end = Long.toString(NOW.plusSeconds(20).toEpochMilli());
        for (int i = 0; i < 2_000; i++) {
            redis.ask("ZADD", "procura:set", end, i + "x".repeat(4_000));
        }

        SharedStore.Members read = get(store.enlisted("set", NOW, 8_192));

        assertThat(read.cut()).isTrue();
        assertThat(read.members().stream().mapToInt(member -> member.length).sum())
                .isBetween(RedisStore.MAX_MEMBERS - RedisStore.MAX_MEMBER, RedisStore.MAX_MEMBERS);
        assertThat(get(store.enlisted("set", NOW, 700)).members()).hasSize(700);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+inf", "-inf", "1e300", "9007199254740993", "4102444800000000"})
    void aMemberThatEndsBeyondBeliefIsNotThereAndStopsNothing(String score) {
        redis.ask("ZADD", "procura:set", score, "x");
        redis.ask("ZADD", "procura:set", score, "again");

        assertThat(members(NOW, 10)).isEmpty();
        get(store.enlist("set", bytes("member"), NOW.plusSeconds(10)));
        get(store.enlist("set", bytes("again"), NOW.plusSeconds(5)));

        assertThat(members(NOW, 10)).containsExactly("member", "again");
        assertThat(redis.dumpText()).doesNotContain("x");
        assertThat(redis.dump().get("procura:set").millisToLive()).isBetween(1L, 3_700_000L);
    }

    @Test
    void aMemberThatNeverEndsIsKeptForABoundedTime() {
        get(store.enlist("set", bytes("member"), NOW.plus(Duration.ofDays(100_000))));

        assertThat(members(NOW, 10)).containsExactly("member");
        assertThat(Duration.ofMillis(redis.dump().get("procura:set").millisToLive()))
                .isLessThan(RedisStore.LONGEST.plusHours(2));
    }

    /** The names are this gateway's: whoever wrote something else there was not. */
    @Test
    void whatIsOfAnotherKindIsMendedByTheNextWrite() {
        redis.ask("LPUSH", "procura:n", "x");
        redis.ask("SET", "procura:set", "x");
        assertThatThrownBy(() -> get(store.number("n"))).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> get(store.enlisted("set", NOW, 10))).isInstanceOf(Refused.class);

        assertThat(get(store.increase("n", 5))).isEqualTo(6);
        get(store.enlist("set", bytes("member"), NOW.plusSeconds(10)));

        assertThat(get(store.number("n"))).isEqualTo(6);
        assertThat(members(NOW, 10)).containsExactly("member");
    }

    /** It would fill the memory, and hold up everything else that is asked on the same connection. */
    @Test
    void aHugeValueDoesNotTravel() {
        redis.ask("SETRANGE", "procura:huge", "200000000", "x");
        get(store.put("a", bytes("value"), MINUTE));

        for (int i = 0; i < 100; i++) {
            assertThat(get(store.get("huge"))).isNull();
            assertThat(get(store.number("huge"))).isZero();
        }

        assertThat(redis.text("INFO", "stats")
                        .lines()
                        .filter(line -> line.startsWith("total_net_output_bytes:"))
                        .map(line -> Long.parseLong(line.split(":")[1].strip()))
                        .findFirst())
                .hasValueSatisfying(sent -> assertThat(sent).isLessThan(100_000_000L));
        assertThat(get(store.increase("huge", 5))).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "007",
                "not a number",
                "",
                "9223372036854775807",
                "4503599627370497",
                "1e300",
                "1099511627777",
                "1.5",
                "nan",
                "inf",
                "-3"
            })
    void whatIsNoNumberCountsAsNoneAndIsMended(String written) {
        redis.ask("SET", "procura:n", written);

        assertThat(get(store.number("n"))).isZero();
        assertThat(get(store.increase("n", 5))).isEqualTo(6);
    }

    @Test
    void whatIsToldIsHeardByAllWhoHear() {
        List<String> one = Collections.synchronizedList(new ArrayList<>());
        List<String> two = Collections.synchronizedList(new ArrayList<>());
        Disposable first = store.hear("topic").subscribe(message -> one.add(text(message)));
        Disposable second = other.hear("topic").subscribe(message -> two.add(text(message)));
        await().atMost(PATIENCE)
                .until(() -> redis.text("PUBSUB", "NUMSUB", "procura:topic").endsWith("2"));

        get(store.tell("another topic", bytes("not for them")));
        get(store.tell("topic", bytes("hello")));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(List.of(one, two)).containsOnly(List.of("hello")));

        first.dispose();
        second.dispose();

        await().atMost(PATIENCE)
                .until(() -> redis.text("PUBSUB", "NUMSUB", "procura:topic").endsWith("0"));
    }

    @Test
    void hearingEndsWithAnErrorWhenTheConnectionIsLost() {
        CompletableFuture<Object> end =
                store.hear("topic").then(Mono.just((Object) "ended")).toFuture();
        await().atMost(PATIENCE)
                .until(() -> redis.text("PUBSUB", "NUMSUB", "procura:topic").endsWith("1"));

        redis.ask("CLIENT", "KILL", "TYPE", "pubsub");

        await().atMost(PATIENCE).until(end::isDone);
        assertThatThrownBy(end::join).hasCauseInstanceOf(SharedStore.OutOfReach.class);
        await().atMost(PATIENCE)
                .during(Duration.ofMillis(300))
                .until(() -> redis.text("PUBSUB", "NUMSUB", "procura:topic").endsWith("0"));
    }

    @Test
    void aValueThatIsTooLargeIsNotThere() {
        redis.ask("SET", "procura:a", "x".repeat(RedisStore.MAX_VALUE + 1));
        redis.ask("SET", "procura:b", "x".repeat(RedisStore.MAX_VALUE));

        assertThat(get(store.get("a"))).isNull();
        assertThat(get(store.get("b"))).hasSize(RedisStore.MAX_VALUE);
        assertThatThrownBy(() -> get(store.put("c", new byte[RedisStore.MAX_VALUE + 1], MINUTE)))
                .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> get(store.enlist("c", new byte[RedisStore.MAX_VALUE + 1], NOW)))
                .isInstanceOf(Refused.class);
        assertThat(redis.dump()).doesNotContainKey("procura:c");
    }

    @Test
    void aMemberThatIsTooLargeIsNotBrought() {
        redis.ask("ZADD", "procura:set", "" + NOW.plusSeconds(9).toEpochMilli(), "x".repeat(RedisStore.MAX_VALUE + 1));
        get(store.enlist("set", bytes("member"), NOW.plusSeconds(5)));

        assertThat(members(NOW, 10)).containsExactly("", "member");
    }

    /** Who writes to Redis can have us refused, not more. */
    @Test
    void anotherTypeUnderOurNameIsARefusal() {
        redis.ask("LPUSH", "procura:a", "an element");

        for (Mono<?> command : List.<Mono<?>>of(
                store.get("a"), store.number("a"), store.release("a", bytes("me")), store.enlisted("a", NOW, 1))) {
            assertThatThrownBy(() -> get(command)).isInstanceOf(Refused.class).hasMessageMatching("[A-Z]+");
        }
    }

    @Test
    void aKeyThatSomebodySetIsNoLeaseOfOurs() {
        redis.ask("SET", "procura:a", "somebody");

        assertThat(get(store.lease("a", bytes("me"), MINUTE))).isFalse();
        get(store.release("a", bytes("me")));
        assertThat(redis.dump()).containsKey("procura:a");
    }

    @Test
    void afterARestartOfRedisItGoesOnByItself() {
        try (RedisServer mortal = RedisServer.start();
                RedisClients own = new RedisClients()) {
            RedisStore lonely = new RedisStore(own.to(mortal.port()), clock);
            get(lonely.put("a", bytes("value"), MINUTE));

            mortal.kill();

            assertThatThrownBy(() -> get(lonely.get("a"))).isInstanceOf(SharedStore.OutOfReach.class);

            mortal.restart();

            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(SharedStore.OutOfReach.class)
                    .until(() -> get(lonely.get("a")) == null);
            get(lonely.put("a", bytes("value"), MINUTE));
            assertThat(get(lonely.get("a"))).isEqualTo(bytes("value"));
        }
    }

    @Test
    void aRedisThatComesLaterIsFound() {
        try (RedisServer mortal = RedisServer.start();
                RedisClients own = new RedisClients()) {
            mortal.kill();
            RedisStore lonely = new RedisStore(own.to(mortal.port()), clock);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> get(lonely.get("a"))).isInstanceOf(SharedStore.OutOfReach.class);
            }

            mortal.restart();

            assertThat(get(lonely.number("a"))).isZero();
        }
    }

    @Test
    void reasonsHoldNoNamesAndNoValues() {
        Map<String, String> said = Map.of(
                "WRONGTYPE Operation against a key holding the wrong kind of value", "WRONGTYPE",
                "NOPERM User alice has no permissions", "NOPERM",
                "OOM command not allowed when used memory > 'maxmemory'.", "OOM",
                "LOADING Redis is loading the dataset in memory", "LOADING",
                "WRONGPASS invalid username-password pair", "WRONGPASS");

        said.forEach((answer, reason) -> assertThat(
                        RedisLine.outcome(new io.lettuce.core.RedisCommandExecutionException(answer)))
                .hasMessage(reason)
                .isInstanceOf(
                        List.of("LOADING", "WRONGPASS").contains(reason)
                                ? SharedStore.OutOfReach.class
                                : Refused.class));
    }

    private static List<String> members(Instant now, int limit) {
        return get(other.enlisted("set", now, limit)).members().stream()
                .map(RedisStoreTest::text)
                .toList();
    }

    private static <T> T get(Mono<T> mono) {
        return mono.block(PATIENCE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
