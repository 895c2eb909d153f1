package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** The keys, read from the records: each has an example that binds and a row in the page. */
final class ConfigurationKeysTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Pattern HEADING = Pattern.compile("#+ `(procura[^`]*)`");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9-]+)` \\|.*");

    /** Keys that hold other keys. */
    private static final Set<String> BLOCKS = Set.of(
            "procura.cache",
            "procura.clients",
            "procura.delegation",
            "procura.issuers",
            "procura.issuers.*.introspection",
            "procura.issuers.*.keys",
            "procura.issuers.*.logout",
            "procura.management",
            "procura.routes",
            "procura.user-context",
            "procura.routes.*.credential",
            "procura.routes.*.credential.actor",
            "procura.routes.*.credential.then",
            "procura.routes.*.limits",
            "procura.routes.*.require");

    static Stream<String> keys() {
        return ConfigurationKeys.all().keySet().stream();
    }

    @Test
    void areThoseOfTheContract() {
        assertThat(ConfigurationKeys.all())
                .containsKeys(
                        "procura.public-url",
                        "procura.issuers.*.issuer",
                        "procura.issuers.*.only-where-named",
                        "procura.clients.*.client-secret",
                        "procura.routes.*.id",
                        "procura.routes.*.require.actor-token",
                        "procura.routes.*.credential.on-behalf-of",
                        "procura.routes.*.limits.max-in-flight",
                        "procura.cache.safety-margin",
                        "procura.user-context.keys")
                .hasSizeGreaterThan(50);
        assertThat(ConfigurationKeys.all().keySet()).allMatch(key -> key.matches("[a-z0-9.*-]+"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void haveAnExampleThatBinds(String key) {
        String example = ConfigurationKeys.exampleFor(key);

        assertThat(example).startsWith(lastPart(key) + ": ").doesNotContain("\u2026");
        assertThatCode(() -> TestConfiguration.of(nested(key, example))
                        .variable("GATEWAY_SECRET", "s")
                        .variable("SEAL_KEY", "s")
                        .bind())
                .as(example)
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void areKnownInEverySpellingThatBinds(String key) {
        String concrete = key.replaceFirst("\\.\\*\\.", key.startsWith("procura.routes") ? "[0]." : ".some-name.");

        assertThat(ConfigurationKeys.isKnown(ConfigurationPropertyName.of(concrete)))
                .isTrue();
        assertThat(ConfigurationKeys.isKnown(ConfigurationPropertyName.of(concrete + "x")))
                .isFalse();
        assertThat(ConfigurationKeys.isKnown(ConfigurationPropertyName.of(concrete + ".x")))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "procura.routes[12].paths[3], true",
        "procura.issuers.corp.audiences[0], true",
        "procura.issuers[a.b].issuer, true",
        "procura.issuers.corp.issuer[0], false",
        "procura.routes.orders.path, false",
        "procura.issuers.corp, false",
        "procura.routes[0].filters[0], true",
        "procura.routes[0].filters[0].name, true",
        "procura.routes[0].filters[0].args.parts, true",
        "procura.routes[0].predicates[0].args.header, true",
        "procura.routes[0].filters[0].arg.parts, false",
        "procura.routes[0].filters.name, false",
        "procura.routes[0].cookies[0].name, false"
    })
    void areKnownOnlyWhereTheyStand(String key, boolean known) {
        assertThat(ConfigurationKeys.isKnown(ConfigurationPropertyName.of(key))).isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "procura.issuers.corp.issuer-uri|issuer",
                "procura.issuers.corp.jwk-set-uri|jwks-uri",
                "procura.issuers.corp.jwks-url|jwks-uri",
                "procura.issuers.corp.discovery-uri|metadata-uri",
                "procura.issuers.corp.jws-algorithms|algorithms",
                "procura.issuers.corp.principal-claim-name|identity",
                "procura.issuers.corp.audience|audiences",
                "procura.clients.gw.client-authentication-method|authentication",
                "procura.clients.gw.token-endpoint|token-uri",
                "procura.routes[0].url|uri",
                "procura.routes[0].pathes|paths",
                "procura.routes[0].order|tier",
                "procura.routes[0].require.scope|scopes",
                "procura.routes[0].require.authorities|roles",
                "procura.routes[0].credential.scope|scopes",
                "procura.routes[0].credential.onbehalfof|on-behalf-of",
                "procura.routes[0].tie|tier",
                "procura.cach.max-life|cache"
            })
    void areFoundFromWhatPeopleWriteInstead(String key, String meant) {
        assertThat(ConfigurationKeys.advice(key)).isEqualTo("is not a key of the gateway: did you mean " + meant + "?");
        assertThat(ConfigurationKeys.meant(key)).isEqualTo(meant);
    }

    /** A spelling of one block is no spelling of another: audience is right beside on-behalf-of. */
    @Test
    void areNotFoundWhereTheyDoNotBelong() {
        assertThat(ConfigurationKeys.advice("procura.clients.gw.audience")).doesNotContain("did you mean audiences");
        assertThat(ConfigurationKeys.advice("procura.clients.gw.wibble")).contains("here it takes", "client-id");
    }

    @Test
    void haveARowInThePageAndThePageHasNoOther() throws IOException {
        Set<String> rows = new TreeSet<>();
        String section = "";
        boolean inFirstTable = false;
        for (String line : Files.readAllLines(PAGE)) {
            Matcher heading = HEADING.matcher(line);
            if (line.startsWith("#")) {
                section = heading.matches() ? heading.group(1).replace("[]", ".*") : "";
                inFirstTable = false;
            }
            if (line.startsWith("| key ")) {
                inFirstTable = true;
            } else if (line.isEmpty()) {
                inFirstTable = false;
            }
            Matcher row = ROW.matcher(line);
            if (inFirstTable && !section.isEmpty() && row.matches()) {
                rows.add(section + "." + row.group(1));
            }
        }

        Set<String> expected = new TreeSet<>(ConfigurationKeys.all().keySet());
        expected.addAll(BLOCKS);
        assertThat(rows).isEqualTo(expected);
    }

    /** {@code procura.routes.*.require.scopes} becomes a document with that key alone. */
    private static String nested(String key, String example) {
        String[] parts = key.split("\\.", -1);
        StringBuilder yaml = new StringBuilder();
        int depth = 0;
        boolean listItem = false;
        for (int i = 0; i < parts.length - 1; i++) {
            if (parts[i].equals("*") && parts[i - 1].equals("routes")) {
                listItem = true;
                continue;
            }
            yaml.append("  ".repeat(depth))
                    .append(listItem ? "- " : "")
                    .append(parts[i].equals("*") ? "some" : parts[i]);
            yaml.append(":\n");
            depth += listItem ? 2 : 1;
            listItem = false;
        }
        return yaml.append("  ".repeat(depth))
                .append(listItem ? "- " : "")
                .append(example)
                .append('\n')
                .toString();
    }

    private static String lastPart(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }
}
