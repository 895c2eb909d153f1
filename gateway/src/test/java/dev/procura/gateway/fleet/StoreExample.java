package dev.procura.gateway.fleet;

import dev.procura.gateway.fixture.InMemoryStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A store in this process, with a line of its own to each replica. It can be emptied, put back to what it was, and lied
 * with; a line can be cut, and lose messages or commands.
 */
final class StoreExample {

    private final Clock clock;
    private final List<Consumer<InMemoryStore>> written = new ArrayList<>();
    private final Map<String, Long> lies = new HashMap<>();
    private final Sinks.Many<Boolean> restarts = Sinks.many().multicast().directBestEffort();
    private InMemoryStore store;

    StoreExample(Clock clock) {
        this.clock = clock;
        this.store = new InMemoryStore(clock);
    }

    Line line() {
        return new Line();
    }

    InMemoryStore now() {
        return store;
    }

    /** A place in its history. */
    int dump() {
        return written.size();
    }

    /** As if nothing after that had been. */
    void restore(int dump) {
        store = new InMemoryStore(clock);
        written.subList(dump, written.size()).clear();
        written.forEach(write -> write.accept(store));
        restarts.tryEmitNext(true);
    }

    void restartEmpty() {
        restore(0);
    }

    /** From now on the number is said to be this. */
    void lieAbout(String name, long number) {
        lies.put(name, number);
    }

    /** A write of somebody who has the store's password, and none of the server keys. */
    void plant(String set, byte[] member, Instant until) {
        write(target -> target.enlist(set, member, until).toFuture());
    }

    private <T> Supplier<T> remembering(Consumer<InMemoryStore> write, Supplier<T> now) {
        return () -> {
            written.add(write);
            return now.get();
        };
    }

    private void write(Consumer<InMemoryStore> write) {
        written.add(write);
        write.accept(store);
    }

    /** One replica's connection. */
    final class Line implements SharedStore {

        boolean isCut;
        boolean isDeaf;
        boolean unwritable;

        /** What the store says no to: of another kind, say. */
        final Set<String> refusedNames = new HashSet<>();

        @Nullable
        String refused;

        @Nullable
        RuntimeException oddity;

        int asked;

        private <T> Mono<T> command(String name, Function<InMemoryStore, Mono<T>> ask) {
            return Mono.defer(() -> {
                asked++;
                if (isCut || name.equals(refused)) {
                    return Mono.error(new OutOfReach("cut"));
                }
                if (oddity != null) {
                    throw oddity;
                }
                return ask.apply(store);
            });
        }

        private <T> Mono<T> unlessRefused(String name, Mono<T> answer) {
            return refusedNames.contains(name) ? Mono.error(new Refused("WRONGTYPE")) : answer;
        }

        @Override
        public Mono<byte[]> get(String name) {
            return command("get", target -> target.get(name));
        }

        @Override
        public Mono<Void> put(String name, byte[] value, Duration life) {
            return command("put", target -> target.put(name, value, life));
        }

        @Override
        public Mono<Boolean> lease(String name, byte[] holder, Duration life) {
            return command("lease", target -> target.lease(name, holder, life));
        }

        @Override
        public Mono<Void> release(String name, byte[] holder) {
            return command("release", target -> target.release(name, holder));
        }

        @Override
        public Mono<Void> enlist(String set, byte[] member, Instant until) {
            return command(
                    "enlist",
                    target -> remembering(
                                    again -> again.enlist(set, member, until).toFuture(),
                                    () -> unwritable
                                            ? Mono.<Void>error(new Refused("OOM"))
                                            : unlessRefused(set, target.enlist(set, member, until)))
                            .get());
        }

        @Override
        public Mono<Members> enlisted(String set, Instant now, int limit) {
            return command("enlisted", target -> unlessRefused(set, target.enlisted(set, now, limit)));
        }

        @Override
        public Mono<Long> number(String name) {
            return command(
                    "number",
                    target -> unlessRefused(
                            name, lies.containsKey(name) ? Mono.just(lies.get(name)) : target.number(name)));
        }

        @Override
        public Mono<Long> increase(String name, long atLeast) {
            return command(
                    "increase",
                    target -> lies.containsKey(name)
                            ? Mono.error(new IllegalStateException("would overflow"))
                            : remembering(
                                            again -> again.increase(name, atLeast)
                                                    .toFuture(),
                                            () -> target.increase(name, atLeast))
                                    .get());
        }

        @Override
        public Mono<Void> tell(String topic, byte[] message) {
            return command("tell", target -> target.tell(topic, message));
        }

        @Override
        public Flux<byte[]> hear(String topic) {
            return command("hear", target -> Mono.just(target.hear(topic)))
                    .flatMapMany(heard -> heard.filter(message -> !isCut && !isDeaf)
                            .takeUntilOther(restarts.asFlux()
                                    .next()
                                    .then(Mono.error(new OutOfReach("the connection was lost")))));
        }
    }
}
