package dev.procura.gateway.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Threads for what waits. The JDK's common pool has one on a machine with two cores, and the JDK's HTTP client completes its
 * answers there: what waits in it for an answer waits for ever (JDK 25).
 */
public final class Background {

    private static final Executor THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "test-background");
        thread.setDaemon(true);
        return thread;
    });

    private Background() {}

    public static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, THREADS);
    }
}
