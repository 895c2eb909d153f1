package dev.procura.gateway.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The jar as it is shipped, in a process of its own, on free ports. */
public final class PackagedGateway implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");

    private final Process process;
    private final Path log;
    private volatile List<String> ports = List.of();

    private PackagedGateway(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param jvmOptions such as {@code -Xmx256m} */
    public static PackagedGateway start(String yaml, String... jvmOptions) {
        return start(yaml, List.of(jvmOptions), List.of("-jar", jar().toString()));
    }

    /** The same, with a jar of custom code beside it. */
    public static PackagedGateway startWith(Path customCode, String yaml) {
        return start(
                yaml,
                List.of("-Dloader.path=" + customCode),
                List.of("-cp", jar().toString(), "org.springframework.boot.loader.launch.PropertiesLauncher"));
    }

    private static PackagedGateway start(String yaml, List<String> jvmOptions, List<String> launch) {
        try {
            Path file = Files.createTempFile("procura-test", ".yaml");
            Path log = Files.createTempFile("procura-test", ".log");
            Files.writeString(file, yaml);
            // It lives for seconds: what it would gain by the second compiler, that one takes.
            List<String> command =
                    new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1"));
            command.addAll(jvmOptions);
            command.addAll(launch);
            command.addAll(List.of(
                    "--spring.config.additional-location=file:" + file,
                    "--server.address=127.0.0.1",
                    "--server.port=0",
                    "--management.server.port=0"));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new PackagedGateway(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the gateway takes requests. */
    public PackagedGateway ready() {
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the gateway ended:\n" + log());
            }
            return log().contains("Started GatewayApplication");
        });
        return this;
    }

    /** Waits until the process ends by itself. */
    public int exitCode() {
        try {
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the gateway did not end:\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port(0);
    }

    public int managementPort() {
        return port(1);
    }

    /** @param index in the order in which servers start */
    private int port(int index) {
        List<String> ports = this.ports;
        if (ports.size() <= index) {
            ports = PORT.matcher(log()).results().map(found -> found.group(1)).toList();
            this.ports = ports;
        }
        if (ports.size() <= index) {
            throw new IllegalStateException("no port in the log:\n" + log());
        }
        return Integer.parseInt(ports.get(index));
    }

    public HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + target))
                .timeout(Duration.ofSeconds(60));
    }

    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path jar() {
        File jar = new File("target/gateway.jar");
        if (!jar.isFile()) {
            throw new IllegalStateException(jar.getAbsolutePath() + " is missing: mvn verify packages it first");
        }
        return jar.toPath();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
