package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.FileNotFoundException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ByteArrayResource;

/** What an operator reads of a file that cannot be read at all. {@code ImageIT} shows it of the whole gateway. */
final class ConfigurationFileFailureAnalyzerTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "procura:\n\tsecret: hunter2",
                "procura:\n  secret: *hunter2",
                "procura:\n  secret: \"hunter2",
                "procura:\n  secret: [hunter2",
                "procura:\n  secret: hunter2: hunter2",
                "procura:\n  hunter2: 1\n  hunter2: 2"
            })
    void saysWhereAFileIsNoYamlAndShowsNothingOfIt(String file) {
        Throwable failure = catchThrowable(() -> new YamlPropertySourceLoader()
                .load("procura.yaml", new ByteArrayResource(file.getBytes(StandardCharsets.UTF_8))));

        assertThat(message(new IllegalStateException("start-up", failure)))
                .containsPattern("no YAML, at line [23], column \\d+")
                .doesNotContain("hunter2");
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        assertThat(message(new IllegalStateException(
                        new FileNotFoundException("/config/procura.yaml (Permission denied)"))))
                .contains("/config/procura.yaml (Permission denied)", "65532");
        assertThat(message(new AccessDeniedException("/config/procura.yaml"))).contains("/config/procura.yaml");
    }

    @Test
    void leavesWhatItDoesNotKnowToOthers() {
        assertThat(analyze(new IllegalStateException("something else"))).isNull();
    }

    private static String message(Throwable failure) {
        FailureAnalysis analysis = analyze(failure);
        assertThat(analysis).as("an analysis of " + failure).isNotNull();
        return analysis.getDescription() + "\n" + analysis.getAction() + "\n" + analysis.getCause();
    }

    private static @Nullable FailureAnalysis analyze(Throwable failure) {
        return new ConfigurationFileFailureAnalyzer().analyze(failure);
    }
}
