package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.NOW;

import dev.procura.gateway.cache.CacheKeys;
import dev.procura.gateway.cache.CacheProperties;
import dev.procura.gateway.cache.Entry;
import dev.procura.gateway.cache.EntryLife;
import dev.procura.gateway.cache.SharedCredentials;
import dev.procura.gateway.cache.SubjectChoice;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.IssuedTokens;
import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Alarm;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Fingerprint;
import dev.procura.gateway.token.TokenValue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One of several gateways in front of one store. Its authorization server gives another opaque token each time. */
final class Replica {

    /** Whatever the token says of the caller but for itself. */
    static final SubjectChoice BY_CLAIMS =
            caller -> Fingerprint.of(caller.claims().string("sub").orElse(""));

    private static final AtomicInteger ISSUED = new AtomicInteger();

    final CacheProperties properties;
    final SealedCredentials credentials;
    final Revocations revocations;
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger timesBehind = new AtomicInteger();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Clock clock;

    Replica(SharedStore store, Scheduler scheduler, Clock clock, CacheProperties properties) {
        this.clock = clock;
        this.properties = properties;
        this.revocations = new Revocations(clock);
        this.credentials = new SealedCredentials(
                store,
                new Seals(SealKeys.of(properties)),
                properties,
                new SealedCredentials.Surroundings(
                        new IssuedTokens(5),
                        revocations,
                        timesBehind::incrementAndGet,
                        new Alarms(meters),
                        scheduler,
                        clock));
    }

    Replica(SharedStore store, Scheduler scheduler, Clock clock, String... keyNames) {
        this(store, scheduler, clock, FleetExample.properties(keyNames));
    }

    SharedCredentials.Question question(Grant grant) {
        return question(grant, entry -> true);
    }

    SharedCredentials.Question question(Grant grant, Predicate<Entry> good) {
        SubjectChoice choice = properties.subject() == CacheProperties.Subject.TOKEN ? SubjectChoice.TOKEN : BY_CLAIMS;
        return new SharedCredentials.Question(CacheKeys.of(grant, choice), grant, good);
    }

    Mono<Entry> obtain(Grant grant) {
        return credentials.obtain(question(grant), call(grant));
    }

    Mono<Entry> renew(Grant grant) {
        return credentials.renew(question(grant), call(grant));
    }

    /** Five minutes more than an hour, as the cache would remember it. */
    Mono<Entry> call(Grant grant) {
        return Mono.fromSupplier(() -> {
            calls.incrementAndGet();
            return entry(grant, freshToken(clock.instant().plusSeconds(3_900)));
        });
    }

    static AccessToken freshToken(Instant end) {
        return new AccessToken(TokenValue.of("issued-" + ISSUED.incrementAndGet()), Optional.of(end), Optional.empty());
    }

    Entry entry(Grant grant, AccessToken token) {
        EntryLife life = new EntryLife(properties.maxLife(), properties.safetyMargin());
        Instant now = clock.instant();
        return new Entry(
                token,
                now,
                life.end(grant, token, now),
                life.latest(grant, token, now),
                Entry.origins(grant),
                revocations.generation());
    }

    int alarms() {
        return (int) meters.counter("procura.alarms", "code", Alarm.SHARED_ENTRY_REFUSED.code())
                .count();
    }

    static Instant in(long seconds) {
        return NOW.plus(Duration.ofSeconds(seconds));
    }
}
