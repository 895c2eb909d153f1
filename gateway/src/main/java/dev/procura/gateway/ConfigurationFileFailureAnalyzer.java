package dev.procura.gateway;

import java.io.FileNotFoundException;
import java.nio.file.AccessDeniedException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Turns a configuration file that is no YAML, or cannot be read, into one message. Spring Boot would print the exception,
 * and with it the line that is wrong, which may hold a secret.
 */
final class ConfigurationFileFailureAnalyzer implements FailureAnalyzer, Ordered {

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof MarkedYAMLException yaml) {
                return noYaml(yaml.getProblemMark());
            }
            // Their messages are the file's name and what the system says of it.
            if (one instanceof FileNotFoundException || one instanceof AccessDeniedException) {
                return new FailureAnalysis(
                        "A file of the configuration cannot be read: " + one.getMessage(),
                        "Look whether it is there, and whether the user may read it whom the gateway runs as"
                                + " (65532 in its image).",
                        one);
            }
        }
        return null;
    }

    private static FailureAnalysis noYaml(@Nullable Mark mark) {
        String where =
                mark == null ? "" : ", at line %d, column %d".formatted(mark.getLine() + 1, mark.getColumn() + 1);
        String what = "A file of the configuration is no YAML" + where + ".";
        return new FailureAnalysis(
                what,
                "Look there, and at the line before, for a tab (YAML takes spaces alone), a key that is there twice, a bracket or"
                        + " a quote without its other half, and a value that has to stand in quotes because it begins with one"
                        + " of * & ! % @ ` or holds \": \" or \" #\".",
                // Not the exception itself, which is logged at DEBUG, and shows the line.
                new IllegalStateException(what));
    }
}
