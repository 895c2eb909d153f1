package dev.procura.gateway.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** For a server that has to know its own address before it starts. */
public final class FreePort {

    private FreePort() {}

    /** Below the range from which the system takes ports for outgoing connections, so that none of those gets it first. */
    public static int find() {
        for (int attempt = 0; attempt < 50; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException e) {
                // taken; the next one
            }
        }
        throw new IllegalStateException("no free port between 20000 and 32000 on loopback");
    }
}
