package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.testkit.FakeAuthorizationServer;
import dev.procura.gateway.testkit.FreePort;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the management endpoint is, and where it is not: whatever the port, never without the block and a permit. */
final class ManagementPortTest {

    private static final String BLOCK = "management: { require: { issuers: [corp], roles: [gateway-admin] } }";
    private static final String EVERYTHING = "{\"everything\":true}";

    private static FakeAuthorizationServer server;
    private static FakeAuthorizationServer partner;
    private static RecordingTier tier;

    @BeforeAll
    static void start() {
        server = FakeAuthorizationServer.start();
        partner = FakeAuthorizationServer.start();
        tier = RecordingTier.start();
    }

    @AfterAll
    static void stop() {
        tier.close();
        server.close();
        partner.close();
    }

    @Test
    void withoutTheBlockThereIsNoEndpoint() {
        try (RunningGateway off = gateway("")) {
            for (String method : List.of("POST", "GET", "DELETE")) {
                for (String authorization : List.of(admin(), "")) {
                    assertThat(ForgettingTest.management(off, method, EVERYTHING, authorization)
                                    .statusCode())
                            .as(method)
                            .isEqualTo(404);
                }
            }
        }
    }

    @Test
    void onTheCallersPortItIsAsWellGuarded() {
        int port = FreePort.find();
        try (RunningGateway one = gateway(BLOCK, "--server.port=" + port, "--management.server.port=" + port)) {
            String victim = victim();
            assertThat(one.get("/orders/1", victim).statusCode()).isEqualTo(200);
            assertThat(onTheCallersPort(one, "Bearer " + victim).statusCode()).isEqualTo(403);
            assertThat(onTheCallersPort(one, "").statusCode()).isEqualTo(401);
            assertThat(one.get("/orders/1", victim).statusCode()).isEqualTo(200);

            assertThat(onTheCallersPort(one, admin()).statusCode()).isEqualTo(201);
            ForgettingTest.assertRevoked(one.get("/orders/1", victim));
        }
    }

    @Test
    void withoutAManagementPortItCannotBeReached() {
        try (RunningGateway off = gateway(BLOCK, "--management.server.port=-1")) {
            String victim = victim();
            onTheCallersPort(off, admin());

            assertThat(off.get("/orders/1", victim).statusCode()).isEqualTo(200);
        }
    }

    /** Spring Boot's own switches. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--management.endpoints.web.exposure.include=health",
                "--management.endpoint.revocations.access=none"
            })
    void whatIsNotExposedIsNotThere(String setting) {
        try (RunningGateway off = gateway(BLOCK, setting)) {
            String victim = victim();

            assertThat(ForgettingTest.management(off, "POST", EVERYTHING, admin())
                            .statusCode())
                    .isNotEqualTo(201);

            assertThat(off.get("/orders/1", victim).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void prometheusReadsWhatAnOperatorReads() throws Exception {
        try (RunningGateway one = gateway("")) {
            assertThat(one.get("/orders/1", victim()).statusCode()).isEqualTo(200);

            HttpResponse<String> metrics = one.send(HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + one.managementPort() + "/actuator/prometheus"))
                    .build());

            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.body())
                    .containsPattern("procura_cache_requests_total\\{.*result=\"asked\".*} 1\\.0")
                    .containsPattern("procura_token_requests_seconds_count\\{.*outcome=\"ok\".*} 1")
                    .contains(
                            "procura_issuer_keys_lost{", "procura_requests_live", "http_server_requests_seconds_count{")
                    .doesNotContain("eyJ");
        }
    }

    private static RunningGateway gateway(String block, String... arguments) {
        return RunningGateway.start(ForgettingTest.configuration(server, partner, tier, block), arguments);
    }

    private static HttpResponse<String> onTheCallersPort(RunningGateway one, String authorization) {
        HttpRequest.Builder request = one.request("/actuator/revocations", "Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(EVERYTHING));
        return one.send((authorization.isEmpty() ? request : request.header("Authorization", authorization)).build());
    }

    private static String victim() {
        return server.token(Map.of("sub", "victim", "iat", Instant.now().getEpochSecond() - 5));
    }

    private static String admin() {
        return "Bearer "
                + server.token(Map.of(
                        "sub",
                        "root",
                        "roles",
                        List.of("gateway-admin"),
                        "iat",
                        Instant.now().getEpochSecond() + 5));
    }
}
