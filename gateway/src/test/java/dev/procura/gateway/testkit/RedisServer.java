package dev.procura.gateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.awaitility.Awaitility;

/**
 * A real Redis on a free port of 127.0.0.1, on every machine: see {@link RedisRunner}. It keeps nothing on disk, so one that
 * was killed comes back empty.
 */
public final class RedisServer implements AutoCloseable {

    /** What Redis says is left to a key that there is none of. */
    private static final long GONE = -2;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /**
     * What a name stands for.
     *
     * @param type as Redis calls it
     * @param parts the value; of a sorted set, the members and their scores in turn; of a hash, the fields and their values
     * @param millisToLive -1: does not end
     */
    public record Stored(String type, List<byte[]> parts, long millisToLive) {}

    /** Started when somebody asks for it, and for all test classes that do not kill it. */
    private static final class Shared {
        private static final RedisServer SERVER = start();
    }

    private final int port;
    private final Path folder;
    private final boolean sentinel;
    private final RedisRunner runner;
    private RedisRunner.Running running;

    private RedisServer(int port, Path folder, boolean sentinel, RedisRunner runner) {
        this.port = port;
        this.folder = folder;
        this.sentinel = sentinel;
        this.runner = runner;
        this.running = run();
    }

    /** The one for all, empty. Do not kill it, and do not configure it. */
    public static RedisServer shared() {
        Shared.SERVER.flush();
        return Shared.SERVER;
    }

    /** @param lines of its configuration file, beside the port and the address */
    public static RedisServer start(String... lines) {
        return startAt(FreePort.find(), lines);
    }

    public static RedisServer startAt(int port, String... lines) {
        return start(port, false, lines);
    }

    /** One that watches others. */
    public static RedisServer startSentinel(String... lines) {
        return start(FreePort.find(), true, lines);
    }

    private static RedisServer start(int port, boolean sentinel, String... lines) {
        try {
            Path folder = Files.createTempDirectory("procura-redis");
            List<String> all = new ArrayList<>(List.of("bind 127.0.0.1", "port " + port, "dir " + folder));
            if (!sentinel) {
                all.addAll(List.of("save \"\"", "appendonly no"));
            }
            all.addAll(List.of(lines));
            Files.write(folder.resolve("redis.conf"), all);
            return new RedisServer(port, folder, sentinel, RedisRunner.ofThisMachine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Lines of the gateway's configuration that lead here. */
    public String yaml() {
        return "spring.data.redis: { host: 127.0.0.1, port: " + port + " }\n";
    }

    /** Ends it at once, as a machine does that loses power. */
    public void kill() {
        running.kill();
    }

    /** Starts it again at the same port, with no data. */
    public void restart() {
        running.kill();
        running = run();
    }

    private RedisRunner.Running run() {
        RedisRunner.Running started = runner.start(folder, sentinel);
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .atMost(PATIENCE)
                .until(() -> started.checkAlive() && isAnswering());
        return started;
    }

    private boolean isAnswering() {
        try (RedisWire wire = RedisWire.open(port)) {
            return RedisWire.text(wire.ask("PING")).equals("PONG");
        } catch (UncheckedIOException | RedisWire.Refused e) {
            return false;
        }
    }

    public void flush() {
        ask("FLUSHALL");
    }

    /** For a while it takes what is sent, and answers nothing. */
    public void stall(Duration time) {
        ask("CLIENT", "PAUSE", String.valueOf(time.toMillis()), "ALL");
    }

    /** One command, on a connection of its own. @return text as bytes, numbers as Long, lists as List, nothing as null */
    public Object ask(String... command) {
        try (RedisWire wire = RedisWire.open(port)) {
            return wire.ask(command);
        }
    }

    /** The answer as text, a list one element to a line. */
    public String text(String... command) {
        return RedisWire.text(ask(command));
    }

    /** Everything there is, as whoever gets hold of a copy sees it. */
    public Map<String, Stored> dump() {
        Map<String, Stored> all = new TreeMap<>();
        try (RedisWire wire = RedisWire.open(port)) {
            for (Object key : (List<?>) wire.ask("KEYS", "*")) {
                String name = new String((byte[]) key, StandardCharsets.ISO_8859_1);
                stored(wire, (byte[]) key).ifPresent(stored -> all.put(name, stored));
            }
        }
        return all;
    }

    /** The same in one text, in which every byte is a character: to look for what must not be there. */
    public String dumpText() {
        StringBuilder text = new StringBuilder();
        dump().forEach((name, stored) -> {
            text.append(name).append(' ').append(stored.type()).append('\n');
            stored.parts()
                    .forEach(part -> text.append(new String(part, StandardCharsets.ISO_8859_1))
                            .append('\n'));
        });
        return text.toString();
    }

    /** Empty: it has come to its end meanwhile. */
    private static Optional<Stored> stored(RedisWire wire, byte[] key) {
        String type = RedisWire.text(wire.ask(bytes("TYPE"), key));
        Object value = switch (type) {
            case "string" -> wire.ask(bytes("GET"), key);
            case "zset" -> wire.ask(bytes("ZRANGE"), key, bytes("0"), bytes("-1"), bytes("WITHSCORES"));
            case "set" -> wire.ask(bytes("SMEMBERS"), key);
            case "hash" -> wire.ask(bytes("HGETALL"), key);
            case "list" -> wire.ask(bytes("LRANGE"), key, bytes("0"), bytes("-1"));
            case "none" -> null;
            default -> throw new IllegalStateException("a dump of type " + type + " has not been thought of");
        };
        long millisToLive = (Long) wire.ask(bytes("PTTL"), key);
        if (value == null || millisToLive == GONE) {
            return Optional.empty();
        }
        List<byte[]> parts = value instanceof List<?> list
                ? list.stream().map(byte[].class::cast).toList()
                : List.of((byte[]) value);
        return Optional.of(new Stored(type, parts, millisToLive));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether this machine's Redis was built with TLS. */
    public static boolean speaksTls() {
        return RedisRunner.ofThisMachine().speaksTls();
    }

    @Override
    public void close() {
        running.kill();
        try (var files = Files.walk(folder)) {
            files.sorted((one, other) -> other.compareTo(one))
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // what a container wrote there stays
        }
    }
}
