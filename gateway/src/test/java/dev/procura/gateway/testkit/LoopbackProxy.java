package dev.procura.gateway.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A line to a server on this machine that can go silent, or be cut, as a network does. */
public final class LoopbackProxy implements AutoCloseable {

    private final int target;
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "loopback-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final Object gate = new Object();
    private boolean silent;
    private volatile int generation;
    private final AtomicInteger accepted = new AtomicInteger();

    private LoopbackProxy(int target, ServerSocket server) {
        this.target = target;
        this.server = server;
    }

    public static LoopbackProxy to(int port) {
        return to(port, 64 * 1024);
    }

    /** @param receiving how many bytes callers may send it, about, before it reads them */
    public static LoopbackProxy to(int port, int receiving) {
        try {
            ServerSocket server = new ServerSocket();
            server.setReceiveBufferSize(receiving);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            LoopbackProxy proxy = new LoopbackProxy(port, server);
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /** How many connections callers have opened. */
    public int accepted() {
        return accepted.get();
    }

    /** Nothing passes from now on, and nobody is told: connections that stand, and new ones. */
    public void goSilent() {
        synchronized (gate) {
            silent = true;
        }
    }

    /** Everything passes again; what connections sent meanwhile arrives late. */
    public void speak() {
        synchronized (gate) {
            silent = false;
            gate.notifyAll();
        }
    }

    /** As after a firewall has forgotten them: whoever holds a connection of before hears nothing on it for ever. */
    public synchronized void forgetConnections() {
        sockets.clear();
        generation = generation + 1;
        speak();
    }

    /** Ends every connection; new ones may come. */
    public void cut() {
        sockets.forEach(LoopbackProxy::close);
        sockets.clear();
    }

    private void accept() {
        try {
            while (true) {
                Socket caller = server.accept();
                accepted.incrementAndGet();
                int born = generation;
                Socket callee = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(caller);
                sockets.add(callee);
                threads.execute(() -> pass(caller, callee, born));
                threads.execute(() -> pass(callee, caller, born));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void pass(Socket from, Socket to, int born) {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length = in.read(buffer);
            while (length >= 0) {
                awaitSpeech();
                if (born == generation) {
                    out.write(buffer, 0, length);
                    out.flush();
                }
                length = in.read(buffer);
            }
        } catch (IOException e) {
            // cut
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (born == generation) {
                close(from);
                close(to);
            }
        }
    }

    private void awaitSpeech() throws InterruptedException {
        synchronized (gate) {
            while (silent) {
                gate.wait();
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
        threads.shutdownNow();
    }
}
