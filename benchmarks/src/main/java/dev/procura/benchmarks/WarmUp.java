package dev.procura.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Loads a JVM until its compilers are quiet: in two windows one after the other, each under full load, the compiled code
 * took no more than 1 % of the window to make ({@code jstat -compiler}).
 */
final class WarmUp {

    static final double WINDOW_SECONDS = 5;
    static final double QUIET_PART = 0.01;
    static final int QUIET_WINDOWS = 2;

    /** Then it goes on as it is, and the table says so. */
    static final double LONGEST_SECONDS = 240;

    static final String NOT_QUIET = "not quiet after ";

    private final Children children;
    private final Path jstat;

    WarmUp(Children children, Path java) {
        this.children = children;
        this.jstat = java.resolveSibling("jstat");
    }

    /**
     * @param window one load; about {@link #WINDOW_SECONDS} are enough
     * @return what to say about it
     */
    String run(Peer peer, Round.Loading window, double longest) throws Exception {
        int quiet = 0;
        double spent = 0;
        double compiled = compileSeconds(peer);
        while (quiet < QUIET_WINDOWS && spent < longest) {
            double seconds = window.run().flawless(peer.name() + ", warming up").seconds();
            spent += seconds;
            double now = compileSeconds(peer);
            quiet = now - compiled <= QUIET_PART * seconds ? quiet + 1 : 0;
            compiled = now;
        }
        return peer.name() + ": " + (quiet < QUIET_WINDOWS ? NOT_QUIET : "quiet after ") + Math.round(spent) + " s";
    }

    private double compileSeconds(Peer peer) throws Exception {
        return compileSeconds(children.run(
                List.of(
                        jstat.toString(),
                        "-compiler",
                        Long.toString(peer.process().pid())),
                Map.of(),
                20));
    }

    /** A line of names, then one of values. */
    static double compileSeconds(String said) {
        List<String> lines = said.lines().filter(line -> !line.isBlank()).toList();
        List<String> names = List.of(lines.get(0).trim().split("\\s+", -1));
        return Double.parseDouble(lines.get(1).trim().split("\\s+", -1)[names.indexOf("Time")]);
    }
}
