package dev.procura.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The processes that a run has started, and its folder for their files. All of them end and the folder goes when this is
 * closed, and also when the run is interrupted.
 */
final class Children implements AutoCloseable {

    /** The core of the proxy that is measured. */
    static final int PROXY = 0;

    /** The core of everything else. */
    static final int REST = 1;

    private static final long GOODBYE_SECONDS = 5;

    private final Path folder;
    private final Deque<Process> running = new ArrayDeque<>();
    private boolean closed;

    Children() throws IOException {
        this.folder = Files.createTempDirectory("procura-benchmarks-");
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "clean-up"));
    }

    /** Where a run keeps what its processes read and write. */
    Path folder() {
        return folder;
    }

    Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /**
     * Starts one that runs until this is closed, or until it is stopped.
     *
     * @param name of its log
     */
    Process start(String name, int core, List<String> command) throws IOException {
        return launch(
                command(core, command),
                builder -> builder.redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".log").toFile()));
    }

    /**
     * Runs one to its end, on the core of everything else.
     *
     * @return what it wrote
     * @throws IOException when it failed, or took longer than this
     */
    String run(List<String> command, Map<String, String> environment, long seconds) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Process process = launch(command(REST, command), builder -> {
            builder.environment().putAll(environment);
            builder.redirectErrorStream(true).redirectOutput(out.toFile());
        });
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        stop(process);
        String text = Files.readString(out);
        if (!ended || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command)
                    + (ended ? " failed: " : " did not end within " + seconds + " s: ")
                    + text);
        }
        return text;
    }

    private interface Setting {
        void apply(ProcessBuilder builder);
    }

    private synchronized Process launch(List<String> command, Setting setting) throws IOException {
        if (closed) {
            throw new IOException("interrupted");
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        // What this machine's user has set there is not measured.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"));
        setting.apply(builder);
        Process process = builder.start();
        running.push(process);
        return process;
    }

    /** Whether the run is over, or interrupted. */
    synchronized boolean isClosed() {
        return closed;
    }

    private static List<String> command(int core, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        whole.addAll(command);
        return whole;
    }

    synchronized void stop(Process process) {
        running.remove(process);
        end(process);
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        // All at once, so that the run ends soon.
        running.forEach(Process::destroy);
        running.forEach(Children::end);
        running.clear();
        delete(folder);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted((one, other) -> other.compareTo(one))
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of a process's log. */
    String log(String name) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve(name + ".log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    static Map<String, String> environment(String... pairs) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return environment;
    }
}
