package dev.procura.benchmarks;

/** One question about the gateway and its peers, answered by one table. */
interface Scenario {

    /** @throws Exception when something did not work: there is no table of half a measurement */
    Table measure(Bench bench) throws Exception;
}
