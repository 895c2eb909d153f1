package dev.procura.gateway.inbound;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Makes a revocation count: here at once, and then elsewhere. Who may do so is decided before; see
 * {@link LogoutTokens} and the management endpoint.
 */
public final class Revoker {

    private static final Logger log = LoggerFactory.getLogger(Revoker.class);

    private final Revocations revocations;
    private final RevocationSpread spread;
    private final Duration life;
    private final Clock clock;

    /** @param life how long a record is kept */
    public Revoker(Revocations revocations, RevocationSpread spread, Duration life, Clock clock) {
        this.revocations = revocations;
        this.spread = spread;
        this.life = life;
        this.clock = clock;
    }

    /**
     * What came of it.
     *
     * @param counts the record that counts now: another one may have gone further
     */
    public record Done(Revocation counts, RevocationSpread.Told told) {}

    /** The others are told even if the one who asks goes away meanwhile. */
    public Mono<Done> revoke(Revocation.What what, Instant notBefore) {
        return Mono.defer(() -> {
            Revocation asked = new Revocation(what, notBefore, clock.instant().plus(life));
            revocations.add(asked);
            Revocation counts = revocations.counting(what).orElse(asked);
            return Mono.fromFuture(tell(counts).toFuture(), true).map(told -> new Done(counts, told));
        });
    }

    private Mono<RevocationSpread.Told> tell(Revocation revocation) {
        return Mono.defer(() -> spread.tell(revocation))
                .defaultIfEmpty(RevocationSpread.Told.THIS_REPLICA)
                .onErrorResume(failure -> {
                    log.warn("the other replicas could not be told of a revocation: {}", failure.toString());
                    return Mono.just(RevocationSpread.Told.THIS_REPLICA);
                });
    }
}
