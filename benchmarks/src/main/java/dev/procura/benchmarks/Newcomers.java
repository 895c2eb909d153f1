package dev.procura.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Callers whom nobody has seen: each token has to be verified and exchanged. */
final class Newcomers implements Scenario {

    private static final double LONGEST_SECONDS = 120;
    private static final double WARM_UP_SECONDS = 60;
    private static final int A_WINDOW_OF_THEM = 4_000;

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
        return new Newcomers("Burst: a hundred requests of a new user at once", Load.Order.BURST, 50, 100);
    }

    private record Exchanged(Round round, int tokens, int calls) {

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
        List<Peer> gateways = bench.warm(Peers.HAND_WIRED, Peers.PROCURA, Peers.PROCURA_ZGC);
        for (Peer gateway : gateways) {
            warmUp(bench, gateway);
        }
        Rounds<Exchanged> rounds = new Rounds<>();
        for (int i = 0; i < bench.effort().rounds(); i++) {
            for (Peer gateway : gateways) {
                Exchanged exchanged = load(bench, gateway);
                rounds.add(gateway.name(), exchanged);
                Bench.say("  %s: %s µs of CPU for each token, %d exchanges of %d"
                        .formatted(
                                gateway.name(),
                                Table.number(exchanged.cpuMicrosEach()),
                                exchanged.calls(),
                                exchanged.tokens()));
            }
        }
        rounds.forEach((name, all) -> table.row(
                name,
                all.stream().mapToInt(Exchanged::tokens).sum(),
                all.stream().mapToDouble(one -> one.round().load().requests()).sum(),
                all.stream().mapToInt(Exchanged::calls).sum(),
                Samples.median(all, Exchanged::cpuMicrosEach),
                Samples.median(all, one -> one.round().load().perSecond()),
                Samples.median(all, one -> one.round().load().p50()),
                Samples.median(all, one -> one.round().load().p99())));
        return table.note(
                        ("%d connections, medians of %d rounds. The authorization server answers at once; it shares a core"
                                        + " with the load, which bounds the requests in a second. When every token"
                                        + " has been used, a few come again until the load has ended.")
                                .formatted(connections, bench.effort().rounds()))
                .build();
    }

    /** Verifying and exchanging have to be quiet, too; nobody asks for that on the hit path. */
    static void warmUp(Bench bench, Peer gateway) throws Exception {
        bench.warmUp(
                gateway,
                "newcomers",
                () -> new Load.Closed(
                                gateway.url(), 64, LONGEST_SECONDS, bench.newcomers(A_WINDOW_OF_THEM), Load.Order.ONCE)
                        .run(bench.children()),
                WARM_UP_SECONDS);
    }

    private Exchanged load(Bench bench, Peer gateway) throws Exception {
        Path newcomers = bench.newcomers(perRound);
        bench.server().callsSince();
        Load.Closed load = new Load.Closed(gateway.url(), connections, LONGEST_SECONDS, newcomers, order);
        Round round = Round.of(gateway, () -> load.run(bench.children()).flawless(gateway.name()));
        int distinct = bench.server().distinctSubjects();
        int calls = bench.server().callsSince();
        if (distinct != perRound) {
            throw new IOException(gateway.name() + ": " + perRound + " tokens, and " + distinct + " of them exchanged");
        }
        return new Exchanged(round, perRound, calls);
    }
}
