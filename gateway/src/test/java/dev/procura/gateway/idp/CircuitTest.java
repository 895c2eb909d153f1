package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.Randomly;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitTest {

    /** As long as a wait can be: the longest of each. */
    private final Circuit circuit = new Circuit(() -> 1);

    private Instant now = NOW;

    private boolean fails(String caller) {
        Circuit.Question question = Circuit.Question.of(caller);
        assertThat(circuit.enter(question, now)).as("%s may ask", caller).isEmpty();
        return circuit.failed(question, true, now);
    }

    private Optional<Duration> enter(String caller) {
        return circuit.enter(Circuit.Question.of(caller), now);
    }

    private void open() {
        IntStream.range(0, Circuit.FAULTS).forEach(i -> fails("user-" + i));
    }

    @Test
    void fiveFaultsOfFiveCallersOpenItForASecond() {
        for (int i = 1; i < Circuit.FAULTS; i++) {
            assertThat(fails("user-" + i)).isFalse();
        }
        assertThat(fails("user-" + Circuit.FAULTS)).isTrue();

        assertThat(enter("alice")).contains(Circuit.FIRST_WAIT);
    }

    @Test
    void nobodyOpensItAlone() {
        for (int i = 0; i < 1000; i++) {
            assertThat(fails("mallory")).isFalse();
        }
        assertThat(enter("alice")).isEmpty();
    }

    @Test
    void aFaultThatNoCallerCanBringAboutCountsEachTime() {
        for (int i = 0; i < Circuit.FAULTS; i++) {
            circuit.failed(Circuit.Question.of("alice"), false, now);
        }
        assertThat(enter("alice")).isPresent();
    }

    @Test
    void anAnswerEndsTheRow() {
        for (int i = 1; i < Circuit.FAULTS; i++) {
            fails("user-" + i);
        }
        assertThat(circuit.answered()).isFalse();

        fails("user-5");
        assertThat(enter("alice")).isEmpty();
    }

    @Test
    void afterTheWaitOneAsksFirst() {
        open();
        now = now.plus(Circuit.FIRST_WAIT).minusMillis(1);
        assertThat(enter("alice")).contains(Duration.ofMillis(1));

        now = now.plusMillis(1);
        assertThat(enter("alice")).isEmpty();
        assertThat(enter("bob")).isPresent();
        assertThat(enter("alice")).isPresent();
    }

    @Test
    void theWaitDoublesUpToItsBoundAndNeverStops() {
        open();
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            waits.add(enter("nobody").orElseThrow());
            now = now.plus(waits.get(i));
            fails("user-" + i % 2);
        }

        assertThat(waits.subList(0, 7).stream().map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
        assertThat(waits).allMatch(wait -> wait.compareTo(Circuit.LONGEST_WAIT) <= 0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 0.5, 0.999999})
    void theWaitIsBetweenHalfAndWhole(double random) {
        Circuit drawn = new Circuit(() -> random);
        for (int i = 0; i < Circuit.FAULTS; i++) {
            drawn.failed(Circuit.Question.of("user-" + i), true, now);
        }
        assertThat(drawn.enter(Circuit.Question.of("alice"), now).orElseThrow())
                .isBetween(Circuit.FIRST_WAIT.dividedBy(2), Circuit.FIRST_WAIT);
    }

    @Test
    void anyAnswerClosesItAndTheNextRowBeginsAnew() {
        open();
        now = now.plus(Circuit.FIRST_WAIT);
        fails("alice");
        assertThat(circuit.answered()).isTrue();

        assertThat(enter("alice")).isEmpty();
        assertThat(enter("bob")).isEmpty();
        open();
        assertThat(enter("alice")).contains(Circuit.FIRST_WAIT);
    }

    @Test
    void whoAsksFirstAndGivesUpLetsTheNextOneAsk() {
        open();
        now = now.plus(Circuit.FIRST_WAIT);
        Circuit.Question first = Circuit.Question.of("alice");
        assertThat(circuit.enter(first, now)).isEmpty();
        circuit.leave(first);

        assertThat(enter("bob")).isEmpty();
        assertThat(enter("carol")).isPresent();
    }

    /** A call that was on its way before is not the one that asks first, however it ends. */
    @Test
    void whatWasOnItsWayWhenItOpenedDoesNotEndTheTurnOfWhoAsksFirst() {
        Circuit.Question slow = Circuit.Question.of("dave");
        Circuit.Question slower = Circuit.Question.of("erin");
        circuit.enter(slow, now);
        circuit.enter(slower, now);
        open();
        now = now.plus(Circuit.FIRST_WAIT);
        assertThat(enter("alice")).isEmpty();

        circuit.leave(slow);
        assertThat(enter("bob")).as("after one that gave up").isPresent();
        circuit.failed(slower, true, now);
        assertThat(enter("bob")).as("after one that failed").contains(Circuit.FIRST_WAIT);
    }

    @Test
    void faultsThatComeInAfterItHasOpenedDoNotLengthenTheWait() {
        List<Circuit.Question> underWay = IntStream.range(0, 100)
                .mapToObj(i -> Circuit.Question.of("user-" + i))
                .toList();
        underWay.forEach(question -> circuit.enter(question, now));
        underWay.forEach(question -> circuit.failed(question, true, now));

        assertThat(enter("alice")).contains(Circuit.FIRST_WAIT);
    }

    /** One whose token makes the server fall over must not be the one who asks first, time after time. */
    @Test
    void nobodyKeepsItOpenAlone() {
        open();
        now = now.plus(Circuit.FIRST_WAIT);
        fails("mallory");
        now = now.plusSeconds(2);

        assertThat(enter("mallory")).contains(Duration.ofSeconds(2));
        assertThat(enter("alice")).isEmpty();
    }

    @Test
    void whoIsAloneMayAskAgainAfterTwiceTheTime() {
        open();
        now = now.plus(Circuit.FIRST_WAIT);
        fails("alice");
        now = now.plusSeconds(4);

        assertThat(enter("alice")).isEmpty();
    }

    @Test
    void whoMetAFaultThatIsNobodysWaitsNoLonger() {
        open();
        now = now.plus(Circuit.FIRST_WAIT);
        Circuit.Question question = Circuit.Question.of("alice");
        circuit.enter(question, now);
        circuit.failed(question, false, now);
        now = now.plusSeconds(2);

        assertThat(enter("alice")).isEmpty();
    }

    /** Whatever happens: while it is open one asks at most, the wait is bounded, and it never stays shut for ever. */
    @Test
    void whateverHappensOneAsksAtATimeAndNobodyWaitsForEver() {
        Randomly.check(random -> {
            for (int round = 0; round < 200; round++) {
                play(random);
            }
        });
    }

    private static void play(Random random) {
        Circuit circuit = new Circuit(random::nextDouble);
        Instant now = NOW;
        List<Circuit.Question> asking = new ArrayList<>();
        Circuit.Question first = null;
        boolean open = false;
        for (int step = 0; step < 300; step++) {
            if (random.nextInt(3) == 0) {
                now = now.plusMillis(random.nextInt(5000));
            }
            if (asking.isEmpty() || random.nextBoolean()) {
                Circuit.Question question = Circuit.Question.of(random.nextInt(8));
                Optional<Duration> wait = circuit.enter(question, now);
                if (wait.isPresent()) {
                    assertThat(wait.get()).isPositive().isLessThanOrEqualTo(Circuit.LONGEST_WAIT.multipliedBy(2));
                    continue;
                }
                if (open) {
                    assertThat(first).as("one at a time").isNull();
                    first = question;
                }
                asking.add(question);
                continue;
            }
            Circuit.Question ending = asking.remove(random.nextInt(asking.size()));
            switch (random.nextInt(6)) {
                case 0 -> {
                    circuit.answered();
                    open = false;
                    first = null;
                }
                case 1 -> {
                    circuit.leave(ending);
                    first = ending == first ? null : first;
                }
                default -> {
                    open |= circuit.failed(ending, random.nextInt(4) > 0, now);
                    first = ending == first ? null : first;
                }
            }
        }
        if (first != null) {
            circuit.leave(first);
        }
        assertThat(circuit.enter(Circuit.Question.of("late"), now.plus(Circuit.LONGEST_WAIT)))
                .isEmpty();
    }

    @Test
    void inManyThreadsOneAsksFirst() throws Exception {
        open();
        now = now.plus(Circuit.FIRST_WAIT);
        Instant then = now;
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        try {
            List<Future<Boolean>> entered = IntStream.range(0, 200)
                    .mapToObj(i -> threads.submit(() -> {
                        start.await();
                        return circuit.enter(Circuit.Question.of("user-" + i), then)
                                .isEmpty();
                    }))
                    .toList();
            start.countDown();
            int asking = 0;
            for (Future<Boolean> one : entered) {
                asking += one.get(10, TimeUnit.SECONDS) ? 1 : 0;
            }
            assertThat(asking).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    /** One broken target of the gateway's own must not be the first each time. */
    @Test
    void aTargetOfTheGatewaysOwnThatFailsLetsOthersGoFirst() {
        open();
        now = now.plus(Circuit.FIRST_WAIT);
        Circuit.Question question = Circuit.Question.ofTheGateway("reports");
        circuit.enter(question, now);
        circuit.failed(question, true, now);
        now = now.plusSeconds(2);

        assertThat(circuit.enter(Circuit.Question.ofTheGateway("reports"), now)).contains(Duration.ofSeconds(2));
        assertThat(enter("alice")).isEmpty();
    }
}
