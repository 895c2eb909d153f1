package dev.procura.benchmarks;

import java.io.IOException;

/**
 * A proxy under measurement, running.
 *
 * @param name as the tables have it
 * @param url of its front door, without a path
 * @param onJvm whether it has to be warmed up
 */
record Peer(String name, Process process, String url, boolean onJvm) {

    Usage usage() throws IOException {
        return Usage.of(process.pid());
    }
}
