package dev.procura.gateway.inbound;

import java.util.Locale;
import reactor.core.publisher.Mono;

/** Tells the other replicas of a revocation that counts here already. */
public interface RevocationSpread {

    /** There are no others. */
    RevocationSpread ALONE = revocation -> Mono.just(Told.ALONE);

    /** Who knows of a revocation. */
    enum Told {
        /** This gateway has no other replicas. */
        ALONE,
        /** All of them can know. */
        FLEET,
        /** The others could not be told. */
        THIS_REPLICA;

        /** For programs: {@code this-replica}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Ends within a deadline of its own. */
    Mono<Told> tell(Revocation revocation);
}
