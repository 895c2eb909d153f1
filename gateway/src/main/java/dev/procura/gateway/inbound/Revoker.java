package dev.procura.gateway.inbound;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
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

    /** As {@link #revoke(List, Instant, Consumer)}, of one. */
    public Mono<Done> revoke(Revocation.What what, Instant notBefore, Consumer<Done> told) {
        return revoke(List.of(what), notBefore, told).map(done -> done.get(0));
    }

    /**
     * All of them count here when this returns, before anybody can subscribe to the outcome or cancel it. The others are
     * told of all at the same time, even if the one who asks goes away meanwhile.
     *
     * @param told hears what came of each, whoever waits for it
     */
    public Mono<List<Done>> revoke(List<Revocation.What> all, Instant notBefore, Consumer<Done> told) {
        Instant now = clock.instant();
        // A token of a clock that is ahead lives on as much longer.
        Instant until = (notBefore.isAfter(now) ? notBefore : now).plus(life);
        List<Revocation> asked =
                all.stream().map(what -> new Revocation(what, notBefore, until)).toList();
        asked.forEach(revocations::add);
        List<CompletableFuture<Done>> telling = asked.stream()
                .map(revocation -> revocations.counting(revocation.what()).orElse(revocation))
                .map(counts -> tell(counts)
                        .map(who -> new Done(counts, who))
                        .doOnNext(told)
                        .toFuture())
                .toList();
        return Flux.fromIterable(telling)
                .concatMap(done -> Mono.fromFuture(done, true))
                .collectList();
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
