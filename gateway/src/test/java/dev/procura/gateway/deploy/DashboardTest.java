package dev.procura.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The alerts and the dashboard read metrics that docs/operations.md explains. */
final class DashboardTest {

    private static final Path FOLDER = Path.of("..", "deploy", "dashboards");

    private static final Pattern NAME = Pattern.compile("\\b(procura|http|spring|jvm)_[a-z_]+");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z.]+)` \\|");

    @ParameterizedTest
    @ValueSource(strings = {"alarms.yml", "procura.json"})
    void readsWhatIsExplained(String file) throws IOException {
        Set<String> explained = ROW.matcher(Files.readString(Path.of("..", "docs", "operations.md")))
                .results()
                .map(row -> row.group(1).replace('.', '_'))
                .collect(Collectors.toCollection(TreeSet::new));
        explained.add("jvm_memory_used");

        Set<String> read = new TreeSet<>();
        Matcher names = NAME.matcher(Files.readString(FOLDER.resolve(file)));
        while (names.find()) {
            read.add(names.group().replaceFirst("(_total|_seconds_(count|sum|max)|_bytes)$", ""));
        }

        assertThat(read).hasSizeGreaterThan(2).isSubsetOf(explained);
    }

    @Test
    void everyAlertIsExplained() throws IOException {
        List<String> alerts = ALERT.matcher(Files.readString(FOLDER.resolve("alarms.yml")))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(alerts).hasSizeGreaterThan(2);
        assertThat(Files.readString(Path.of("..", "docs", "operations.md"))
                        .lines()
                        .filter(line -> line.startsWith("| `Procura"))
                        .collect(Collectors.joining("\n")))
                .contains(alerts);
    }

    @Test
    void theDashboardIsJson() throws IOException {
        assertThat(JsonMapper.shared()
                        .readTree(Files.readString(FOLDER.resolve("procura.json")))
                        .get("panels"))
                .hasSize(12);
    }
}
