package dev.procura.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.route.TestRoutes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
final class StartupReportTest {

    @Test
    void saysOnceWhatEachRouteDoesAndWhatDeservesASecondLook(CapturedOutput output) {
        TestRoutes routes = TestRoutes.withDefaults("""
                - id: orders
                  path: /orders/**
                  uri: https://orders.internal:8443
                  credential: { on-behalf-of: gateway, audience: orders-api }
                """);
        StartupReport report =
                new StartupReport(routes.issuers(), routes.routes(), List.of("procura.clients.gateway"), true);
        assertThat(output.getAll()).doesNotContain("orders.internal");

        report.onApplicationEvent(new ApplicationStartedEvent(
                new SpringApplication(), new String[0], new GenericApplicationContext(), Duration.ofSeconds(1)));

        assertThat(output.getAll()).contains("1 route(s)", "on-behalf-of gateway -> orders-api");
        assertThat(output.getAll().lines().filter(line -> line.contains("WARN")))
                .hasSize(2)
                .anyMatch(line -> line.contains("require.issuers"))
                .anyMatch(line -> line.contains("insecure-http"));
        assertThat(output.getAll()).doesNotContain("s3cr3t");
    }
}
