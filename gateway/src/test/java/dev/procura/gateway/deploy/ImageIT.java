package dev.procura.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/Dockerfile} does with the jar, done by hand: this shows without Docker that it can be done. */
final class ImageIT {

    private static final Path DEPLOY = Path.of("..", "deploy");
    private static final String JAVA = System.getProperty("java.home") + "/bin/java";

    @TempDir
    static Path folder;

    private static Path app;

    @BeforeAll
    static void layers() throws Exception {
        run(
                JAVA,
                "-Djarmode=tools",
                "-jar",
                "target/gateway.jar",
                "extract",
                "--layers",
                "--destination",
                folder + "/layers");
        app = Files.createDirectory(folder.resolve("app"));
        for (String layer : List.of("dependencies", "snapshot-dependencies", "spring-boot-loader", "application")) {
            Path from = folder.resolve("layers").resolve(layer);
            assertThat(Files.readString(DEPLOY.resolve("Dockerfile"))).contains("/layers/" + layer + "/");
            try (Stream<Path> all = Files.walk(from)) {
                for (Path one : all.filter(Files::isRegularFile).toList()) {
                    Path to = app.resolve(from.relativize(one).toString());
                    Files.createDirectories(to.getParent());
                    Files.copy(one, to);
                }
            }
        }
    }

    /** The one that the image's cache is made with. */
    @Test
    void theTrainingStarts() throws Exception {
        String said = start(DEPLOY.resolve("training.yaml"));

        assertThat(said).contains("Starting GatewayApplication").doesNotContain("APPLICATION FAILED");
    }

    /** With names that nobody resolves here: a gateway starts before its servers do. */
    @Test
    void theConfigurationOfComposeStarts() throws Exception {
        Path secrets = Files.createDirectory(folder.resolve("secrets"));
        for (String name : List.of("GATEWAY_SECRET", "ORDERS_API_SECRET", "REDIS_PASSWORD")) {
            Files.writeString(secrets.resolve(name), "made-up");
        }
        Files.writeString(secrets.resolve("SEAL_KEY"), "5cVw0d1mZ8cX2Jk3mR7tQe9uYb4hN6sLpA1fG0iUoTE=");
        Path config = folder.resolve("compose.yaml");
        Files.writeString(
                config,
                Files.readString(DEPLOY.resolve("compose/gateway.yaml"))
                        .replace("/run/secrets/procura/", secrets + "/"));

        assertThat(start(config)).contains("Starting GatewayApplication").doesNotContain("APPLICATION FAILED");
    }

    @Test
    void aFileThatIsNoYamlIsOneMessageThatShowsNothingOfIt() throws Exception {
        Path config = Files.writeString(folder.resolve("broken.yaml"), "procura:\n\tsecret: hunter2\n");

        assertThat(start(config))
                .contains("APPLICATION FAILED", "is no YAML, at line 2, column 1.")
                .doesNotContain("hunter2", "\tat ");
    }

    @Test
    void whatTheImageTakesBesideTheJarIsThere() {
        assertThat(Path.of("target/native")).isDirectoryContaining("glob:**/libnetty_transport_native_epoll*.so");
        assertThat(Path.of("target/sbom/application.cdx.json")).isRegularFile();
    }

    @Test
    void theProbeSaysWhetherTheGatewayIsReady() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int[] status = {503};
        server.createContext("/", asked -> {
            asked.sendResponseHeaders(status[0], -1);
            asked.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/actuator/health/readiness";
            assertThat(probe(address)).isEqualTo(1);
            status[0] = 200;
            assertThat(probe(address)).isZero();
        } finally {
            server.stop(0);
        }
        assertThat(probe("http://127.0.0.1:1/")).isEqualTo(1);
        assertThat(probe("no address")).isEqualTo(1);
    }

    private static int probe(String address) throws Exception {
        return new ProcessBuilder(
                        JAVA,
                        "-cp",
                        app.resolve("gateway.jar").toString(),
                        "dev.procura.gateway.ReadinessProbe",
                        address)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static String start(Path config) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                JAVA,
                "-XX:TieredStopAtLevel=1",
                "-Dspring.context.exit=onRefresh",
                "-jar",
                app.resolve("gateway.jar").toString(),
                "--spring.config.additional-location=file:" + config,
                "--server.port=0",
                "--management.server.port=0"));
        return run(command.toArray(String[]::new));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said;
        try (InputStream output = process.getInputStream()) {
            said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        return said;
    }
}
