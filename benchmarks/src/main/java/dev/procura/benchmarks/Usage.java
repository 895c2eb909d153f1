package dev.procura.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has used, as Linux counts it.
 *
 * @param cpuMicros user and system time of all of its threads since it began, in steps of a clock tick
 * @param residentMib memory that it holds now
 */
record Usage(double cpuMicros, double residentMib) {

    /** Of user space: USER_HZ is 100 on every Linux that runs Java. */
    private static final double MICROS_PER_TICK = 10_000;

    private static final Path PROC = Path.of("/proc");

    static Usage of(long pid) throws IOException {
        Path process = PROC.resolve(Long.toString(pid));
        return read(Files.readString(process.resolve("stat")), Files.readAllLines(process.resolve("status")));
    }

    /**
     * @param stat one line, proc(5): the second field is a name in parentheses that may hold anything
     * @param status a line for each field
     */
    static Usage read(String stat, List<String> status) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        // Fields 14 and 15 of the whole line; the first one here is the third there.
        double ticks = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
        double kib = status.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
        return new Usage(ticks * MICROS_PER_TICK, kib / 1024);
    }
}
