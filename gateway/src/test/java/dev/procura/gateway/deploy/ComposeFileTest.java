package dev.procura.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What can be told of {@code compose.yaml} and its files without Docker; {@code ComposeIT} starts them. */
final class ComposeFileTest {

    private static final Path ROOT = Path.of("..");
    private static final Path FILES = ROOT.resolve("deploy").resolve("compose");

    /** Keycloak unpacks and builds itself at the start. */
    private static final Set<String> WRITES = Set.of("keycloak");

    @Test
    void everyImageIsPinned() {
        services()
                .forEach((name, service) -> assertThat(service.get("image").toString())
                        .as(name)
                        .matches("procura/[a-z-]+:local|[a-z./-]+:\\$\\{[A-Z]+_TAG:-v?\\d[\\d.]+}"));
    }

    @Test
    void keycloakIsTheOneOfTheTests() {
        assertThat(services().get("keycloak").get("image").toString())
                .isEqualTo("quay.io/keycloak/keycloak:${KEYCLOAK_TAG:-%s}".formatted(keycloakVersion()));
    }

    @Test
    void portsAreOnLoopback() {
        services()
                .forEach((name, service) -> assertThat((List<?>) service.getOrDefault("ports", List.of()))
                        .as(name)
                        .allSatisfy(port -> assertThat(port.toString()).startsWith("127.0.0.1:")));
    }

    @Test
    void whoeverCanWritesNothingAndHasNoRights() {
        services().forEach((name, service) -> {
            if (!WRITES.contains(name)) {
                assertThat(service).as(name).containsEntry("read_only", true).containsEntry("cap_drop", List.of("ALL"));
                assertThat(service.get("security_opt").toString()).as(name).contains("no-new-privileges:true");
            }
        });
    }

    @Test
    void noSecretStandsInAFile() throws IOException {
        try (Stream<Path> files = Files.walk(FILES)) {
            Stream.concat(files.filter(Files::isRegularFile), Stream.of(ROOT.resolve("compose.yaml")))
                    .forEach(file -> assertThat(text(file))
                            .as(file.toString())
                            .doesNotContainPattern("(?i)(password|secret)\"?: *\"?[a-z0-9]{6,}")
                            .doesNotContainPattern("[A-Za-z0-9+/]{40,}"));
        }
    }

    /** The realm is the tests' own, without what only they need: the same clients, scopes and users. */
    @Test
    void theRealmIsPartOfTheTestedOne() {
        JsonNode tested = JsonMapper.shared().readTree(text(Path.of("src/test/resources/keycloak/procura-realm.json")));
        JsonNode own = JsonMapper.shared().readTree(text(FILES.resolve("realm.json")));

        for (String kind : List.of("clients", "clientScopes", "users")) {
            Map<String, JsonNode> all = named(tested.get(kind));
            named(own.get(kind))
                    .forEach((name, one) ->
                            assertThat(withoutSecrets(one)).as(name).isEqualTo(withoutSecrets(all.get(name))));
        }
        assertThat(own.get("scopeMappings")).isEqualTo(tested.get("scopeMappings"));
        assertThat(named(own.get("users")).keySet()).containsExactly("alice", "bob");
    }

    private static Map<String, JsonNode> named(JsonNode list) {
        Map<String, JsonNode> named = new TreeMap<>();
        for (JsonNode one : list) {
            for (String key : List.of("clientId", "username", "name")) {
                if (one.has(key)) {
                    named.putIfAbsent(one.get(key).asString(), one);
                    break;
                }
            }
        }
        return named;
    }

    private static Map<String, String> withoutSecrets(JsonNode one) {
        Map<String, String> rest = new LinkedHashMap<>();
        one.properties().forEach(entry -> {
            if (!Set.of("secret", "credentials").contains(entry.getKey())) {
                rest.put(entry.getKey(), entry.getValue().toString());
            }
        });
        return rest;
    }

    private static String keycloakVersion() {
        return text(ROOT.resolve("pom.xml"))
                .lines()
                .filter(line -> line.contains("<keycloak.version>"))
                .map(line -> line.replaceAll("</?keycloak.version>", "").strip())
                .collect(Collectors.joining());
    }

    private static Map<String, Map<String, Object>> services() {
        Map<String, Object> file = new Yaml().load(text(ROOT.resolve("compose.yaml")));
        Map<String, Map<String, Object>> services = new TreeMap<>();
        ((Map<?, ?>) file.get("services")).forEach((name, service) -> {
            Map<String, Object> one = new TreeMap<>();
            ((Map<?, ?>) service).forEach((key, value) -> one.put(key.toString(), value));
            services.put(name.toString(), one);
        });
        return services;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
