package dev.procura.benchmarks;

/**
 * One load on one proxy.
 *
 * @param cpuMicros that the proxy spent on each request
 * @param residentMib after it
 */
record Round(Load load, double cpuMicros, double residentMib) {

    /** What is to be measured. */
    @FunctionalInterface
    interface Loading {
        Load run() throws Exception;
    }

    static Round of(Peer peer, Loading loading) throws Exception {
        Usage before = peer.usage();
        Load load = loading.run();
        Usage after = peer.usage();
        return new Round(load, (after.cpuMicros() - before.cpuMicros()) / load.requests(), after.residentMib());
    }
}
