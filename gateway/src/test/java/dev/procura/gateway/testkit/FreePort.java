package dev.procura.gateway.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** For a server that has to know its own address before it starts. No port is given twice: some start long after it. */
public final class FreePort {

    private static final int FIRST = 20_000;

    /** So few that 10,000 more, at which a node of a Redis cluster has its bus, is below the range of the system too. */
    private static final int COUNT = 2_500;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** Below the range from which the system takes ports for outgoing connections, so that none of those gets it first. */
    public static int find() {
        for (int attempt = 0; attempt < 50; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, FIRST + COUNT);
            if (!GIVEN.add(port)) {
                continue;
            }
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException e) {
                // taken; the next one
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " on, on loopback");
    }
}
