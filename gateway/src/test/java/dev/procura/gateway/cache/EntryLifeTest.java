package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.token.AccessToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryLifeTest {

    private static final EntryLife LIFE = new EntryLife(Duration.ofHours(1), Duration.ofSeconds(30));

    private static Grant grant(long subject) {
        return GrantExample.of(CallerExample.user("alice").expiresAt(NOW.plusSeconds(subject)))
                .onBehalfOf();
    }

    private static Grant grant(long subject, long actor) {
        return GrantExample.of(CallerExample.user("alice").expiresAt(NOW.plusSeconds(subject)))
                .actor(CallerExample.app("orders-api").expiresAt(NOW.plusSeconds(actor)))
                .onBehalfOf();
    }

    private static AccessToken token(long life) {
        return FakeTokenSource.token("issued", NOW.plusSeconds(life));
    }

    private static Duration used(EntryLife life, Grant grant, AccessToken token) {
        return Duration.between(NOW, life.end(grant, token, NOW));
    }

    @ParameterizedTest
    @CsvSource({
        // life of the issued token, of the subject token, of the actor token, of the entry, in seconds
        "300, 7200, 7200, 270",
        "300, 200, 7200, 170",
        "300, 7200, 100, 70",
        "7200, 7200, 7200, 3570",
        "7200, 3600, 7200, 3570",
        "3600, 3599, 3598, 3568",
        "60, 7200, 7200, 30",
        "61, 7200, 7200, 31",
        "59, 7200, 7200, 29.5",
        "10, 7200, 7200, 5",
        "300, 10, 7200, 5",
        "300, 7200, 10, 5",
        "1, 7200, 7200, 0.5",
        "0, 7200, 7200, 0",
        "-1, 7200, 7200, 0",
        "300, 0, 7200, 0",
        "300, -10, 7200, 0",
        "300, 7200, -10, 0",
    })
    void anEntryEndsAMarginBeforeTheEarliestEnd(long issued, long subject, long actor, double entry) {
        assertThat(used(LIFE, grant(subject, actor), token(issued)))
                .isEqualTo(Duration.ofMillis(Math.round(entry * 1000)));
    }

    @Test
    void withoutAnActorTheSubjectAndTheTokenCount() {
        assertThat(used(LIFE, grant(200), token(300))).hasSeconds(170);
        assertThat(used(LIFE, grant(400), token(300))).hasSeconds(270);
    }

    @Test
    void theGatewaysOwnTokenHasNoSubjectThatCouldEnd() {
        Grant own = GrantExample.of(CallerExample.user("alice").expiresAt(NOW.plusSeconds(10)))
                .clientCredentials();

        assertThat(used(LIFE, own, token(300))).hasSeconds(270);
        assertThat(used(LIFE, own, token(7200))).hasSeconds(3570);
    }

    @Test
    void aTokenOfUnknownEndIsNotUsedAgain() {
        AccessToken unknown = FakeTokenSource.tokenOfUnknownEnd("issued");

        assertThat(used(LIFE, grant(7200), unknown)).isZero();
        assertThat(used(LIFE, GrantExample.ofAlice().clientCredentials(), unknown))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 30, 149, 150})
    void aMarginOfUpToHalfOfALifeIsTakenWhole(long margin) {
        EntryLife life = new EntryLife(Duration.ofHours(1), Duration.ofSeconds(margin));

        assertThat(used(life, grant(7200), token(300))).hasSeconds(300 - margin);
    }

    @ParameterizedTest
    @ValueSource(longs = {151, 300, 301, 100_000})
    void aLongerMarginTakesHalfOfALife(long margin) {
        EntryLife life = new EntryLife(Duration.ofHours(1), Duration.ofSeconds(margin));

        assertThat(used(life, grant(7200), token(300))).hasSeconds(150);
    }

    @Test
    void aTokenOfTheFarFutureEndsWithTheCap() {
        AccessToken endless = FakeTokenSource.token("issued", Instant.parse("9999-12-31T23:59:59Z"));

        assertThat(used(LIFE, GrantExample.ofAlice().clientCredentials(), endless))
                .hasSeconds(3570);
    }

    @Test
    void noEntryOutlivesAnythingThatItIsMadeOf() {
        Randomly.check(random -> {
            for (int round = 0; round < Randomly.rounds(5000); round++) {
                EntryLife life = new EntryLife(
                        Duration.ofSeconds(1 + random.nextInt(5000)), Duration.ofSeconds(random.nextInt(100)));
                int subject = random.nextInt(4000) - 100;
                int actor = random.nextInt(4000) - 100;
                AccessToken token = token(random.nextInt(4000) - 100);
                Grant grant = grant(subject, actor);

                Instant end = life.end(grant, token, NOW);
                Instant latest = life.latest(grant, token, NOW);

                Instant earliest = List.of(
                                NOW.plusSeconds(subject),
                                NOW.plusSeconds(actor),
                                token.expiresAt().orElseThrow(),
                                NOW.plus(life.maxLife()))
                        .stream()
                        .min(Instant::compareTo)
                        .orElseThrow();
                assertThat(end).isAfterOrEqualTo(NOW);
                assertThat(latest).isEqualTo(earliest.isAfter(NOW) ? earliest : NOW);
                if (earliest.isAfter(NOW)) {
                    Duration margin = Duration.between(end, earliest);
                    assertThat(end).isBeforeOrEqualTo(earliest);
                    assertThat(margin).isLessThanOrEqualTo(life.safetyMargin());
                    assertThat(margin.multipliedBy(2)).isLessThanOrEqualTo(Duration.between(NOW, earliest));
                } else {
                    assertThat(end).isEqualTo(NOW);
                }
            }
        });
    }
}
