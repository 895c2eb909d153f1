package dev.procura.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** From the command to the first answer, on one core, and what is resident then. */
final class StartUp implements Scenario {

    /** @param command without what names the configuration */
    private record Way(String name, List<String> command) {}

    /** @param cpuSeconds spent until then */
    private record Started(double seconds, double cpuSeconds, double residentMib) {}

    @Override
    public Table measure(Bench bench) throws Exception {
        List<Way> ways = new ArrayList<>();
        Path jar = bench.peers().gatewayJar();
        for (Map.Entry<String, Path> java : javas().entrySet()) {
            ways.add(new Way("Java " + java.getKey(), List.of(java.getValue().toString(), "-jar", jar.toString())));
        }
        ways.add(cached(bench, jar));
        Rounds<Started> starts = new Rounds<>();
        for (int i = 0; i < bench.effort().rounds(); i++) {
            for (Way way : ways) {
                Started started = start(bench, way);
                starts.add(way.name(), started);
                Bench.say("  %s: %s s".formatted(way.name(), Table.number(started.seconds())));
            }
        }
        Table.Builder table =
                Table.of("Start", "", "seconds to the first answer", "CPU seconds", "resident MiB after it");
        starts.forEach((name, all) -> table.row(
                name,
                Samples.median(all, Started::seconds),
                Samples.median(all, Started::cpuSeconds),
                Samples.median(all, Started::residentMib)));
        return table.note(
                        "One core, a heap of 256 MB at most, medians of %d interleaved starts. The first answer is one of"
                                        .formatted(bench.effort().rounds())
                                + " the tier's, in a caller's name: keys fetched, token verified and exchanged.")
                .build();
    }

    /** The JDKs of this machine, by their version; the one that runs this is one of them. */
    private static Map<String, Path> javas() throws Exception {
        Map<String, Path> javas = new LinkedHashMap<>();
        try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
            homes.map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .filter(java -> java.toString().contains("17"))
                    .sorted()
                    .findFirst()
                    .ifPresent(java -> javas.put("17", java));
        }
        javas.put(
                Integer.toString(Runtime.version().feature()), Path.of(System.getProperty("java.home"), "bin", "java"));
        return javas;
    }

    /** Unpacked, with a cache of what a start loads and links (JEP 483), made by one start. */
    private static Way cached(Bench bench, Path jar) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path unpacked = bench.children().folder().resolve("unpacked");
        Path cache = unpacked.resolve("gateway.aot");
        bench.children()
                .run(
                        List.of(
                                java,
                                "-Djarmode=tools",
                                "-jar",
                                jar.toString(),
                                "extract",
                                "--destination",
                                unpacked.toString()),
                        Map.of(),
                        60);
        List<String> training =
                new ArrayList<>(List.of(java, "-XX:AOTCacheOutput=" + cache, "-Dspring.context.exit=onRefresh"));
        training.addAll(List.of("-jar", unpacked.resolve("gateway.jar").toString()));
        training.add(bench.peers().configuration("training", Peers.freePort()));
        bench.children().run(training, Map.of(), 120);
        return new Way(
                "Java " + Runtime.version().feature() + ", unpacked, with an AOT cache of " + (Files.size(cache) >> 20)
                        + " MiB",
                List.of(
                        java,
                        "-XX:AOTCache=" + cache,
                        "-jar",
                        unpacked.resolve("gateway.jar").toString()));
    }

    private static Started start(Bench bench, Way way) throws Exception {
        long began = System.nanoTime();
        Peer peer = bench.peers().procura(way.command());
        double seconds = (System.nanoTime() - began) / 1e9;
        Usage usage = peer.usage();
        bench.children().stop(peer.process());
        return new Started(seconds, usage.cpuMicros() / 1e6, usage.residentMib());
    }
}
