package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The whole gateway with a wrong file: it ends with one message, and without a stack trace. */
@ExtendWith(OutputCaptureExtension.class)
final class FailedStartTest {

    private static final String SECRET = "hunter2-hunter2";

    private static final String GOOD = """
            procura:
              issuers:
                corp: { issuer: http://127.0.0.1:9, audiences: [gateway] }
              clients:
                gateway: { issuer: http://127.0.0.1:9, dialect: rfc8693, client-id: gateway, client-secret: hunter2-hunter2 }
              routes:
                - id: orders
                  path: /orders/**
                  uri: http://127.0.0.1:9
                  require: { audiences: [gateway], scopes: [orders.read] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
            """;

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongFiles")
    void saysInOneMessageWhichKeyIsWrong(
            String key, String reason, String yaml, @TempDir Path folder, CapturedOutput output) throws IOException {
        Path file = Files.writeString(folder.resolve("procura.yaml"), yaml);

        assertThatException()
                .isThrownBy(() -> GatewayApplication.application()
                        .run(
                                "--spring.config.additional-location=file:" + file,
                                "--server.address=127.0.0.1",
                                "--server.port=0",
                                "--management.server.port=0")
                        .close());

        assertThat(output.getAll())
                .containsOnlyOnce("APPLICATION FAILED TO START")
                .contains(key, reason, "docs/configuration.md");
        assertThat(output.getAll()).doesNotContain(SECRET, "Exception", "\tat ", "Netty started");
    }

    static Stream<Arguments> wrongFiles() {
        return Stream.of(
                Arguments.of(
                        "procura.clients.gateway.client-secrett",
                        "did you mean client-secret?",
                        GOOD.replace("client-secret:", "client-secrett:")),
                Arguments.of(
                        "procura.routes[0].require.scope",
                        "did you mean scopes?",
                        GOOD.replace("scopes: [orders.read]", "scope: orders.read")),
                Arguments.of(
                        "procura.issuers.corp.profile",
                        "generic, entra, b2c, auth0, keycloak, okta",
                        GOOD.replace("corp: {", "corp: { profile: adfs, ")),
                Arguments.of(
                        "procura.routes[0].credential.on-behalf-of",
                        "procura.clients",
                        GOOD.replace("on-behalf-of: gateway", "on-behalf-of: nobody")),
                Arguments.of(
                        "procura.routes[0]",
                        "the arguments of a filter or predicate do not fit",
                        GOOD.replace("      uri:", "      filters: [StripPrefix=many]\n      uri:")),
                Arguments.of(
                        "spring.data.redis.host",
                        "nothing says where it is",
                        GOOD
                                + "  cache: { shared: redis, seal-keys: [\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"] }\n"),
                Arguments.of(
                        "spring.cloud.gateway.globalcors",
                        "nobody reads it",
                        GOOD
                                + "spring.cloud.gateway.globalcors.cors-configurations: { '[/**]': { allowed-origins: '*' } }\n"),
                Arguments.of(
                        "spring.cloud.gateway.server.webflux.default-filters",
                        "TokenRelay",
                        GOOD + "spring.cloud.gateway.server.webflux.default-filters: [TokenRelay=]\n"));
    }
}
