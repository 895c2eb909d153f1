package dev.procura.gateway.deploy;

import dev.procura.gateway.testkit.Docker;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code docker compose} with the project's own file, under a name of the tests. */
final class Compose {

    private static final String PROJECT = "procura-test";

    /** {@code image: name:${SOME_TAG:-version}}. */
    private static final Pattern IMAGE = Pattern.compile("image: ([a-z0-9./-]+):\\$\\{([A-Z]+_TAG):-([^}]+)}");

    /** Grafana comes with a profile of its own. */
    private static final String NOT_STARTED = "grafana/grafana";

    private final Path root;
    private final Map<String, String> tags;

    private Compose(Path root, Map<String, String> tags) {
        this.root = root;
        this.tags = tags;
    }

    /**
     * With the versions that the file names; or, where this machine has another one of an image and not that, with it.
     *
     * @return empty, and says why, where it cannot be started
     */
    static Optional<Compose> ofThisMachine(Path root) {
        if (!Docker.isHere()) {
            System.out.println("Compose is not tested: no Docker engine answers here");
            return Optional.empty();
        }
        if (!Docker.has("eclipse-temurin:25-jre")) {
            System.out.println("Compose is not tested: Docker answers, but has no eclipse-temurin:25-jre");
            return Optional.empty();
        }
        Map<String, String> tags = new TreeMap<>();
        Matcher image = IMAGE.matcher(read(root.resolve("compose.yaml")));
        while (image.find()) {
            String name = image.group(1);
            if (name.equals(NOT_STARTED)) {
                continue;
            }
            Optional<String> tag = Stream.of(image.group(3), "lts", "local")
                    .filter(one -> Docker.has(name + ":" + one))
                    .findFirst();
            if (tag.isEmpty()) {
                System.out.println("Compose is not tested: Docker answers, but has no " + name + ":" + image.group(3));
                return Optional.empty();
            }
            tags.put(image.group(2), tag.get());
        }
        System.out.println("Compose is tested with " + tags);
        return Optional.of(new Compose(root, tags));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds the images, and returns when all of it is healthy. */
    void up() {
        run(300, "docker", "compose", "up", "--build", "--wait");
    }

    void down() {
        run(120, "docker", "compose", "down", "--volumes", "--timeout", "10");
    }

    String run(String... command) {
        return run(90, command);
    }

    private String run(int seconds, String... command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
        builder.environment().putAll(tags);
        builder.environment().put("COMPOSE_PROJECT_NAME", PROJECT);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String said;
            try (InputStream output = process.getInputStream()) {
                said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            }
            if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed:\n" + said);
            }
            return said.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Of a container, on the project's network. */
    String address(String container) {
        return run(
                "docker", "inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container);
    }

    /** The containers of a service, running ones only. */
    List<String> containers(String service) {
        return run("docker", "compose", "ps", "--quiet", service).lines().toList();
    }
}
