package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One call for all who ask for the same; it belongs to none of them. */
final class SharedCallsTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final SharedCalls<String, String> calls =
            new SharedCalls<>(() -> ProblemException.of(Problem.INTERNAL_ERROR, "lost"));
    private final List<Sinks.One<String>> made = new ArrayList<>();

    @Test
    void areMadeOnceForAllWhoWaitAndAgainAfterTheirEnd() {
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiting.add(ask("a").toFuture());
        }
        assertThat(made).hasSize(1);

        end(0, "answer");

        assertThat(waiting).allSatisfy(answer -> assertThat(answer).isCompletedWithValue("answer"));
        var next = ask("a").toFuture();
        assertThat(made).hasSize(2);
        assertThat(next).isNotDone();
    }

    @Test
    void areToldApartByTheirKey() {
        var a = ask("a").toFuture();
        var b = ask("b").toFuture();
        end(1, "of b");
        end(0, "of a");

        assertThat(a).isCompletedWithValue("of a");
        assertThat(b).isCompletedWithValue("of b");
    }

    @Test
    void goOnForTheOthersWhenOneGivesUp() {
        var first = ask("a").subscribe();
        var second = ask("a").toFuture();
        var third = ask("a").toFuture();

        first.dispose();
        second.cancel(true);
        end(0, "answer");

        assertThat(third).isCompletedWithValue("answer");
        assertThat(made).hasSize(1);
    }

    @Test
    void tellAFailureToAllAndAreMadeAgain() {
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(ask("a").toFuture());
        }
        ProblemException failure = ProblemException.of(Problem.INTROSPECTION_UNAVAILABLE, "down");

        made.get(0).tryEmitError(failure).orThrow();

        for (CompletableFuture<String> answer : waiting) {
            assertThat(answer)
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .withCause(failure);
        }
        var next = ask("a").toFuture();
        end(1, "answer");
        assertThat(next).isCompletedWithValue("answer");
    }

    @Test
    void areNotMadeWhereAnotherOneLeftTheAnswerBehind() {
        assertThat(calls.get("a", () -> "left", SharedCallsTest::never).block(SOON))
                .isEqualTo("left");
        assertThat(calls.get("a", () -> "again", SharedCallsTest::never).block(SOON))
                .isEqualTo("again");
    }

    @Test
    void countAnEmptyAnswerAsAFailure() {
        assertThat(calls.get("a", () -> null, Mono::empty).toFuture()).failsWithin(SOON);
        assertThat(calls.get("a", () -> null, () -> Mono.just("x")).block(SOON)).isEqualTo("x");
    }

    @Test
    void sayThatTheyGotLostWhenTheyTakeForever() {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> calls.get("a", () -> null, () -> Mono.error(new TimeoutException()))
                        .block(SOON))
                .withMessage("lost");
    }

    @Test
    void freeTheirKeyWhenTheyCannotEvenBeMade() {
        assertThatIllegalStateException()
                .isThrownBy(() -> calls.get("a", () -> null, () -> {
                            throw new IllegalStateException("bug");
                        })
                        .block(SOON));

        assertThat(calls.get("a", () -> null, () -> Mono.just("x")).block(SOON)).isEqualTo("x");
    }

    @Test
    void freeTheirKeyWhenReactorThrowsAFatalErrorInsteadOfTellingIt() {
        var waiting = new ArrayList<CompletableFuture<String>>();
        assertThatExceptionOfType(VirtualMachineError.class)
                .isThrownBy(() -> calls.get("a", () -> null, () -> {
                            waiting.add(ask("a").toFuture());
                            throw new OutOfMemoryError("test");
                        })
                        .block(SOON));

        assertThat(waiting.get(0))
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IllegalStateException.class);
        assertThat(calls.get("a", () -> null, () -> Mono.just("x")).block(SOON)).isEqualTo("x");
    }

    @Test
    void freeTheirKeyWhenNobodyCanSayWhatIsKnown() {
        assertThatIllegalStateException()
                .isThrownBy(() -> calls.get(
                                "a",
                                () -> {
                                    throw new IllegalStateException("bug");
                                },
                                SharedCallsTest::never)
                        .block(SOON));

        assertThat(calls.get("a", () -> null, () -> Mono.just("x")).block(SOON)).isEqualTo("x");
    }

    private static Mono<String> never() {
        return Mono.error(new AssertionError("no call was expected"));
    }

    private Mono<String> ask(String key) {
        return Mono.defer(() -> calls.get(key, () -> null, () -> {
            Sinks.One<String> answer = Sinks.one();
            made.add(answer);
            return answer.asMono();
        }));
    }

    private void end(int call, String answer) {
        made.get(call).tryEmitValue(answer).orThrow();
    }
}
