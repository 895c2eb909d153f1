package dev.procura.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Callers whom nobody has seen: each token has to be verified and exchanged. */
final class Newcomers implements Scenario {

    private static final double LONGEST_SECONDS = 120;

    private final String title;
    private final Load.Order order;
    private final int perRound;
    private final int connections;

    private Newcomers(String title, Load.Order order, int perRound, int connections) {
        this.title = title;
        this.order = order;
        this.perRound = perRound;
        this.connections = connections;
    }

    static Newcomers cold() {
        return new Newcomers("Cold: every request a new user", Load.Order.ONCE, 3_000, 64);
    }

    static Newcomers burst() {
        return new Newcomers("Burst: a hundred requests of a new user at once", Load.Order.BURST, 200, 100);
    }

    private record Exchanged(Round round, int tokens, int calls, int distinct) {

        double cpuMicrosEach() {
            return round.cpuMicros() * round.load().requests() / tokens;
        }
    }

    @Override
    public Table measure(Bench bench) throws Exception {
        Table.Builder table = Table.of(
                title,
                "gateway",
                "tokens",
                "requests",
                "exchanges",
                "CPU µs for each token",
                "requests/s",
                "p50 ms",
                "p99 ms");
        for (Peer peer : bench.warm(Peers.HAND_WIRED, Peers.PROCURA)) {
            // Verifying and exchanging have to be quiet, too.
            load(bench, peer, 2);
            List<Exchanged> all = new ArrayList<>();
            for (int i = 0; i < bench.effort().rounds(); i++) {
                all.add(load(bench, peer, 1));
            }
            table.row(
                    peer.name(),
                    all.stream().mapToInt(Exchanged::tokens).sum(),
                    all.stream()
                            .mapToDouble(one -> one.round().load().requests())
                            .sum(),
                    all.stream().mapToInt(Exchanged::calls).sum(),
                    Samples.median(all, Exchanged::cpuMicrosEach),
                    Samples.median(all, one -> one.round().load().perSecond()),
                    Samples.median(all, one -> one.round().load().p50()),
                    Samples.median(all, one -> one.round().load().p99()));
        }
        return table.note(
                        ("%d connections, medians of %d rounds. The authorization server answers at once; it shares a core"
                                        + " with the load, which bounds the requests in a second.")
                                .formatted(connections, bench.effort().rounds()))
                .build();
    }

    private Exchanged load(Bench bench, Peer peer, int times) throws Exception {
        int tokens = perRound * times;
        Path newcomers = bench.newcomers(tokens);
        bench.server().callsSince();
        Load.Closed load = new Load.Closed(peer.url(), connections, LONGEST_SECONDS, newcomers, order);
        Round round = Round.of(peer, () -> load.run(bench.children()).flawless(peer.name()));
        int distinct = bench.server().distinctSubjects();
        int calls = bench.server().callsSince();
        if (distinct != tokens) {
            throw new IOException(peer.name() + ": " + tokens + " tokens, and " + distinct + " of them exchanged");
        }
        return new Exchanged(round, tokens, calls, distinct);
    }
}
