package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an editor completes and explains is what the gateway takes: no key more, no key less. */
final class ConfigurationMetadataTest {

    @Test
    void everyKeyIsExplainedAndNoneIsInvented() throws IOException {
        Map<String, String> explained = descriptions();

        assertThat(ConfigurationKeys.all().keySet())
                .allSatisfy(key -> assertThat(explained.get(key)).as(key).isNotBlank());
        explained.keySet().removeAll(ConfigurationKeys.all().keySet());
        assertThat(explained.keySet())
                .as("blocks, which hold the keys")
                .containsExactly(
                        "procura.cache",
                        "procura.clients",
                        "procura.delegation",
                        "procura.issuers",
                        "procura.management",
                        "procura.routes");
    }

    private static Map<String, String> descriptions() throws IOException {
        Map<String, String> descriptions = new TreeMap<>();
        try (InputStream metadata =
                ConfigurationMetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : JsonMapper.shared().readTree(metadata).get("properties")) {
                descriptions.put(
                        property.get("name").asString().replace("[*]", ".*"),
                        property.path("description").asString(""));
            }
        }
        return descriptions;
    }
}
