package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The gateway's own defaults are settings that somebody reads, and none of the contract's. */
final class GatewayDefaultsTest {

    @Test
    void setsNoKeyThatNobodyReads() throws IOException {
        Set<String> known = knownKeys();

        assertThat(GatewayDefaults.properties().stringPropertyNames())
                .isNotEmpty()
                .allSatisfy(key -> assertThat(known.contains(key)
                                || key.startsWith("logging.level.")
                                || key.startsWith("management.endpoint.health.group."))
                        .as(key)
                        .isTrue());
    }

    @Test
    void leavesTheContractToTheRecords() {
        assertThat(GatewayDefaults.properties().stringPropertyNames()).noneMatch(key -> key.startsWith("procura."));
    }

    @Test
    void keepsManagementOffTheCallersPort() {
        assertThat(GatewayDefaults.properties())
                .containsEntry("management.server.port", "8081")
                .containsEntry("management.endpoints.web.exposure.include", "health,metrics,prometheus,revocations")
                .containsEntry("spring.main.web-application-type", "reactive");
    }

    private static Set<String> knownKeys() throws IOException {
        Set<String> keys = new TreeSet<>();
        List<URL> files = Collections.list(
                GatewayDefaultsTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"));
        for (URL file : files) {
            try (InputStream metadata = file.openStream()) {
                for (JsonNode property : JsonMapper.shared().readTree(metadata).get("properties")) {
                    if (!property.path("deprecation").path("level").asString("").equals("error")) {
                        keys.add(property.get("name").asString());
                    }
                }
            }
        }
        return keys;
    }
}
