package dev.procura.benchmarks;

import java.util.List;

/** Requests that come when they come: how much later the answer is there because of the proxy. */
final class OpenLoop implements Scenario {

    private static final int CONNECTIONS = 50;
    private static final String DIRECT = "no proxy";

    @Override
    public Table measure(Bench bench) throws Exception {
        List<Peer> warm = bench.warm(Peers.NGINX, Peers.HAPROXY, Peers.BARE, Peers.PROCURA, Peers.PROCURA_ZGC);
        // Of one, so that both get as much.
        Peer gateway = bench.warm(Peers.PROCURA);
        double peak = new Load.Closed(gateway.url(), 64, bench.effort().seconds(), bench.users(), Load.Order.ROUND)
                .run(bench.children())
                .flawless("the gateway's peak")
                .perSecond();
        Rounds<Load> loads = new Rounds<>();
        for (int i = 0; i < bench.effort().rounds(); i++) {
            run(bench, DIRECT, bench.peers().tier().url(), peak / 2, loads);
            for (Peer peer : warm) {
                run(bench, peer.name(), peer.url(), peak / 2, loads);
            }
        }
        double direct50 = Samples.median(loads.of(DIRECT), Load::p50);
        double direct99 = Samples.median(loads.of(DIRECT), Load::p99);
        double bare99 = Samples.median(loads.of(Peers.BARE), Load::p99) - direct99;
        Table.Builder table = Table.of(
                "Open loop at half of the gateway's peak",
                "proxy",
                "p50 ms",
                "p99 ms",
                "added p50 ms",
                "added p99 ms",
                "added p99, of the bare proxy's",
                "requests/s");
        loads.forEach((name, all) -> {
            double added = Samples.median(all, Load::p99) - direct99;
            table.row(
                    name,
                    Samples.median(all, Load::p50),
                    Samples.median(all, Load::p99),
                    Samples.median(all, Load::p50) - direct50,
                    added,
                    added / bare99,
                    Samples.median(all, Load::perSecond));
        });
        return table.note(
                        ("%d connections, one user, %.0f requests a second (half of %.0f, which the gateway has just served"
                                        + " over 64 connections), medians of %d interleaved rounds of %d s. Added: beyond what"
                                        + " it takes without a proxy.")
                                .formatted(
                                        CONNECTIONS,
                                        peak / 2,
                                        peak,
                                        bench.effort().rounds(),
                                        bench.effort().seconds()))
                .build();
    }

    private static void run(Bench bench, String name, String url, double perSecond, Rounds<Load> loads)
            throws Exception {
        Load load = new Load.Open(url, CONNECTIONS, perSecond, bench.effort().seconds(), bench.oneUser())
                .run(bench.children())
                .flawless(name);
        loads.add(name, load);
        Bench.say("  %s: p50 %s ms, p99 %s ms".formatted(name, Table.number(load.p50()), Table.number(load.p99())));
    }
}
