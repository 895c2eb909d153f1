package dev.procura.gateway.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * For a server that has to know its own address before it starts. No port is given twice, for some start long after it: in
 * this JVM by what is remembered, and JVMs of the same build that run at once draw from ports of their own.
 */
public final class FreePort {

    private static final int FIRST = 20_000;

    /** So few that 10,000 more, at which a node of a Redis cluster has its bus, is below the range of the system too. */
    private static final int PER_FORK = 2_500;

    /** From 1 on, as Surefire numbers its JVMs. */
    private static final int FORK = Integer.getInteger("procura.test.fork", 1);

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** Below the range from which the system takes ports for outgoing connections, so that none of those gets it first. */
    public static int find() {
        int first = FIRST + (FORK - 1) * PER_FORK;
        for (int attempt = 0; attempt < 50; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(first, first + PER_FORK);
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
        throw new IllegalStateException("no free port from " + first + " on, on loopback");
    }
}
