package dev.procura.gateway.fleet;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A set in the store of which every member is a sealed record. It has a name for each server key: the first is written to,
 * all are read.
 *
 * <p>Guaranteed: what is read was written by a replica with one of the server keys, into this register and no other. Not
 * checked: when, and whether all that was written is still there.
 */
final class Register {

    /**
     * A part of what the register holds, that which lasts longest.
     *
     * @param records opened, in the order of their ends under each name
     * @param refused how many did not open
     * @param cut whether there may be more
     */
    record Part(List<Opened> records, int refused, boolean cut) {}

    /** The plain bytes of a record. */
    static final class Opened {

        private final byte[] plain;
        private final boolean current;

        private Opened(byte[] plain, boolean current) {
            this.plain = plain;
            this.current = current;
        }

        byte[] plain() {
            return plain;
        }

        /** Whether it stands where this replica would have written it. */
        boolean isCurrent() {
            return current;
        }
    }

    /** As if there was one record, of somebody else's. */
    private static final SharedStore.Members UNREADABLE = new SharedStore.Members(List.of(new byte[0]), false);

    private final SharedStore store;
    private final Seals seals;
    private final Purpose purpose;
    private final byte[] context;
    private final List<String> names;
    private final Scheduler scheduler;

    /**
     * @param label tells it apart from others of the same purpose
     * @param scheduler where records are opened: those who bring them have other things to do
     */
    Register(SharedStore store, Seals seals, Purpose purpose, String label, Scheduler scheduler) {
        this.store = store;
        this.seals = seals;
        this.purpose = purpose;
        this.context = label.getBytes(StandardCharsets.UTF_8);
        this.names = seals.names(purpose, context);
        this.scheduler = scheduler;
    }

    Mono<Void> write(byte[] plain, Instant until) {
        return Mono.defer(() -> store.enlist(names.get(0), seals.sealRecord(purpose, context, plain), until));
    }

    /**
     * A name that the store refuses to read has nothing that counts, and is one of the refused.
     *
     * @param limit for each name
     * @return {@link Refused} when it refuses all of them
     */
    Mono<Part> read(Instant now, int limit) {
        return Mono.defer(() -> read(now, limit, new AtomicInteger()));
    }

    private Mono<Part> read(Instant now, int limit, AtomicInteger unread) {
        return Flux.fromIterable(names)
                .concatMap(name -> Mono.defer(() -> store.enlisted(name, now, limit))
                        .doOnError(Refused.class, no -> unread.incrementAndGet())
                        .onErrorReturn(Refused.class, UNREADABLE)
                        .publishOn(scheduler)
                        .map(found -> open(found, name.equals(names.get(0)))))
                .collectList()
                .flatMap(parts -> unread.get() < names.size()
                        ? Mono.just(together(parts))
                        : Mono.error(new Refused("no part can be read")));
    }

    private Part open(SharedStore.Members found, boolean current) {
        List<Opened> records = new ArrayList<>(found.members().size());
        int refused = 0;
        for (byte[] member : found.members()) {
            Optional<byte[]> plain = seals.openRecord(purpose, context, member);
            plain.ifPresent(bytes -> records.add(new Opened(bytes, current)));
            refused += plain.isPresent() ? 0 : 1;
        }
        return new Part(records, refused, found.cut());
    }

    private static Part together(List<Part> parts) {
        List<Opened> records = new ArrayList<>();
        int refused = 0;
        boolean cut = false;
        for (Part part : parts) {
            records.addAll(part.records());
            refused += part.refused();
            cut |= part.cut();
        }
        return new Part(records, refused, cut);
    }
}
