package dev.procura.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts the proxies, each with the configuration that somebody who uses it would write. */
final class Peers {

    static final String NGINX = "nginx, plain proxy";
    static final String HAPROXY = "HAProxy, verifies RS256, iss, aud, exp";
    static final String BARE = "Reactor Netty, bare proxy";
    static final String HAND_WIRED = "Spring, wired by hand";
    static final String PROCURA = "Procura";
    static final String PROCURA_ZGC = "Procura, with ZGC";
    static final String ROOMY = "Procura, heap of 2 GiB";
    static final String ROOMY_ZGC = "Procura, heap of 2 GiB, with ZGC";

    /** The path that every caller asks for. */
    static final String TARGET = "/orders/42";

    /**
     * Of the JVMs, where nothing else is said: room for the tens of thousands of newcomers that the gateways are shown. On one
     * core, a JVM chooses the serial collector.
     */
    static final List<String> MEMORY = List.of("-Xmx1g");

    private static final List<String> MORE_MEMORY = List.of("-Xms2g", "-Xmx2g");

    private static final Duration START = Duration.ofSeconds(60);

    private final Children children;
    private final Path jars;
    private final Path java;
    private final AuthorizationServer server;
    private final Callers callers;
    private final Tier tier;
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * The API behind the proxies: nginx, with fixed answers.
     *
     * @param url of its HTTP/1.1, without a path
     * @param http2Url of its HTTP/2, by prior knowledge
     */
    record Tier(String url, String http2Url) {

        String in(String template) {
            return template.replace("@tier@", url)
                    .replace("@tier-address@", url.substring(SCHEME.length()))
                    .replace("@http2-tier@", http2Url)
                    .replace("@http2-tier-address@", http2Url.substring(SCHEME.length()));
        }
    }

    private static final String SCHEME = "http://";

    /** @param jars the folder of the checkout, in which everything has been built */
    Peers(Children children, Path jars, Path java, AuthorizationServer server, Callers callers) throws Exception {
        this.children = children;
        this.jars = jars;
        this.java = java;
        this.server = server;
        this.callers = callers;
        this.tier = startTier();
    }

    Tier tier() {
        return tier;
    }

    private Tier startTier() throws Exception {
        int port = freePort();
        int http2Port = freePort();
        Files.write(children.folder().resolve("large"), new byte[1 << 20]);
        // The answer has 200 bytes.
        String answer = "{\"order\":42,\"status\":\"shipped\",\"note\":\"" + "x".repeat(200 - 41) + "\"}";
        children.write(
                "tier.conf",
                template("tier.conf")
                        .replace("@folder@", children.folder().toString())
                        .replace("@port@", Integer.toString(port))
                        .replace("@http2-port@", Integer.toString(http2Port))
                        .replace("@answer@", answer));
        Process process = children.start("tier", Children.REST, nginx("tier.conf"));
        String url = "http://127.0.0.1:" + port;
        await("tier", process, url + TARGET, "");
        return new Tier(url, SCHEME + "127.0.0.1:" + http2Port);
    }

    private List<String> nginx(String configuration) {
        return List.of(
                "nginx",
                "-e",
                "stderr",
                "-p",
                children.folder().toString(),
                "-c",
                children.folder().resolve(configuration).toString());
    }

    Peer nginx() throws Exception {
        int port = freePort();
        children.write(
                "nginx.conf",
                tier.in(template("nginx.conf"))
                        .replace("@folder@", children.folder().toString())
                        .replace("@port@", Integer.toString(port)));
        return ready(NGINX, "nginx", children.start("nginx", Children.PROXY, nginx("nginx.conf")), port, false);
    }

    Peer haProxy() throws Exception {
        int port = freePort();
        children.write("callers.pem", callers.publicPem());
        children.write(
                "haproxy.cfg",
                tier.in(template("haproxy.cfg"))
                        .replace("@folder@", children.folder().toString())
                        .replace("@port@", Integer.toString(port))
                        .replace("@issuer@", server.issuer())
                        .replace("@credential@", callers.newcomers(1).get(0)));
        return ready(
                HAPROXY,
                "haproxy",
                children.start(
                        "haproxy",
                        Children.PROXY,
                        List.of(
                                "haproxy",
                                "-db",
                                "-f",
                                children.folder().resolve("haproxy.cfg").toString())),
                port,
                false);
    }

