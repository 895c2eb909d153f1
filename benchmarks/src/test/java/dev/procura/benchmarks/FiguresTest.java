package dev.procura.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The figures are what the programs said. */
final class FiguresTest {

    private static final Offset<Double> EXACTLY = Offset.offset(1e-9);

    @Test
    void aMedianStandsInTheMiddle() {
        assertThat(Samples.median(3, 1, 2)).isEqualTo(2);
        assertThat(Samples.median(4, 1, 2, 3)).isEqualTo(2.5);
        assertThatThrownBy(Samples::median).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPercentileIsOneOfTheValues() {
        double[] hundred = new double[100];
        for (int i = 0; i < 100; i++) {
            hundred[i] = 100 - i;
        }
        assertThat(Samples.percentile(99, hundred)).isEqualTo(99);
        assertThat(Samples.percentile(100, hundred)).isEqualTo(100);
        assertThat(Samples.percentile(99, 7)).isEqualTo(7);
    }

    @Test
    void usageIsReadBehindWhateverNameAProcessHas() {
        Usage usage = Usage.read(
                "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 1 0 100 1 1",
                List.of("Name:\ta", "VmRSS:\t  2048 kB", "VmSwap:\t 9 kB"));

        assertThat(usage.cpuMicros()).isEqualTo(3_000_000);
        assertThat(usage.residentMib()).isEqualTo(2);
    }

    @Test
    void thisProcessHasUsedSomething() throws IOException {
        Usage usage = Usage.of(ProcessHandle.current().pid());

        assertThat(usage.cpuMicros()).isPositive();
        assertThat(usage.residentMib()).isBetween(10.0, 10_000.0);
    }

    @Test
    void whatWrkSaysIsInMillisecondsAndSeconds() throws IOException {
        Load load = Load.Closed.parse(
                "Running 2s test\nBENCH requests=5000 micros=2000000 p50=1500.0 p99=9000.0 failures=3 refusal=503\n");

        assertThat(load).isEqualTo(new Load(5000, 2, 1.5, 9, 3, 503));
        assertThat(load.perSecond()).isEqualTo(2500);
        assertThatThrownBy(() -> load.flawless("it")).hasMessageContaining("it: 3.0 of 5000.0 requests failed");
        assertThatThrownBy(() -> Load.Closed.parse("unable to connect")).hasMessageContaining("unable to connect");
    }

    @Test
    void whatH2loadHasLoggedIsCountedByStatus() throws IOException {
        Load load = Load.Open.parse(List.of("1\t200\t1000", "2\t200\t3000", "3\t503\t10", "4\t-1\t10"), 2);

        assertThat(load).isEqualTo(new Load(2, 2, 2, 3, 2, -1));
        assertThatThrownBy(() -> Load.Open.parse(List.of("1\t503\t1"), 2)).hasMessageContaining("no answer");
    }

    @Test
    void compileTimeIsTakenFromItsColumn() {
        assertThat(WarmUp.compileSeconds("""
                        Compiled Failed Invalid   Time   FailedType FailedMethod
                            5020      1       0    12.34          1 a b
                        """)).isEqualTo(12.34, EXACTLY);
    }

    @Test
    void threeDigitsCount() {
        assertThat(List.of(Table.number(123.4), Table.number(12.34), Table.number(1.234), Table.number(-0.5)))
                .containsExactly("123", "12.3", "1.23", "-0.50");
    }

    @Test
    void aTableHasACellForEachColumn() {
        Table table = Table.of("T", "name", "ms").row("one", 1.5).note("so").build();

        assertThat(table.markdown()).isEqualTo("### T\n\n| name | ms |\n| --- | --- |\n| one | 1.50 |\n\nso\n");
        assertThat(table.json().get("rows")).hasToString("[{name=one, ms=1.5}]");
        assertThatThrownBy(() -> Table.of("T", "name").row("one", 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Table.of("T", "ratio", "ratio")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theCommandLineNamesScenarios() {
        assertThat(Benchmarks.Options.parse(List.of("hit", "--quick", "--results", "/tmp/here")))
                .isEqualTo(
                        new Benchmarks.Options(Path.of("."), Path.of("/tmp/here"), List.of("hit"), Bench.Effort.QUICK));
        assertThat(Benchmarks.Options.parse(List.of()).scenarios()).contains("hit", "open", "cold", "slow");
        assertThatThrownBy(() -> Benchmarks.Options.parse(List.of("fast")))
                .hasMessageContaining("there is no fast")
                .hasMessageContaining("hit, open");
        assertThatThrownBy(() -> Benchmarks.Options.parse(List.of("--results"))).hasMessageContaining("folder");
        assertThatThrownBy(() -> Benchmarks.Options.parse(List.of("--results", "--quick", "hit")))
                .hasMessageContaining("folder");
    }
}
