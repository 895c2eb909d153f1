package dev.procura.benchmarks;

import java.util.List;

/** Callers who were here a moment ago: what a request costs when nobody has to be asked. */
final class HitPath implements Scenario {

    private static final int CONNECTIONS = 64;
    private static final int ALL_ROUNDS = Integer.MAX_VALUE;
    /** Where a look is enough. */
    private static final int FEW_ROUNDS = 3;

    private static final double WARM_UP_SECONDS = 60;

    private final String title;
    private final int connections;
    private final String target;
    private final int bodyBytes;
    private final List<String> peers;
    private final int maxRounds;

    private HitPath(String title, int connections, String target, int bodyBytes, List<String> peers, int maxRounds) {
        this.title = title;
        this.connections = connections;
        this.target = target;
        this.bodyBytes = bodyBytes;
        this.peers = peers;
        this.maxRounds = maxRounds;
    }

    static HitPath usual() {
        return new HitPath(
                "Hit path",
                CONNECTIONS,
                Peers.TARGET,
                0,
                List.of(Peers.NGINX, Peers.HAPROXY, Peers.BARE, Peers.HAND_WIRED, Peers.PROCURA, Peers.PROCURA_ZGC),
                ALL_ROUNDS);
    }

    static HitPath manyConnections() {
        return new HitPath(
                "Hit path over 2,000 connections",
                2_000,
                Peers.TARGET,
                0,
                List.of(Peers.NGINX, Peers.HAPROXY, Peers.BARE, Peers.PROCURA),
                FEW_ROUNDS);
    }

    static HitPath download() {
        return new HitPath(
                "Answers of 1 MiB",
                CONNECTIONS,
                "/orders/large",
                0,
                List.of(Peers.NGINX, Peers.HAPROXY, Peers.BARE, Peers.PROCURA),
                FEW_ROUNDS);
    }

    static HitPath upload() {
        return new HitPath(
                "Requests of 1 MiB",
                CONNECTIONS,
                Peers.TARGET,
                1 << 20,
                List.of(Peers.NGINX, Peers.HAPROXY, Peers.BARE, Peers.PROCURA),
                FEW_ROUNDS);
    }

    static HitPath http2() {
        return new HitPath(
                "Hit path, HTTP/2 to the API",
                CONNECTIONS,
                "/http2/42",
                0,
                List.of(Peers.HAPROXY, Peers.BARE, Peers.PROCURA),
                FEW_ROUNDS);
    }

    @Override
    public Table measure(Bench bench) throws Exception {
        List<Peer> warm = bench.warm(peers.toArray(String[]::new));
        String body = bodyBytes == 0
                ? ""
                : bench.children().write("body", "x".repeat(bodyBytes)).toString();
        if (!isUsual()) {
            for (Peer peer : warm) {
                Load.Closed load = new Load.Closed(
                        peer.url(), connections, WarmUp.WINDOW_SECONDS, bench.users(), Load.Order.ROUND);
                bench.warmUp(peer, title, () -> load.run(bench.children(), target, body), WARM_UP_SECONDS);
            }
        }
        Rounds<Round> rounds = new Rounds<>();
        int count = Math.min(maxRounds, bench.effort().rounds());
        for (int i = 0; i < count; i++) {
            for (Peer peer : warm) {
                Load.Closed load = new Load.Closed(
                        peer.url(), connections, bench.effort().seconds(), bench.users(), Load.Order.ROUND);
                Round round = Round.of(
                        peer, () -> load.run(bench.children(), target, body).flawless(peer.name()));
                rounds.add(peer.name(), round);
                Bench.say("  %s: %s µs of CPU, %s/s"
                        .formatted(
                                peer.name(),
                                Table.number(round.cpuMicros()),
                                Table.number(round.load().perSecond())));
            }
        }
        double haProxy = Samples.median(rounds.of(Peers.HAPROXY), Round::cpuMicros);
        Table.Builder table = Table.of(
                title,
                "proxy",
                "CPU µs a request",
                "of HAProxy's",
                "requests/s on one core",
                "p50 ms",
                "p99 ms",
                "resident MiB",
                "CPU µs, lowest to highest round");
        rounds.forEach((name, all) -> table.row(
                name,
                Samples.median(all, Round::cpuMicros),
                Samples.median(all, Round::cpuMicros) / haProxy,
                Samples.median(all, round -> round.load().perSecond()),
                Samples.median(all, round -> round.load().p50()),
                Samples.median(all, round -> round.load().p99()),
                Samples.median(all, Round::residentMib),
                range(all)));
        return table.note("%d connections, the tokens of 1,000 users in turn, medians of %d interleaved rounds of %d s."
                        .formatted(connections, count, bench.effort().seconds()))
                .build();
    }

    /** What every peer has been warmed up with already. */
    private boolean isUsual() {
        return target.equals(Peers.TARGET) && bodyBytes == 0 && connections == CONNECTIONS;
    }

    private static String range(List<Round> rounds) {
        double[] cpu = rounds.stream().mapToDouble(Round::cpuMicros).toArray();
        return Table.number(Samples.percentile(0.001, cpu)) + " to " + Table.number(Samples.percentile(100, cpu));
    }
}