    Peer bare() throws Exception {
        int port = freePort();
        List<String> command = jvm(
                MEMORY,
                List.of(
                        "-cp",
                        jars.resolve("benchmarks/target/benchmarks.jar").toString(),
                        BareProxy.class.getName(),
                        Integer.toString(port),
                        tier.url(),
                        tier.http2Url()));
        return ready(BARE, "bare", children.start("bare", Children.PROXY, command), port, true);
    }

    Peer handWired() throws Exception {
        int port = freePort();
        List<String> command = jvm(
                MEMORY,
                List.of(
                        "-jar",
                        jars.resolve("benchmarks/hand-wired/target/hand-wired.jar")
                                .toString(),
                        "--server.port=" + port,
                        "--server.address=127.0.0.1",
                        "--benchmark.issuer=" + server.issuer(),
                        "--benchmark.tier=" + tier.url()));
        return ready(HAND_WIRED, "hand-wired", children.start("hand-wired", Children.PROXY, command), port, true);
    }

    Peer procura() throws Exception {
        return procura(PROCURA, "procura", MEMORY, List.of());
    }

    Peer procuraWithZgc() throws Exception {
        return procura(PROCURA_ZGC, "procura-zgc", MEMORY, List.of("-XX:+UseZGC"));
    }

    Peer roomy() throws Exception {
        return procura(ROOMY, "roomy", MORE_MEMORY, List.of());
    }

    Peer roomyWithZgc() throws Exception {
        return procura(ROOMY_ZGC, "roomy-zgc", MORE_MEMORY, List.of("-XX:+UseZGC"));
    }

    private Peer procura(String title, String name, List<String> memory, List<String> options) throws Exception {
        int port = freePort();
        List<String> command =
                new ArrayList<>(jvm(memory, List.of("-jar", gatewayJar().toString())));
        command.addAll(1, options);
        command.add(configuration(name, port));
        return ready(title, name, children.start(name, Children.PROXY, command), port, true);
    }

    /** @param command that starts it, without what names the configuration; the heap is bounded here, as for a small replica */
    Peer procura(List<String> command) throws Exception {
        int port = freePort();
        List<String> whole = new ArrayList<>(command);
        whole.add(1, "-Xmx256m");
        whole.add(configuration("start", port));
        return ready(PROCURA, "start", children.start("start", Children.PROXY, whole), port, true);
    }

    Path gatewayJar() {
        return jars.resolve("gateway/target/gateway.jar");
    }

    /** @return the argument that names it */
    String configuration(String name, int port) throws IOException {
        Path file = children.write(
                name + ".yaml",
                tier.in(template("procura.yaml"))
                        .replace("@port@", Integer.toString(port))
                        .replace("@issuer@", server.issuer()));
        return "--spring.config.location=file:" + file;
    }

    private List<String> jvm(List<String> memory, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(memory);
        command.addAll(arguments);
        return command;
    }

    private Peer ready(String title, String name, Process process, int port, boolean onJvm) throws Exception {
        String url = "http://127.0.0.1:" + port;
        await(name, process, url + TARGET, callers.newcomers(1).get(0));
        return new Peer(title, process, url, onJvm);
    }

    /** Until it answers a caller as it should. */
    private void await(String name, Process process, String url, String token) throws Exception {
        long end = System.nanoTime() + START.toNanos();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + token)
                .build();
        String last = "";
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200 && answer.body().contains("shipped")) {
                    return;
                }
                last = answer.statusCode() + " " + answer.body();
            } catch (IOException e) {
                last = e.toString();
            }
            Thread.sleep(50);
        }
        throw new IOException(name + " does not serve: " + last + "\n" + children.log(name));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static String template(String name) throws IOException {
        try (InputStream in = Peers.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the jar has no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What the measured programs say of their versions. */
    Map<String, String> versions() throws Exception {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("java", first(List.of(java.toString(), "-version"), "version"));
        versions.put("nginx", first(List.of("nginx", "-v"), "nginx"));
        versions.put("haproxy", first(List.of("haproxy", "-v"), "version"));
        versions.put("wrk", first(List.of("sh", "-c", "wrk -v; true"), "wrk"));
        versions.put("h2load", first(List.of("h2load", "--version"), "nghttp2"));
        return versions;
    }

    private String first(List<String> command, String word) throws Exception {
        return children.run(command, Map.of(), 20)
                .lines()
                .filter(line -> line.contains(word))
                .findFirst()
                .map(String::strip)
                .orElse("unknown");
    }
}
