package dev.procura.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The command: measures what it is asked for, prints the tables, and writes them down. */
public final class Benchmarks {

    private static final Map<String, Supplier<Scenario>> SCENARIOS = new LinkedHashMap<>();

    static {
        SCENARIOS.put("hit", HitPath::usual);
        SCENARIOS.put("open", OpenLoop::new);
        SCENARIOS.put("connections", HitPath::manyConnections);
        SCENARIOS.put("download", HitPath::download);
        SCENARIOS.put("upload", HitPath::upload);
        SCENARIOS.put("http2", HitPath::http2);
        // From here on, the gateways remember many who never come again.
        SCENARIOS.put("cold", Newcomers::cold);
        SCENARIOS.put("burst", Newcomers::burst);
        SCENARIOS.put("slow", SlowServer::new);
        SCENARIOS.put("start", StartUp::new);
        SCENARIOS.put("pieces", Pieces::new);
    }

    private Benchmarks() {}

    /**
     * What the command line asks for.
     *
     * @param root of the checkout
     * @param results the folder for what was measured
     */
    record Options(Path root, Path results, List<String> scenarios, Bench.Effort effort) {

        /** @throws IllegalArgumentException with what is wrong */
        static Options parse(List<String> arguments) {
            Path root = Path.of(".");
            Path results = Path.of("benchmarks/target/results");
            List<String> scenarios = new ArrayList<>();
            Bench.Effort effort = Bench.Effort.FULL;
            for (int i = 0; i < arguments.size(); i++) {
                String argument = arguments.get(i);
                switch (argument) {
                    case "--quick" -> effort = Bench.Effort.QUICK;
                    case "--results" -> {
                        if (++i == arguments.size() || arguments.get(i).startsWith("-")) {
                            throw new IllegalArgumentException("--results needs a folder");
                        }
                        results =
                                Path.of(System.getProperty("procura.from", "")).resolve(arguments.get(i));
                    }
                    default -> {
                        if (!SCENARIOS.containsKey(argument)) {
                            throw new IllegalArgumentException(
                                    "there is no " + argument + "; there are --quick, --results"
                                            + " FOLDER, and the scenarios " + String.join(", ", SCENARIOS.keySet()));
                        }
                        scenarios.add(argument);
                    }
                }
            }
            return new Options(
                    root, results, scenarios.isEmpty() ? List.copyOf(SCENARIOS.keySet()) : scenarios, effort);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.parse(List.of(arguments));
            // Before anything is measured that could not be kept.
            Files.createDirectories(options.results());
            Files.deleteIfExists(Files.createTempFile(options.results(), "writable", ""));
        } catch (IllegalArgumentException e) {
            System.err.println("benchmarks: " + e.getMessage());
            System.exit(2);
            return;
        } catch (IOException e) {
            System.err.println("benchmarks: nothing can be written to the folder for the results: " + e);
            System.exit(2);
            return;
        }
        boolean whole;
        try (Children children = new Children();
                AuthorizationServer server = new AuthorizationServer()) {
            whole = run(options, children, server);
        }
        System.exit(whole ? 0 : 1);
    }

    /** @return whether every scenario came to its end */
    private static boolean run(Options options, Children children, AuthorizationServer server) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Callers callers = new Callers(server.issuer());
        server.publish(callers.publicKey());
        Peers peers = new Peers(children, options.root().toAbsolutePath().normalize(), java, server, callers);
        Bench bench = new Bench(children, server, callers, peers, new WarmUp(children, java), options.effort());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        json.put("machine", machine());
        json.put("versions", peers.versions());
        json.put("effort", options.effort().words());
        StringBuilder text = new StringBuilder();
        Map<String, String> failed = new LinkedHashMap<>();
        for (String name : options.scenarios()) {
            Bench.say(name);
            int warmUps = bench.warmUps().size();
            try {
                Table table = scenario(name).measure(bench);
                List<String> loud = bench.notQuiet(warmUps);
                if (!loud.isEmpty()) {
                    table = table.with("The compilers still worked: " + String.join("; ", loud) + ".");
                }
                System.out.println(table.markdown());
                text.append(table.markdown()).append('\n');
                json.put(name, table.json());
            } catch (IOException e) {
                if (children.isClosed()) {
                    return false;
                }
                // What the others have measured, for half an hour perhaps, is worth having.
                Bench.say(name + " failed: " + e);
                failed.put(name, e.toString());
            }
        }
        if (!failed.isEmpty()) {
            json.put("failed", failed);
        }
        json.put("warm-up", bench.warmUps());
        String document = JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(json);
        Files.writeString(options.results().resolve("results.json"), document + "\n");
        Files.writeString(options.results().resolve("results.md"), head(json) + "\n" + text);
        Bench.say("written to " + options.results().toAbsolutePath().normalize());
        return failed.isEmpty();
    }

    private static Scenario scenario(String name) {
        Supplier<Scenario> scenario = SCENARIOS.get(name);
        if (scenario == null) {
            throw new IllegalArgumentException("there is no " + name);
        }
        return scenario.get();
    }

    private static String head(Map<String, Object> json) {
        StringBuilder head = new StringBuilder();
        json.forEach((key, value) -> {
            if (value instanceof Map<?, ?> map) {
                if (!map.containsKey("rows")) {
                    map.forEach((name, text) -> head.append("- ")
                            .append(name)
                            .append(": ")
                            .append(text)
                            .append('\n'));
                }
            } else {
                head.append("- ").append(key).append(": ").append(value).append('\n');
            }
        });
        return head.toString();
    }

    private static String machine() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        return model + ", " + Runtime.getRuntime().availableProcessors() + " of its cores for this process, Linux "
                + System.getProperty("os.version");
    }
}
