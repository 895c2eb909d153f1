package dev.procura.gateway.deploy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The chart, as Helm itself renders it. */
final class Chart {

    private static final Path FOLDER =
            Path.of("..", "deploy", "helm", "procura").toAbsolutePath().normalize();

    private Chart() {}

    /** @param values as a file of values has them */
    static List<Part> render(String values) {
        List<Part> parts = new ArrayList<>();
        for (Object document : new Yaml().loadAll(text(values))) {
            if (document instanceof Map<?, ?> map) {
                parts.add(new Part(map));
            }
        }
        return parts;
    }

    static String text(String values) {
        try {
            Path file = Files.createTempFile("procura-values", ".yaml");
            file.toFile().deleteOnExit();
            Files.writeString(file, values);
            TemplateCommand command = new Helm(FOLDER)
                    .template()
                    .withName("front")
                    .withNamespace("apis")
                    .withKubeVersion("1.31.0")
                    .withValuesFile(file);
            return command.call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LintResult lint() {
        return new Helm(FOLDER).lint().strict().call();
    }

    /** A Kubernetes object, or a part of one. */
    record Part(Object value) {

        /** @param path names, and numbers for the members of lists */
        Part at(Object... path) {
            Object found = value;
            for (Object step : path) {
                Object next =
                        step instanceof Integer index ? ((List<?>) found).get(index) : ((Map<?, ?>) found).get(step);
                if (next == null) {
                    throw new AssertionError("no " + step + " in " + found);
                }
                found = next;
            }
            return new Part(found);
        }

        boolean has(String name) {
            return ((Map<?, ?>) value).containsKey(name);
        }

        String kind() {
            return at("kind").value().toString();
        }
    }

    static Part only(List<Part> parts, String kind) {
        List<Part> found =
                parts.stream().filter(part -> part.kind().equals(kind)).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " of kind " + kind);
        }
        return found.get(0);
    }
}
