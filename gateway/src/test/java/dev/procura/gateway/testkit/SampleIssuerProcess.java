package dev.procura.gateway.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real Spring Authorization Server: the sample issuer's jar in a process of its own. */
public final class SampleIssuerProcess implements AutoCloseable {

    private final Process process;
    private final Path log;
    private final String url;

    private SampleIssuerProcess(Process process, Path log, String url) {
        this.process = process;
        this.log = log;
        this.url = url;
    }

    /**
     * Starts it at a free port of 127.0.0.1 and returns when it takes requests.
     *
     * @param scheme of its address
     * @param secrets variables of the environment
     */
    public static SampleIssuerProcess start(String scheme, Map<String, String> secrets, String... arguments) {
        int port = FreePort.find();
        String url = scheme + "://127.0.0.1:" + port;
        try {
            Path log = Files.createTempFile("procura-test", ".log");
            List<String> command = new ArrayList<>(List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-Xmx192m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-jar",
                    jar().toString(),
                    "--server.port=" + port,
                    "--sample.issuer=" + url));
            command.addAll(List.of(arguments));
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().keySet().retainAll(Set.of("PATH", "HOME", "TMPDIR"));
            builder.environment().putAll(secrets);
            SampleIssuerProcess issuer = new SampleIssuerProcess(builder.start(), log, url);
            Runtime.getRuntime().addShutdownHook(new Thread(issuer.process::destroyForcibly));
            issuer.awaitReady();
            return issuer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Also the {@code iss} of its tokens. */
    public String url() {
        return url;
    }

    private void awaitReady() {
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the sample issuer ended:\n" + Files.readString(log));
            }
            return Files.readString(log).contains("Started SampleIssuerApplication");
        });
    }

    private static Path jar() {
        File jar = new File(System.getProperty("procura.root"), "sample-issuer/target/sample-issuer.jar");
        if (!jar.isFile()) {
            throw new IllegalStateException(jar + " is missing: `mvn verify` packages it before the gateway is tested,"
                    + " and so does `mvn -am -pl gateway verify`");
        }
        return jar.toPath();
    }

    /** Returns when it is gone, so that nobody is answered any more. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
