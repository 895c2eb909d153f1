package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.cache.Entry;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.InMemoryStore;
import dev.procura.gateway.fixture.SchedulerClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** During a rolling update, replicas of two formats share one store: each kind shares with its own, and none breaks. */
class TwoFormatsTest {

    private static final Grant ALICE = GrantExample.ofAlice().onBehalfOf();

    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final Clock clock = new SchedulerClock(scheduler, NOW);
    private final InMemoryStore store = new InMemoryStore(clock);
    private final Replica old = new Replica(store, scheduler, clock, "key");
    private final Replica otherOld = new Replica(store, scheduler, clock, "key");
    private final Replica next = new Replica(new NextFormat(store), scheduler, clock, "key");
    private final Replica otherNext = new Replica(new NextFormat(store), scheduler, clock, "key");

    /** The format is part of every name: {@code procura:1c:…} of this one is {@code procura:2c:…} of the next. */
    private record NextFormat(SharedStore store) implements SharedStore {

        private static String renamed(String name) {
            assertThat(name).startsWith("procura:" + Seals.VERSION);
            return "procura:" + (Seals.VERSION + 1) + name.substring("procura:1".length());
        }

        @Override
        public Mono<byte[]> get(String name) {
            return store.get(renamed(name));
        }

        @Override
        public Mono<Void> put(String name, byte[] value, Duration life) {
            return store.put(renamed(name), value, life);
        }

        @Override
        public Mono<Boolean> lease(String name, byte[] holder, Duration life) {
            return store.lease(renamed(name), holder, life);
        }

        @Override
        public Mono<Void> release(String name, byte[] holder) {
            return store.release(renamed(name), holder);
        }

        @Override
        public Mono<Void> enlist(String set, byte[] member, Instant until) {
            return store.enlist(renamed(set), member, until);
        }

        @Override
        public Mono<Members> enlisted(String set, Instant now, int limit) {
            return store.enlisted(renamed(set), now, limit);
        }

        @Override
        public Mono<Long> number(String name) {
            return store.number(renamed(name));
        }

        @Override
        public Mono<Long> increase(String name, long atLeast) {
            return store.increase(renamed(name), atLeast);
        }

        @Override
        public Mono<Void> tell(String topic, byte[] message) {
            return store.tell(renamed(topic), message);
        }

        @Override
        public Flux<byte[]> hear(String topic) {
            return store.hear(renamed(topic));
        }
    }

    private static Entry now(Mono<Entry> mono) {
        return mono.toFuture().join();
    }

    @Test
    void eachFormatSharesWithItsOwnAndDisturbsNobody() {
        Entry ofTheOld = now(old.obtain(ALICE));
        Entry ofTheNext = now(next.obtain(ALICE));

        assertThat(now(otherOld.obtain(ALICE))).isEqualTo(ofTheOld);
        assertThat(now(otherNext.obtain(ALICE))).isEqualTo(ofTheNext);
        assertThat(List.of(old, otherOld, next, otherNext))
                .allSatisfy(replica -> assertThat(replica.alarms()).isZero());
        assertThat(old.calls).hasValue(1);
        assertThat(otherOld.calls).hasValue(0);
        assertThat(next.calls).hasValue(1);
        assertThat(otherNext.calls).hasValue(0);
    }
}
