package dev.procura.gateway.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the build says the gateway is made of: {@code META-INF/sbom/application.cdx.json}, CycloneDX. */
final class BillOfMaterials {

    /**
     * @param licences identifiers of SPDX where there are some, else names; any of them may be chosen
     */
    record Component(String group, String name, String version, List<String> licences) {

        String id() {
            return group + ":" + name;
        }
    }

    private BillOfMaterials() {}

    static List<Component> components() {
        try (InputStream file = BillOfMaterials.class.getResourceAsStream("/META-INF/sbom/application.cdx.json")) {
            if (file == null) {
                throw new IllegalStateException("the build has written no bill of materials");
            }
            List<Component> components = new ArrayList<>();
            for (JsonNode one : JsonMapper.shared().readTree(file).get("components")) {
                components.add(new Component(
                        one.path("group").asString(""),
                        one.get("name").asString(),
                        one.get("version").asString(),
                        licences(one.path("licenses"))));
            }
            return components;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> licences(JsonNode all) {
        List<String> licences = new ArrayList<>();
        for (JsonNode one : all) {
            JsonNode licence = one.path("license");
            licences.add(licence.path("id")
                    .asString(
                            licence.path("name").asString(one.path("expression").asString(""))));
        }
        return licences;
    }
}
