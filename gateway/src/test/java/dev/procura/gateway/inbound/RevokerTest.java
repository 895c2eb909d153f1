package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** A revocation counts here first, and whatever becomes of the telling. */
final class RevokerTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Instant NOW = TestTokens.NOW;
    private static final Revocation.What SESSION = new Revocation.What.Session("https://corp.example", "s1");
    private static final Revocation.What ALICE = new Revocation.What.Subject("https://corp.example", "alice");

    private final MutableClock clock = MutableClock.at(NOW);
    private final Revocations revocations = new Revocations(clock);

    @Test
    void itCountsBeforeTheOthersAreToldAndIsKeptForItsLife() {
        List<Boolean> counted = new ArrayList<>();
        Revoker.Done done = revoke(revocation -> {
            counted.add(revocations.counting(revocation.what()).isPresent());
            return Mono.just(RevocationSpread.Told.FLEET);
        });

        assertThat(counted).containsExactly(true);
        assertThat(done.told()).isEqualTo(RevocationSpread.Told.FLEET);
        assertThat(done.counts()).isEqualTo(new Revocation(SESSION, NOW, NOW.plus(Duration.ofHours(24))));
    }

    @Test
    void itCountsHereWhereTheOthersCannotBeTold() {
        for (RevocationSpread spread : List.<RevocationSpread>of(
                revocation -> Mono.error(new IllegalStateException("gone")), revocation -> Mono.empty(), revocation -> {
                    throw new IllegalStateException("broken");
                })) {
            assertThat(revoke(spread).told()).isEqualTo(RevocationSpread.Told.THIS_REPLICA);
            assertThat(revocations.counting(SESSION)).isPresent();
        }
    }

    @Test
    void whatIsToldIsTheRecordThatCounts() {
        revocations.add(new Revocation(SESSION, NOW.plusSeconds(60), NOW.plusSeconds(90)));

        assertThat(revoke(RevocationSpread.ALONE).counts())
                .isEqualTo(new Revocation(SESSION, NOW.plusSeconds(60), NOW.plus(Duration.ofHours(24))));
    }

    @Test
    void oneOfTheFutureIsKeptAsLongAsTheLastTokenThatItRefuses() {
        Instant ahead = NOW.plusSeconds(60);
        Revoker revoker = new Revoker(revocations, RevocationSpread.ALONE, Duration.ofHours(24), clock);

        StepVerifier.create(revoker.revoke(SESSION, ahead, done -> {}).map(Revoker.Done::counts))
                .expectNext(new Revocation(SESSION, ahead, ahead.plus(Duration.ofHours(24))))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void theOthersAreToldThoughTheOneWhoAsksGoesAway() {
        Sinks.One<RevocationSpread.Told> telling = Sinks.one();
        List<String> ends = new ArrayList<>();
        Revoker revoker = new Revoker(
                revocations,
                revocation ->
                        telling.asMono().doOnCancel(() -> ends.add("cancelled")).doOnSuccess(told -> ends.add("told")),
                Duration.ofHours(24),
                clock);

        StepVerifier.create(revoker.revoke(SESSION, NOW, done -> ends.add("heard")))
                .thenCancel()
                .verify(SOON);
        telling.tryEmitValue(RevocationSpread.Told.FLEET);

        assertThat(ends).containsExactly("told", "heard");
    }

    @Test
    void allOfThemCountThoughNobodyEverAsksForTheOutcomeAndNobodyCanBeTold() {
        List<Revocation.What> told = new ArrayList<>();
        Revoker revoker = new Revoker(
                revocations,
                revocation -> {
                    told.add(revocation.what());
                    assertThat(revocations.counting(SESSION)).isPresent();
                    assertThat(revocations.counting(ALICE)).isPresent();
                    return Mono.never();
                },
                Duration.ofHours(24),
                clock);

        Mono<List<Revoker.Done>> unasked = revoker.revoke(List.of(SESSION, ALICE), NOW, done -> {});

        assertThat(told).as("both at once: neither waits for the other").containsExactly(SESSION, ALICE);
        StepVerifier.create(unasked).thenCancel().verify(SOON);
        assertThat(revocations.all()).extracting(Revocation::what).containsExactlyInAnyOrder(SESSION, ALICE);
    }

    private Revoker.Done revoke(RevocationSpread spread) {
        return new Revoker(revocations, spread, Duration.ofHours(24), clock)
                .revoke(SESSION, NOW, done -> {})
                .blockOptional(SOON)
                .orElseThrow();
    }
}
