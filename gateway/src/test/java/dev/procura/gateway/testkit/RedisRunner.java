package dev.procura.gateway.testkit;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.IsRunningStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * How this machine runs a Redis: in a container where Docker answers, else with the {@code redis-server} or {@code
 * valkey-server} on the path, else with the binary that the build brings along. A test is never left out for want of one.
 * {@code -Dprocura.test.redis=container|path|embedded} takes one of them.
 */
final class RedisRunner {

    private static final String IMAGE = "valkey/valkey:8.1";

    /** One that has been started. */
    interface Running {

        /** @throws IllegalStateException with its log, when it has ended by itself */
        boolean checkAlive();

        void kill();
    }

    private interface Start {
        Running run(Path folder, boolean sentinel) throws IOException;
    }

    private static final class OfThisMachine {
        private static final RedisRunner RUNNER = choose();
    }

    private final Start start;
    private final boolean tls;

    private RedisRunner(String name, Start start) {
        this.start = start;
        this.tls = takes("tls-port 0");
        System.out.println("The Redis of the tests: " + name + (tls ? "" : ", without TLS"));
    }

    static RedisRunner ofThisMachine() {
        return OfThisMachine.RUNNER;
    }

    private static RedisRunner choose() {
        String wanted = System.getProperty("procura.test.redis", "");
        if ((wanted.isEmpty() && Docker.isHere()) || wanted.equals("container")) {
            try {
                return new RedisRunner("container " + IMAGE, RedisRunner::container);
            } catch (RuntimeException e) {
                if (wanted.equals("container")) {
                    throw e;
                }
                System.out.println("Docker answers, but runs no " + IMAGE + ": " + e.getMessage());
            }
        }
        Optional<Path> binary = wanted.equals("embedded") ? Optional.empty() : onThePath();
        Path executable = binary.orElseGet(RedisRunner::embedded);
        return new RedisRunner(
                executable + (binary.isPresent() ? "" : " of the build"),
                (folder, sentinel) -> process(executable, folder, sentinel));
    }

    boolean speaksTls() {
        return tls;
    }

    /** @param folder holds its {@code redis.conf} */
    Running start(Path folder, boolean sentinel) {
        try {
            return start.run(folder, sentinel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it starts with this line in its configuration. */
    private boolean takes(String line) {
        try {
            Path folder = Files.createTempDirectory("procura-redis");
            int port = FreePort.find();
            Files.write(folder.resolve("redis.conf"), List.of("bind 127.0.0.1", "port " + port, "dir " + folder, line));
            Running running = start.run(folder, false);
            try {
                for (int attempt = 0; attempt < 500; attempt++) {
                    running.checkAlive();
                    try (RedisWire wire = RedisWire.open(port)) {
                        return RedisWire.text(wire.ask("PING")).equals("PONG");
                    } catch (UncheckedIOException e) {
                        TimeUnit.MILLISECONDS.sleep(10);
                    }
                }
                return false;
            } catch (IllegalStateException e) {
                return false;
            } finally {
                running.kill();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    // A process.

    private static Running process(Path executable, Path folder, boolean sentinel) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(executable.toString(), folder.resolve("redis.conf").toString()));
        if (sentinel) {
            command.add("--sentinel");
        }
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Thread ending = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(ending);
        return new Running() {
            @Override
            public boolean checkAlive() {
                if (!process.isAlive()) {
                    throw new IllegalStateException("Redis ended:\n" + read(log));
                }
                return true;
            }

            @Override
            public void kill() {
                try {
                    process.destroyForcibly().waitFor();
                    Runtime.getRuntime().removeShutdownHook(ending);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (IllegalStateException e) {
                    // the tests are ending anyway
                }
            }
        };
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "";
        }
    }

    private static Optional<Path> onThePath() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
                .flatMap(folder -> Stream.of(Path.of(folder, "redis-server"), Path.of(folder, "valkey-server")))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Copied out of the jar of embedded-redis, of which no class is used. */
    private static Path embedded() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        boolean arm = System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("aarch64|arm64");
        String name = system.contains("win")
                ? "redis-server-5.0.14.1-windows-amd64.exe"
                : system.contains("mac")
                        ? "redis-server-6.2.6-v5-darwin-" + (arm ? "arm64" : "amd64")
                        : arm ? "redis-server-6.2.7-linux-arm64" : "redis-server-6.2.6-v5-linux-amd64";
        try (InputStream binary = RedisRunner.class.getResourceAsStream("/" + name)) {
            if (binary == null) {
                throw new IllegalStateException("the jar of embedded-redis holds no " + name);
            }
            Path file = Files.createTempDirectory("procura-redis").resolve(name);
            Files.copy(binary, file, StandardCopyOption.REPLACE_EXISTING);
            if (!file.toFile().setExecutable(true)) {
                throw new IllegalStateException("cannot make executable: " + file);
            }
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // A container.

    /** Its own folder, and those of the files that its configuration names: certificates and keys. */
    private static List<Bind> binds(Path folder) {
        return Stream.concat(
                        Stream.of(folder),
                        read(folder.resolve("redis.conf"))
                                .lines()
                                .filter(line -> line.startsWith("tls-") && line.contains("-file "))
                                .map(line -> Path.of(line.substring(line.indexOf(' ') + 1))
                                        .getParent()))
                .distinct()
                .map(one -> new Bind(one.toString(), new Volume(one.toString())))
                .toList();
    }

    /** On the machine's own network, because a sentinel or a cluster tells clients the addresses that it knows. */
    private static Running container(Path folder, boolean sentinel) {
        List<String> command =
                new ArrayList<>(List.of(folder.resolve("redis.conf").toString()));
        if (sentinel) {
            command.add("--sentinel");
        }
        @SuppressWarnings("resource")
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withNetworkMode("host")
                .withCreateContainerCmdModifier((CreateContainerCmd create) -> {
                    create.withEntrypoint("valkey-server").withUser("0");
                    // Not withFileSystemBind, which first fetches an image of its own to see whether it can.
                    Objects.requireNonNull(create.getHostConfig()).withBinds(binds(folder));
                })
                .withCommand(command.toArray(String[]::new))
                .withStartupCheckStrategy(new IsRunningStartupCheckStrategy().withTimeout(Duration.ofSeconds(20)));
        container.start();
        return new Running() {
            @Override
            public boolean checkAlive() {
                if (!container.isRunning()) {
                    throw new IllegalStateException("Redis ended:\n" + container.getLogs());
                }
                return true;
            }

            @Override
            public void kill() {
                Docker.kill(container);
            }
        };
    }
}
