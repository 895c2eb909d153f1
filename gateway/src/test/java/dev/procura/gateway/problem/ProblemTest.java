package dev.procura.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The list of problems itself: codes that programs rely on, sentences that anybody may read, and their page. */
final class ProblemTest {

    private static final Path PAGE = Path.of("..", "docs", "errors.md");

    /** The first cell of a row of the page: a code in backticks. */
    private static final Pattern ROW = Pattern.compile("\\|\\s*`([a-z0-9_]+)`");

    @Test
    void hasACodeOfItsOwnForEveryProblem() {
        assertThat(Arrays.stream(Problem.values()).map(Problem::code))
                .doesNotHaveDuplicates()
                .allMatch(code -> code.matches("[a-z]+(_[a-z]+)*"));
    }

    @ParameterizedTest
    @EnumSource
    void saysInOnePrintableSentenceWhatAnybodyMayKnow(Problem problem) {
        assertThat(problem.detail())
                .matches("[A-Z][ -~]+[a-z]")
                .doesNotContain("\"", "\\", "`")
                .hasSizeLessThan(100);
    }

    @ParameterizedTest
    @EnumSource
    void challengesWhereTheStatusAsksForIt(Problem problem) {
        switch (problem.challenge()) {
            case NONE -> assertThat(problem.status()).isNotIn(401, 403);
            case BARE, INVALID_TOKEN, STEP_UP -> assertThat(problem.status()).isEqualTo(401);
            case INVALID_REQUEST -> assertThat(problem.status()).isEqualTo(400);
            case INSUFFICIENT_SCOPE -> assertThat(problem.status()).isEqualTo(403);
        }
    }

    @Test
    void hasARowInThePageOfErrorsForEachProblemAndForNothingElse() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.lookingAt()) {
                rows.put(row.group(1), line);
            }
        }

        assertThat(rows.keySet())
                .isEqualTo(Arrays.stream(Problem.values())
                        .map(Problem::code)
                        .collect(Collectors.toCollection(TreeSet::new)));
        for (Problem problem : Problem.values()) {
            assertThat(rows.get(problem.code())).contains(Integer.toString(problem.status()));
        }
    }
}
