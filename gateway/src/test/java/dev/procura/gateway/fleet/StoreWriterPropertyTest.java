package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.cache.CacheKey;
import dev.procura.gateway.cache.Entry;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.IssuedTokens;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.InMemoryStore;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Somebody who may write to the store whatever he likes, and has seen all that was ever there, but has no server key: he can
 * cost calls, and brings nobody a credential that was not obtained for the very same question, nor one that has ended.
 */
final class StoreWriterPropertyTest {

    private static final int STEPS = 400;

    /** Version and nonce. */
    private static final int HEAD = 13;

    private final MutableClock clock = MutableClock.at(NOW);
    private final InMemoryStore store = new InMemoryStore(clock);
    private final List<Replica> fleet = Stream.of(List.of("key"), List.of("key", "next"), List.of("next", "key"))
            .map(keys -> new Replica(store, VirtualTimeScheduler.create(), clock, keys.toArray(String[]::new)))
            .toList();

    /** Everything that was ever in the store, names and values apart. */
    private final List<String> names = new ArrayList<>();

    private final List<byte[]> values = new ArrayList<>();

    private final Map<CacheKey, Set<String>> obtained = new HashMap<>();

    private static Grant grant(Random random) {
        String person = Randomly.oneOf(random, List.of("alice", "bob", "carol"));
        GrantExample example = GrantExample.of(CallerExample.user(person)
                        .token("token-" + random.nextInt(2) + "-of-" + person)
                        .expiresAt(NOW.plus(Duration.ofDays(3))))
                .audience(Randomly.oneOf(random, List.of("orders-api", "reports-api")));
        return switch (random.nextInt(5)) {
            case 0 -> example.clientCredentials();
            case 1 ->
                example.actor(CallerExample.app("orders-api").expiresAt(NOW.plus(Duration.ofDays(3))))
                        .onBehalfOf();
            case 2 ->
                example.after(GrantExample.of(CallerExample.user(person).expiresAt(NOW.plus(Duration.ofDays(3))))
                        .audience("partner"));
            default -> example.onBehalfOf();
        };
    }

    private void ask(Random random) {
        Replica replica = Randomly.oneOf(random, fleet);
        Grant grant = grant(random);
        CacheKey key = replica.question(grant).key();
        Set<String> ours = obtained.computeIfAbsent(key, none -> new HashSet<>());
        Mono<Entry> call = replica.call(grant)
                .doOnNext(entry -> ours.add(entry.token().value().reveal()));

        Entry entry = (random.nextInt(4) == 0
                        ? replica.credentials.renew(replica.question(grant, any -> random.nextBoolean()), call)
                        : replica.credentials.obtain(replica.question(grant), call))
                .toFuture()
                .join();

        assertThat(ours).contains(entry.token().value().reveal());
        assertThat(entry.usableUntil()).isAfter(clock.instant());
        assertThat(entry.validUntil())
                .isBeforeOrEqualTo(entry.token().expiresAt().orElseThrow());
        assertThat(entry.validUntil()).isBeforeOrEqualTo(entry.obtainedAt().plus(Duration.ofHours(1)));
        assertThat(entry.origins()).isEqualTo(Entry.origins(grant));
        for (String name : store.names("procura:1c:")) {
            names.add(name);
            if (store.value(name).length > HEAD) {
                values.add(store.value(name));
            }
        }
    }

    private void meddle(Random random) {
        if (values.isEmpty()) {
            return;
        }
        String name = Randomly.oneOf(random, names);
        byte[] value = Randomly.oneOf(random, values).clone();
        switch (random.nextInt(6)) {
            case 0 -> store.remove(name);
            case 1 -> store.plant(name, Arrays.copyOf(value, random.nextInt(value.length + 20)));
            case 2 -> {
                value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
                store.plant(name, value);
            }
            case 3 -> {
                byte[] head = Arrays.copyOf(Randomly.oneOf(random, values), HEAD);
                System.arraycopy(head, 0, value, 0, head.length);
                store.plant(name, value);
            }
            // Copied, moved, or put back.
            default -> store.plant(name, value);
        }
    }

    @Test
    void bringsNobodyACredentialOfAnotherQuestionOrOneThatHasEnded() {
        Randomly.check(random -> {
            for (int i = 0; i < STEPS; i++) {
                switch (random.nextInt(8)) {
                    case 0 -> clock.advance(Duration.ofSeconds(random.nextInt(1_200)));
                    case 1, 2, 3 -> meddle(random);
                    default -> ask(random);
                }
            }
        });
        assertThat(fleet.stream().mapToInt(Replica::alarms).sum()).isPositive();
    }

    /** Nor does a seal open with one part of the question exchanged, however they are put together. */
    @Test
    void noOtherQuestionOpensASeal() {
        Replica replica = fleet.get(0);
        SealedEntries entries = new SealedEntries(
                FleetExample.seals("key"), replica.properties, new IssuedTokens(5), replica.revocations);
        Randomly.check(random -> {
            for (int i = 0; i < 500; i++) {
                SealedEntries.Asked one = entries.asked(replica.question(grant(random)));
                SealedEntries.Asked other = entries.asked(replica.question(grant(random)));
                AccessToken token =
                        new AccessToken(TokenValue.of("issued"), Optional.of(NOW.plusSeconds(300)), Optional.empty());
                byte[] value = entries.seal(one, replica.entry(one.question().grant(), token))
                        .orElseThrow();
                boolean same = one.question().key().equals(other.question().key());

                assertThat(entries.judge(one, value, NOW)).isInstanceOf(SealedEntries.Finding.Usable.class);
                assertThat(entries.judge(other, value, NOW) instanceof SealedEntries.Finding.Usable)
                        .isEqualTo(same);
                assertThat(one.names().equals(other.names())).isEqualTo(same);
                assertThat(new String(value, StandardCharsets.ISO_8859_1)).doesNotContain("issued");
            }
        });
    }
}
