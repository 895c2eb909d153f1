package dev.procura.gateway.fleet;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Hears that something is new, under all the names that the topic has, and goes on hearing after a loss. What is said is
 * not looked at: anybody who can reach the store can say it.
 */
final class Hearing {

    /** After a loss. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private final SharedStore store;
    private final List<String> topics;
    private final Scheduler scheduler;
    private final Runnable heard;
    private final Runnable lost;

    private @Nullable CompletableFuture<@Nullable Void> running;

    /**
     * @param heard is run for each message
     * @param lost is run when messages may have been missed
     */
    Hearing(SharedStore store, List<String> topics, Scheduler scheduler, Runnable heard, Runnable lost) {
        this.store = store;
        this.topics = List.copyOf(topics);
        this.scheduler = scheduler;
        this.heard = heard;
        this.lost = lost;
    }

    synchronized void start() {
        if (running == null) {
            running = Flux.fromIterable(topics)
                    .flatMap(this::listen, Math.max(1, topics.size()))
                    .then()
                    .toFuture();
        }
    }

    synchronized void stop() {
        if (running != null) {
            running.cancel(true);
            running = null;
        }
    }

    private Mono<Void> listen(String topic) {
        return Flux.defer(() -> store.hear(topic))
                .doOnNext(message -> heard.run())
                .then()
                .onErrorComplete()
                .then(Mono.fromRunnable(lost))
                .then(Mono.delay(PAUSE, scheduler))
                .repeat()
                .then();
    }
}
