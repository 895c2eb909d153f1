package dev.procura.gateway.inbound;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on this machine that answers as it is told, path by path, and remembers what it was asked. */
final class LoopbackServer implements AutoCloseable {

    private record Answer(int status, Map<String, String> headers, String body) {}

    /** A request that came in. */
    record Asked(String method, String path, Map<String, List<String>> headers, String body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    private LoopbackServer(HttpServer server) {
        this.server = server;
    }

    static LoopbackServer start() {
        try {
            LoopbackServer started = new LoopbackServer(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            started.server.setExecutor(started.threads);
            started.server.createContext("/", started::handle);
            started.server.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    URI uri(String path) {
        return URI.create(origin() + path);
    }

    /** Answers 404 everywhere else. */
    void answer(String path, int status, String body) {
        answers.put(path, new Answer(status, Map.of(), body));
    }

    void answer(String path, int status, Map<String, String> headers) {
        answers.put(path, new Answer(status, headers, ""));
    }

    /** Takes the request and says nothing until it is released, or the server is closed. */
    void hold(String path) {
        held.put(path, new CountDownLatch(1));
    }

    void release(String path) {
        CountDownLatch latch = held.remove(path);
        if (latch != null) {
            latch.countDown();
        }
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    List<String> askedPaths() {
        return asked.stream().map(Asked::path).toList();
    }

    private void handle(HttpExchange request) throws IOException {
        String path = request.getRequestURI().getRawPath();
        String body = new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(new Asked(
                request.getRequestMethod(), path, Collections.unmodifiableMap(request.getRequestHeaders()), body));
        awaitRelease(path);
        Answer answer = answers.getOrDefault(path, new Answer(404, Map.of(), ""));
        answer.headers().forEach((name, value) -> request.getResponseHeaders().set(name, value));
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        try (request) {
            request.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            request.getResponseBody().write(bytes);
        }
    }

    private void awaitRelease(String path) {
        CountDownLatch latch = held.get(path);
        if (latch != null) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        held.values().forEach(CountDownLatch::countDown);
        server.stop(0);
        threads.shutdownNow();
    }
}
