package dev.procura.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An authorization server that takes two seconds, and newcomers who wait for it: what those notice who need it not. */
final class SlowServer implements Scenario {

    private static final Duration DELAY = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 10;
    private static final double WARM_UP_SECONDS = 60;

    /** Of each kind in a second. */
    private static final int RATE = 200;

    /** @param cold on its own; absent without newcomers */
    private record Pair(Load alone, double cpuAlone, Load beside, double cpuBeside, Load cold) {}

    @Override
    public Table measure(Bench bench) throws Exception {
        Table.Builder table = Table.of(
                "Warm callers while the authorization server takes 2 s",
                "gateway",
                "newcomers/s",
                "p50 ms alone",
                "p50 ms beside newcomers",
                "ratio of p50",
                "p99 ms alone",
                "p99 ms beside newcomers",
                "ratio of p99",
                "CPU µs for each newcomer");
        List<Peer> gateways = bench.warm(Peers.ROOMY, Peers.ROOMY_ZGC);
        for (Peer gateway : gateways) {
            Newcomers.warmUp(bench, gateway);
            // Waiting has code of its own, too, and needs hundreds of connections to the server.
            bench.warmUp(
                    gateway, "newcomers who wait", () -> pair(bench, gateway).cold(), WARM_UP_SECONDS);
        }
        Rounds<Pair> rounds = new Rounds<>();
        for (int i = 0; i < bench.effort().rounds(); i++) {
            for (Peer gateway : gateways) {
                rounds.add(gateway.name(), pair(bench, gateway));
            }
        }
        rounds.forEach((name, pairs) -> {
            double alone50 = Samples.median(pairs, pair -> pair.alone().p50());
            double alone99 = Samples.median(pairs, pair -> pair.alone().p99());
            double beside50 = Samples.median(pairs, pair -> pair.beside().p50());
            double beside99 = Samples.median(pairs, pair -> pair.beside().p99());
            table.row(
                    name,
                    Samples.median(pairs, pair -> pair.cold().perSecond()),
                    alone50,
                    beside50,
                    beside50 / alone50,
                    alone99,
                    beside99,
                    beside99 / alone99,
                    Samples.median(
                            pairs,
                            pair -> (pair.cpuBeside() - pair.cpuAlone())
                                    / pair.cold().requests()));
        });
        return table.note(("Open loop for the warm callers, %d requests a second over %d connections; medians of %d"
                                + " interleaved pairs of %d s. A newcomer is verified, exchanged, and passed on.")
                        .formatted(
                                RATE,
                                CONNECTIONS,
                                bench.effort().rounds(),
                                bench.effort().seconds()))
                .build();
    }

    private static Pair pair(Bench bench, Peer gateway) throws Exception {
        int seconds = bench.effort().seconds();
        Load.Open warm = new Load.Open(gateway.url(), CONNECTIONS, RATE, seconds, bench.oneUser());
        Usage before = gateway.usage();
        Load alone = warm.run(bench.children()).flawless("warm callers");
        double cpuAlone = gateway.usage().cpuMicros() - before.cpuMicros();

        // Each connection asks once in two seconds, because it waits so long for its answer.
        int waiting = (int) (RATE * DELAY.toSeconds());
        Path newcomers = bench.newcomers(RATE * (seconds + 8));
        bench.server().takes(DELAY);
        try {
            before = gateway.usage();
            Load.Closed cold = new Load.Closed(gateway.url(), waiting, seconds + 4, newcomers, Load.Order.ONCE, DELAY);
            CompletableFuture<Load> underWay = CompletableFuture.supplyAsync(() -> {
                try {
                    return cold.run(bench.children());
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            // Until all of them wait.
            Thread.sleep(DELAY.toMillis());
            Load beside = warm.run(bench.children()).flawless("warm callers beside newcomers");
            Load ended = underWay.join().flawless("newcomers");
            double cpuBeside = gateway.usage().cpuMicros() - before.cpuMicros();
            Bench.say("  %s alone: p50 %s ms, p99 %s ms; beside %s newcomers/s: p50 %s ms, p99 %s ms"
                    .formatted(
                            gateway.name(),
                            Table.number(alone.p50()),
                            Table.number(alone.p99()),
                            Table.number(ended.perSecond()),
                            Table.number(beside.p50()),
                            Table.number(beside.p99())));
            return new Pair(alone, cpuAlone, beside, cpuBeside, ended);
        } finally {
            bench.server().takes(Duration.ZERO);
        }
    }
}
