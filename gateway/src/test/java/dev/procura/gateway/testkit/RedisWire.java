package dev.procura.gateway.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Redis' protocol (RESP2) in few lines: what the tests ask Redis must not depend on the client that is tested. */
final class RedisWire implements AutoCloseable {

    /** Redis said no. */
    static final class Refused extends RuntimeException {
        private Refused(String reason) {
            super(reason);
        }
    }

    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final DataInputStream in;

    private RedisWire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    static RedisWire open(int port) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new RedisWire(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Object ask(String... command) {
        return ask(Stream.of(command)
                .map(part -> part.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new));
    }

    Object ask(byte[]... command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        line(out, "*" + command.length);
        for (byte[] part : command) {
            line(out, "$" + part.length);
            out.writeBytes(part);
            line(out, "");
        }
        try {
            socket.getOutputStream().write(out.toByteArray());
            socket.getOutputStream().flush();
            return answer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void line(ByteArrayOutputStream out, String text) {
        out.writeBytes((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private Object answer() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest.getBytes(StandardCharsets.ISO_8859_1);
            case ':' -> Long.valueOf(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> list(Integer.parseInt(rest));
            case '-' -> throw new Refused(rest);
            default -> throw new IOException("not the protocol of Redis: " + line);
        };
    }

    private Object bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        line();
        return bytes;
    }

    private Object list(int length) throws IOException {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            list.add(answer());
        }
        return list;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next != '\r') {
            if (next < 0) {
                throw new IOException("the connection was closed");
            }
            line.append((char) next);
            next = in.read();
        }
        in.read();
        return line.toString();
    }

    static String text(Object answer) {
        return answer instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.ISO_8859_1)
                : answer instanceof List<?> list
                        ? list.stream().map(RedisWire::text).collect(Collectors.joining("\n"))
                        : String.valueOf(answer);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
