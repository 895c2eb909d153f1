package dev.procura.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a load generator has seen.
 *
 * @param requests that were answered
 * @param seconds how long it took
 * @param p50 milliseconds
 * @param p99 milliseconds
 * @param failures answers other than the tier's, and connections that broke
 * @param refusal the last status that was not 200; 0 when there was none
 */
record Load(double requests, double seconds, double p50, double p99, double failures, double refusal) {

    /** What the tokens are for, in wrk.lua. */
    enum Order {
        /** One after the other, again and again. */
        ROUND,
        /** Each for one request; then the load ends. */
        ONCE,
        /** Each for a hundred requests at the same time; then the load ends. */
        BURST
    }

    double perSecond() {
        return requests / seconds;
    }

    /** @throws IOException when it failed: what does not serve is not measured */
    Load flawless(String what) throws IOException {
        if (failures > 0 || requests == 0) {
            throw new IOException(what + ": " + failures + " of " + requests + " requests failed"
                    + (refusal > 0 ? ", one of them with " + Math.round(refusal) : ""));
        }
        return this;
    }

    /**
     * As many requests as get through, one at a time on each connection.
     *
     * @param tokens a file with one in each line
     * @param spread over which the connections begin, one after the other
     */
    record Closed(String url, int connections, double seconds, Path tokens, Order order, Duration spread) {

        Closed(String url, int connections, double seconds, Path tokens, Order order) {
            this(url, connections, seconds, tokens, order, Duration.ZERO);
        }

        /** @param body a file to send with each request; empty for none */
        Load run(Children children, String target, String body) throws Exception {
            Path script = children.folder().resolve("wrk.lua");
            if (!Files.exists(script)) {
                children.write("wrk.lua", Peers.template("wrk.lua"));
            }
            String said = children.run(
                    List.of(
                            "wrk",
                            "-t1",
                            "-c" + connections,
                            "-d" + Math.max(1, Math.round(seconds)) + "s",
                            "--timeout",
                            "30s",
                            "-s",
                            script.toString(),
                            url + target),
                    Children.environment(
                            "BENCH_TOKENS", tokens.toString(),
                            "BENCH_ORDER", order.name(),
                            "BENCH_BODY", body,
                            "BENCH_CONNECTIONS", Integer.toString(connections),
                            "BENCH_SPREAD", Long.toString(spread.toMillis())),
                    Math.round(seconds) + 60);
            return parse(said);
        }

        Load run(Children children) throws Exception {
            return run(children, Peers.TARGET, "");
        }

        private static double value(Map<String, Double> values, String name) throws IOException {
            Double value = values.get(name);
            if (value == null) {
                throw new IOException("wrk has not told " + name);
            }
            return value;
        }

        /** The line that the script writes at the end. */
        static Load parse(String said) throws IOException {
            String line = said.lines()
                    .filter(one -> one.startsWith("BENCH "))
                    .findFirst()
                    .orElseThrow(() -> new IOException("wrk has not come to its end: " + said));
            Map<String, Double> values = new HashMap<>();
            for (String pair : line.substring("BENCH ".length()).split(" ", -1)) {
                String[] parts = pair.split("=", -1);
                values.put(parts[0], Double.valueOf(parts[1]));
            }
            return new Load(
                    value(values, "requests"),
                    value(values, "micros") / 1e6,
                    value(values, "p50") / 1e3,
                    value(values, "p99") / 1e3,
                    value(values, "failures"),
                    value(values, "refusal"));
        }
    }

    /**
     * So many requests in each second, whether or not the ones before have been answered.
     *
     * @param token one caller's: this generator has one for all requests
     */
    record Open(String url, int connections, double perSecond, int seconds, String token) {

        Load run(Children children) throws Exception {
            Path log = Files.createTempFile(children.folder(), "h2load", ".log");
            Files.delete(log);
            children.run(
                    List.of(
                            "h2load",
                            "--h1",
                            "-t1",
                            "-c" + connections,
                            "-D" + seconds,
                            "--rps=" + Math.max(1, Math.round(perSecond / connections)),
                            "--log-file=" + log,
                            "-HAuthorization: Bearer " + token,
                            url + Peers.TARGET),
                    Map.of(),
                    seconds + 60L);
            Load load = parse(Files.readAllLines(log), seconds);
            Files.delete(log);
            return load;
        }

        /** Of each request: microseconds since the epoch when it began, status or -1, microseconds until its end. */
        static Load parse(List<String> log, int seconds) throws IOException {
            List<Double> millis = new ArrayList<>();
            int failures = 0;
            double refusal = 0;
            for (String line : log) {
                String[] fields = line.split("\t", -1);
                if (fields[1].equals("200")) {
                    millis.add(Double.parseDouble(fields[2]) / 1e3);
                } else {
                    failures++;
                    refusal = Double.parseDouble(fields[1]);
                }
            }
            if (millis.isEmpty()) {
                throw new IOException("h2load has seen no answer");
            }
            double[] all = millis.stream().mapToDouble(Double::doubleValue).toArray();
            return new Load(
                    all.length, seconds, Samples.percentile(50, all), Samples.percentile(99, all), failures, refusal);
        }
    }
}
