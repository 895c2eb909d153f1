package dev.procura.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.token.Scopes;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProblemExceptionTest {

    @Test
    void keepsWhatItWasGivenWhenMoreIsAdded() {
        IOException cause = new IOException("reset");

        ProblemException failure = ProblemException.of(Problem.SCOPE_MISSING, "because")
                .needing(ProblemException.Remedy.scopes(Scopes.of("a")))
                .retryAfter(Duration.ofSeconds(3))
                .causedBy(cause);

        assertThat(failure.problem()).isEqualTo(Problem.SCOPE_MISSING);
        assertThat(failure.reason()).isEqualTo("because");
        assertThat(failure.remedy().scopes()).isEqualTo(Scopes.of("a"));
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(3));
        assertThat(failure).hasCause(cause);
        assertThat(failure.needing(ProblemException.Remedy.scopes(Scopes.of("b")))
                        .retryAfter())
                .contains(Duration.ofSeconds(3));
        assertThat(failure.needing(ProblemException.Remedy.scopes(Scopes.of("b"))))
                .hasCause(cause);
    }

    @Test
    void carriesNoStackTraceBecauseItIsAnOutcome() {
        assertThat(ProblemException.of(Problem.NO_ROUTE, "none").getStackTrace())
                .isEmpty();
    }
}
