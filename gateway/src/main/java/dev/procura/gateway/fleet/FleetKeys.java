package dev.procura.gateway.fleet;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.procura.gateway.problem.Alarm;
import dev.procura.gateway.problem.AlarmPace;
import dev.procura.gateway.problem.Alarms;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The public keys of all replicas that sign user contexts with keys of their own making, so that a tier may ask any of them.
 * Each replica enlists its own ones as sealed records that end soon, and again and again while it lives.
 *
 * <p>Guaranteed: what is published is either this replica's, or was sealed by one with a server key: whoever can write to the
 * store alone gets no key published. Private parts are not even read. Own keys come first, and the others are bounded in
 * number. Without the store, those that are known stay until their end. Not checked: that a replica whose key has not ended
 * yet is still there.
 */
public final class FleetKeys implements SmartLifecycle {

    /** How long a key stays after its replica was last heard of. A statement lives for a minute. */
    public static final Duration LIFE = Duration.ofMinutes(10);

    static final Duration ENLIST_AGAIN = Duration.ofMinutes(1);

    /** How often each replica looks for others' keys. */
    public static final Duration TICK = Duration.ofSeconds(5);

    /** Own ones included. */
    public static final int MAX_KEYS = 64;

    /** Each replica's key is there once for each time it was enlisted in the last ten minutes. */
    private static final int MAX_READ = 1_024;

    private static final byte[] NEWS = {1};

    private static final Logger log = LoggerFactory.getLogger(FleetKeys.class);

    private final SharedStore store;
    private final Register register;
    private final JWKSet own;
    private final Alarms alarms;
    private final AlarmPace pace;
    private final Scheduler scheduler;
    private final Clock clock;
    private final String topic;
    private final Rounds rounds;
    private final Hearing hearing;
    private final CompletableFuture<Boolean> firstRound = new CompletableFuture<>();

    // Of rounds, which do not overlap.
    private volatile Instant nextEnlisting = Instant.MIN;
    private volatile Map<String, PublicKeyCodec.Ending> others = Map.of();
    private volatile String document;

    /** @param scheduler for the ticks, and for opening what was read */
    public record Surroundings(Alarms alarms, Scheduler scheduler, Clock clock) {}

    /** @param own what this replica signs with */
    public FleetKeys(SharedStore store, Seals seals, JWKSet own, Surroundings surroundings) {
        this.store = store;
        this.own = own.toPublicJWKSet();
        this.alarms = surroundings.alarms();
        this.scheduler = surroundings.scheduler();
        this.clock = surroundings.clock();
        this.pace = new AlarmPace(clock);
        this.register = new Register(store, seals, Purpose.PUBLIC_KEY, "user contexts", scheduler);
        List<String> topics = seals.names(Purpose.NEWS, "public keys".getBytes(StandardCharsets.UTF_8));
        this.topic = topics.get(0);
        this.rounds = new Rounds(TICK, scheduler, this::round);
        this.hearing = new Hearing(store, topics, scheduler, rounds::ask, () -> {});
        this.document = this.own.toString();
    }

    @Override
    public void start() {
        rounds.start();
        hearing.start();
    }

    @Override
    public void stop() {
        hearing.stop();
        rounds.stop();
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }

    /** After the last request, and before the connection to the store ends. */
    @Override
    public int getPhase() {
        return 1;
    }

    /** Ends when the other replicas can know the own keys, or after so long; never with an error. */
    public Mono<Void> started(Duration patience) {
        return Mono.fromFuture(firstRound, true)
                .timeout(patience, scheduler)
                .onErrorResume(late -> {
                    log.warn(
                            "the other replicas cannot publish this one's key for user contexts yet: the shared store has"
                                    + " not answered in time");
                    return Mono.empty();
                })
                .then();
    }

    /** The JSON Web Key Set: the own keys, and those of the others as far as they are known. */
    public String document() {
        return document;
    }

    /** How many keys of other replicas are published. */
    public int othersKnown() {
        return others.size();
    }

