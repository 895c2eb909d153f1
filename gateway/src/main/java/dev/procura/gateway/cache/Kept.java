package dev.procura.gateway.cache;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** An entry in this replica's memory, and from when on it is to be renewed. */
final class Kept {

    private final Entry entry;
    private final AtomicReference<Instant> renewFrom;

    Kept(Entry entry, Instant renewFrom) {
        this.entry = entry;
        this.renewFrom = new AtomicReference<>(renewFrom);
    }

    Entry entry() {
        return entry;
    }

    boolean isUsable(Instant now) {
        return now.isBefore(entry.usableUntil());
    }

    /** Only a look: whether {@link #beginRenewal} could succeed. */
    boolean isDue(Instant now) {
        return !now.isBefore(renewFrom.get());
    }

    /** True for one of those who find it due, until {@link #renewAgainFrom}. */
    boolean beginRenewal(Instant now) {
        Instant due = renewFrom.get();
        return !now.isBefore(due) && renewFrom.compareAndSet(due, Instant.MAX);
    }

    void renewAgainFrom(Instant time) {
        renewFrom.set(time);
    }

    /** The token, and about what the key, where it comes from and the bookkeeping take: measured, see docs/operations.md. */
    long bytes() {
        return 850L + entry.token().value().length() + 300L * entry.origins().size();
    }
}
