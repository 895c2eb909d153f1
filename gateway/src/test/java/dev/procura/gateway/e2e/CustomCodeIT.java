package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.stock.StockConfiguration;
import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.PackagedGateway;
import dev.procura.gateway.testkit.RecordingTier;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The filter of docs/custom-code.md in a jar of its own, beside the jar that is shipped. */
final class CustomCodeIT {

    @Test
    void aJarBesideTheGatewayBringsAFilterThatGetsTokens(@TempDir Path directory) throws IOException {
        Path jar = jarOfTheExample(directory);
        try (FakeAuthorizationServer server = FakeAuthorizationServer.start();
                RecordingTier orders = RecordingTier.start();
                RecordingTier inventory = RecordingTier.start();
                PackagedGateway gateway =
                        PackagedGateway.startWith(jar, """
                        example.inventory-uri: %3$s
                        procura:
                          issuers:
                            corp: { issuer: "%1$s", audiences: [gateway] }
                          clients:
                            gateway: { issuer: "%1$s", dialect: rfc8693, client-id: gateway, client-secret: s3cr3t }
                          routes:
                            - id: orders
                              path: /orders/**
                              uri: %2$s
                              require: { audiences: [gateway] }
                              credential: { on-behalf-of: gateway, audience: orders-api }
                              filters: [Stock]
                            - id: inventory
                              path: /inventory/**
                              uri: %3$s
                              require: { audiences: [gateway] }
                              credential: { on-behalf-of: gateway, audience: inventory-api }
                        """.formatted(server.issuer(), orders.uri(), inventory.uri()))) {
            gateway.ready();

            HttpResponse<String> answer = gateway.send(
                    gateway.request("/orders/1")
                            .header("Authorization", "Bearer " + server.userToken("alice"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(gateway.log()).isEqualTo(200);
            assertThat(OnBehalfOfTest.claim(inventory.last(), "aud")).isEqualTo("[inventory-api]");
            assertThat(OnBehalfOfTest.claim(inventory.last(), "sub")).isEqualTo("alice");
            assertThat(orders.last().header("X-Stock")).isPresent();
        }
    }

    private static Path jarOfTheExample(Path directory) throws IOException {
        Path jar = directory.resolve("stock.jar");
        String imports = "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                DirectoryStream<Path> classes =
                        Files.newDirectoryStream(Path.of("target/test-classes/com/example/stock"))) {
            out.putNextEntry(new JarEntry(imports));
            out.write(StockConfiguration.class.getName().getBytes(StandardCharsets.UTF_8));
            for (Path one : classes) {
                out.putNextEntry(new JarEntry("com/example/stock/" + one.getFileName()));
                out.write(Files.readAllBytes(one));
            }
        }
        return jar;
    }
}
