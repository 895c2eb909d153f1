package dev.procura.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a full cache takes, measured in a process with a heap of 512 MiB. */
class FullCacheIT {

    private static final int USUAL_TOKEN = 1_200;
    private static final int LONG_TOKEN = 4 * 1024;

    /** @param bytes of heap that the entries take, with all that belongs to them */
    private record Measured(long entries, long bytes, long bytesPerEntry) {}

    private static Measured fill(int subjects, int tokenLength) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx512m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullCache.class.getName(),
                        String.valueOf(subjects),
                        String.valueOf(tokenLength)))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        String[] lines = output.strip().split("\n");
        String[] numbers = lines[lines.length - 1].split(" ");
        return new Measured(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
    }

    @Test
    void aHundredThousandEntriesFitAndFiveTimesAsManySubjectsTakeNoMore() throws Exception {
        Measured full = fill(100_000, USUAL_TOKEN);
        Measured afterMany = fill(500_000, USUAL_TOKEN);
        System.out.println("full cache: " + full + ", after five times as many: " + afterMany);

        assertThat(full.entries()).isBetween(95_000L, 100_000L);
        assertThat(afterMany.entries()).isBetween(95_000L, 100_000L);
        assertThat(afterMany.bytes()).isLessThan(full.bytes() * 11 / 10);
        assertThat(full.bytes()).as("what the estimate allows").isLessThan(256L * 1024 * 1024);
    }

    /** The bytes are reached first: fewer entries than there may be. */
    @Test
    void longTokensAreFewerEntries() throws Exception {
        Measured full = fill(100_000, LONG_TOKEN);
        System.out.println("full cache of long tokens: " + full);

        assertThat(full.entries()).isBetween(30_000L, 60_000L);
        assertThat(full.bytes()).isLessThan(256L * 1024 * 1024);
    }
}