    private Mono<Void> round() {
        return enlist().onErrorResume(Refused.class, this::notEnlisted)
                .then(Mono.defer(() -> register.read(clock.instant(), MAX_READ)))
                .doOnNext(this::publish)
                .doOnNext(read -> firstRound.complete(true))
                .onErrorResume(failure -> {
                    if (!(failure instanceof SharedStore.OutOfReach || failure instanceof Refused)) {
                        log.error("public keys could not be compared with the shared store; tried again", failure);
                    }
                    publish(new Register.Part(List.of(), failure instanceof Refused ? 1 : 0, false));
                    return Mono.empty();
                })
                .then();
    }

    /** The others' keys are wanted all the same. */
    private Mono<Void> notEnlisted(Refused no) {
        if (pace.mayRing(Alarm.SHARED_RECORD_REFUSED, Purpose.PUBLIC_KEY)) {
            alarms.raise(
                    Alarm.SHARED_RECORD_REFUSED,
                    "the shared store refuses to take this replica's public key (" + no.getMessage()
                            + "): the others do not publish it (the rights in Redis, its memory)");
        }
        return Mono.empty();
    }

    private Mono<Void> enlist() {
        Instant now = clock.instant();
        if (now.isBefore(nextEnlisting)) {
            return Mono.empty();
        }
        Instant until = now.plus(LIFE);
        return Flux.fromIterable(own.getKeys())
                .concatMap(key -> register.write(PublicKeyCodec.encode(key.toECKey(), until), until))
                .then(Mono.defer(() -> store.tell(topic, NEWS)).onErrorComplete())
                .then(Mono.fromRunnable(() -> nextEnlisting = now.plus(ENLIST_AGAIN)));
    }

    private void publish(Register.Part read) {
        Instant now = clock.instant();
        Map<String, PublicKeyCodec.Ending> all = new HashMap<>(others);
        int refused = read.refused();
        for (Register.Opened record : read.records()) {
            Optional<PublicKeyCodec.Ending> found = PublicKeyCodec.decode(record.plain());
            refused += found.isPresent() ? 0 : 1;
            found.ifPresent(key -> all.merge(key.key().getKeyID(), bounded(key, now), FleetKeys::later));
        }
        if (refused > 0 && pace.mayRing(Alarm.SHARED_RECORD_REFUSED, Purpose.PUBLIC_KEY)) {
            alarms.raise(
                    Alarm.SHARED_RECORD_REFUSED,
                    refused + " record(s) among the shared store's public keys are not this gateway's and are not"
                            + " published: somebody else writes there (procura.cache.seal-keys, the rights in Redis)");
        }
        Set<String> ownNames = new HashSet<>();
        own.getKeys().forEach(key -> ownNames.add(key.getKeyID()));
        Map<String, PublicKeyCodec.Ending> kept = new HashMap<>();
        all.values().stream()
                .filter(key -> now.isBefore(key.until())
                        && !ownNames.contains(key.key().getKeyID()))
                .sorted(Comparator.comparing(PublicKeyCodec.Ending::until)
                        .reversed()
                        .thenComparing(FleetKeys::name))
                .limit(Math.max(0, MAX_KEYS - ownNames.size()))
                .forEach(key -> kept.put(name(key), key));
        others = Map.copyOf(kept);
        document = rendered(kept);
    }

    private String rendered(Map<String, PublicKeyCodec.Ending> kept) {
        List<JWK> keys = new ArrayList<>(own.getKeys());
        kept.values().stream()
                .sorted(Comparator.comparing(FleetKeys::name))
                .map(PublicKeyCodec.Ending::key)
                .map(ECKey::toPublicJWK)
                .forEach(keys::add);
        return new JWKSet(keys).toString();
    }

    /** Another one's clock may be ahead; the record says the same end again the next time. */
    private static PublicKeyCodec.Ending bounded(PublicKeyCodec.Ending key, Instant now) {
        Instant last = now.plus(LIFE);
        return key.until().isAfter(last) ? new PublicKeyCodec.Ending(key.key(), last) : key;
    }

    private static PublicKeyCodec.Ending later(PublicKeyCodec.Ending one, PublicKeyCodec.Ending other) {
        return one.until().isBefore(other.until()) ? other : one;
    }

    private static String name(PublicKeyCodec.Ending key) {
        return key.key().getKeyID();
    }

    @Override
    public String toString() {
        return "FleetKeys[" + own.getKeys().size() + " own, " + othersKnown() + " of others]";
    }
}
