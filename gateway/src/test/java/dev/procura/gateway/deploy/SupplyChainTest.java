package dev.procura.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.deploy.BillOfMaterials.Component;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the gateway is made of may be given away with it, and has no weakness that is known and mended. */
final class SupplyChainTest {

    /** Licences under which a binary may be passed on beside Apache-2.0 code. */
    private static final Set<String> ALLOWED = Set.of(
            "Apache-2.0",
            "MIT",
            "MIT-0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "EPL-2.0",
            "Bouncy Castle Licence");

    /**
     * @param component group and name; an asterisk at the end stands for the rest
     * @param from the first version that has it
     * @param fixed the first that has not
     */
    record Advisory(String id, String component, String from, String fixed) {

        boolean concerns(Component one) {
            boolean named = component.endsWith("*")
                    ? one.id().startsWith(component.substring(0, component.length() - 1))
                    : one.id().equals(component);
            return named && compare(one.version(), from) >= 0 && compare(one.version(), fixed) < 0;
        }
    }

    static Stream<Advisory> advisories() {
        try (InputStream file = SupplyChainTest.class.getResourceAsStream("/supply-chain/advisories.csv")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.split(","))
                            .map(parts -> new Advisory(parts[0], parts[1], parts[2], parts[3]))
                            .toList()
                            .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyPartMayBePassedOn() {
        assertThat(BillOfMaterials.components())
                .hasSizeGreaterThan(100)
                .allSatisfy(one -> assertThat(one.licences()).as(one.id()).anyMatch(ALLOWED::contains));
    }

    @Test
    void partsForTestsAreNotShipped() {
        assertThat(BillOfMaterials.components())
                .extracting(Component::name)
                .doesNotContain("wiremock-standalone", "testcontainers", "helm-java", "embedded-redis", "assertj-core");
    }

    @ParameterizedTest
    @MethodSource("advisories")
    void noPartHasAWeaknessThatIsMendedElsewhere(Advisory advisory) {
        List<Component> weak =
                BillOfMaterials.components().stream().filter(advisory::concerns).toList();

        assertThat(weak).as(advisory.id()).isEmpty();
    }

    /** An advisory whose component is misspelled would find nothing for ever. */
    @ParameterizedTest
    @MethodSource("advisories")
    void everyAdvisoryNamesAPart(Advisory advisory) {
        Advisory always = new Advisory(advisory.id(), advisory.component(), "0", "999999");

        assertThat(BillOfMaterials.components()).anyMatch(always::concerns);
    }

    @ParameterizedTest
    @CsvSource({
        "4.2.18.Final, 4.2.5, 1",
        "4.2.4, 4.2.4.Final, 0",
        "4.1.124, 4.2.0, -1",
        "10.9.1, 10.0.2, 1",
        "9.37.4, 10.0.2, -1",
        "7.0, 7.0.0, 0"
    })
    void versionsAreComparedByTheirNumbers(String one, String other, int expected) {
        assertThat(Integer.signum(compare(one, other))).isEqualTo(expected);
    }

    /** What follows the numbers ({@code .Final}, {@code -M1}) does not count. */
    private static int compare(String one, String other) {
        return Arrays.compare(numbers(one), numbers(other));
    }

    private static int[] numbers(String version) {
        int[] numbers = new int[5];
        String[] parts = version.split("[.-]");
        for (int i = 0; i < Math.min(parts.length, numbers.length) && parts[i].matches("\\d+"); i++) {
            numbers[i] = Integer.parseInt(parts[i]);
        }
        return numbers;
    }
}
