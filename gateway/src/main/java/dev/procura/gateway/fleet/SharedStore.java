package dev.procura.gateway.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A store that every replica reaches: names, and bytes that mean nothing to it. Each method touches one name only (a cluster
 * keeps names apart). Each ends within a small deadline, and signals {@link OutOfReach} when the store did not answer in
 * time, or is believed not to, and {@link Refused} when it says no to this one: what stands under the name is of another kind,
 * say. Then other names may do.
 */
public interface SharedStore {

    /** The store did not answer. An outcome, not a bug: no stack trace. */
    final class OutOfReach extends RuntimeException {

        public OutOfReach(String reason) {
            super(reason, null, false, false);
        }
    }

    /**
     * A part of a set.
     *
     * @param members an empty one stands for each that is too large to be brought
     * @param cut whether there may be more
     */
    record Members(List<byte[]> members, boolean cut) {}

    /** Empty: nothing has this name, or a value of no bytes. */
    Mono<byte[]> get(String name);

    Mono<Void> put(String name, byte[] value, Duration life);

    /** Takes a name that nobody holds; it is free again after its life, whatever becomes of the holder. */
    Mono<Boolean> lease(String name, byte[] holder, Duration life);

    /** Frees the name, if it is still this holder's. */
    Mono<Void> release(String name, byte[] holder);

    /** Adds a member to a set whose members end by themselves; the same member again only lives longer. */
    Mono<Void> enlist(String set, byte[] member, Instant until);

    /** The members that have not ended, at most {@code limit} and a bounded number of bytes, those that last longest first. */
    Mono<Members> enlisted(String set, Instant now, int limit);

    /** A number that only grows; 0 when there is none. */
    Mono<Long> number(String name);

    /** One more than the larger of what it is and {@code atLeast}. */
    Mono<Long> increase(String name, long atLeast);

    Mono<Void> tell(String topic, byte[] message);

    /** What is told from now on; ends with an error when the connection is lost. */
    Flux<byte[]> hear(String topic);
}
