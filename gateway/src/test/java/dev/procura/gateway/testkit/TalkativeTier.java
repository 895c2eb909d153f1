package dev.procura.gateway.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An API that answers with the target that it was asked for, and may say more than that on the same connection: what it does
 * is a segment of the path, such as {@code /orders/twice/42}. Its words are written as they are here, byte by byte.
 *
 * <ul>
 *   <li>{@code twice}: a whole second answer, in the same write
 *   <li>{@code half}: the first half of the head of one, in the same write
 *   <li>{@code lines}: the first lines of such a head, whole
 *   <li>{@code long}: a body that is longer than it announces
 *   <li>{@code later}: the head of a second answer, when the first one has been read
 *   <li>{@code later-half}: half of such a head
 *   <li>{@code bits}: one answer in many small writes, which is as it should be
 *   <li>{@code bits-chunked}: the same in chunks
 *   <li>{@code bits-half}: in many small writes, and half a head behind them
 * </ul>
 */
public final class TalkativeTier implements AutoCloseable {

    private static final String EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nSet-Cookie: s=evil\r\n\r\nevil";
    private static final String LINES = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nSet-Cookie: s=evil\r\n";
    private static final String HALF = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nSet-Cookie: s=evil\r\nX: ";

    private final ServerSocket server;
    private final AtomicInteger connections = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "talkative-tier");
        thread.setDaemon(true);
        return thread;
    });

    private TalkativeTier(ServerSocket server) {
        this.server = server;
    }

    public static TalkativeTier start() {
        try {
            ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            TalkativeTier tier = new TalkativeTier(server);
            tier.threads.execute(tier::accept);
            return tier;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String uri() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** How many have been opened. */
    public int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket caller = server.accept();
                caller.setTcpNoDelay(true);
                connections.incrementAndGet();
                threads.execute(() -> serve(caller));
            }
        } catch (IOException closed) {
            // the end
        }
    }

    private static void serve(Socket caller) {
        try (caller) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = caller.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                while (line != null && !line.isEmpty()) {
                    line = in.readLine();
                }
                answer(out, words[1], words[0].equals("HEAD"));
            }
        } catch (IOException gone) {
            // the gateway has ended it
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(OutputStream out, String target, boolean head) throws IOException, InterruptedException {
        String body = head ? "" : target;
        String whole = "HTTP/1.1 200 OK\r\nContent-Length: " + target.length() + "\r\n\r\n" + body;
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(target) + "0\r\n\r\n";
        switch (target.split("/", -1)[2]) {
            case "twice" -> write(out, whole + EVIL);
            case "half" -> write(out, whole + HALF);
            case "lines" -> write(out, whole + LINES);
            case "long" -> write(out, whole + " and more than that");
            case "later" -> later(out, whole, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            case "later-half" -> later(out, whole, HALF);
            case "bits" -> bits(out, whole);
            case "bits-chunked" -> bits(out, chunked);
            case "bits-half" -> bits(out, chunked + HALF);
            default -> write(out, whole);
        }
    }

    private static String chunks(String text) {
        StringBuilder all = new StringBuilder();
        for (char each : text.toCharArray()) {
            all.append("1\r\n").append(each).append("\r\n");
        }
        return all.toString();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static void later(OutputStream out, String first, String second) throws IOException, InterruptedException {
        write(out, first);
        TimeUnit.MILLISECONDS.sleep(50);
        write(out, second);
    }

    private static void bits(OutputStream out, String text) throws IOException, InterruptedException {
        for (int i = 0; i < text.length(); i += 7) {
            write(out, text.substring(i, Math.min(text.length(), i + 7)));
            TimeUnit.MICROSECONDS.sleep(200);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
