package dev.procura.benchmarks;

import dev.procura.benchmarks.pieces.HitPathPieces;
import java.util.Collection;
import java.util.Comparator;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What the gateway's own parts of the hit path take, each on its own: JMH, in JVMs of its own. */
final class Pieces implements Scenario {

    @Override
    public Table measure(Bench bench) throws Exception {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(HitPathPieces.class.getName())
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT);
        if (bench.effort().rounds() == 1) {
            options = options.forks(1)
                    .warmupIterations(1)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.seconds(1));
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        Table.Builder table = Table.of("Pieces of the hit path", "piece", "ns", "± (99.9 %)", "bytes allocated");
        results.stream()
                .sorted(Comparator.comparing(result -> result.getPrimaryResult().getLabel()))
                .forEach(result -> table.row(
                        result.getPrimaryResult().getLabel(),
                        result.getPrimaryResult().getScore(),
                        orNone(result.getPrimaryResult().getScoreError()),
                        allocated(result)));
        return table.note(
                        "Average time of one operation, for 1,000 callers in turn. tokenLookup holds fingerprint; cacheHit"
                                + " makes the key, too. keyDigest is not on the hit path.")
                .build();
    }

    private static double allocated(RunResult result) {
        Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
        return bytes == null ? Double.NaN : bytes.getScore();
    }

    /** Of a single measurement there is none. */
    private static double orNone(double error) {
        return Double.isNaN(error) ? 0 : error;
    }
}
