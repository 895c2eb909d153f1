package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.HeldTokenSource;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

/** An entry in use is renewed in the last fifth of its life, and nobody waits for it. */
class RefreshAheadTest {

    /** Usable for 1,000 seconds: the last fifth begins at 800. */
    private static final AccessToken FIRST = FakeTokenSource.token("first", NOW.plusSeconds(1_030));

    private static final AccessToken SECOND = FakeTokenSource.token("second", NOW.plusSeconds(2_030));
    private static final GrantExample ALICE = GrantExample.ofAlice();
    private static final Grant GRANT = ALICE.onBehalfOf();

    private final MutableClock clock = MutableClock.at(NOW);
    private final HeldTokenSource server = new HeldTokenSource();
    private final CachingTokenSource cache = caching(0.8, 0, SharedCredentials.NONE);

    private CachingTokenSource caching(double refreshAhead, double random, SharedCredentials shared) {
        return new CachingTokenSource(
                server,
                CacheExample.of(
                        1000,
                        DataSize.ofMegabytes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        refreshAhead),
                new CachingTokenSource.Surroundings(
                        SubjectChoice.TOKEN,
                        shared,
                        new Revocations(clock),
                        new SimpleMeterRegistry(),
                        () -> random,
                        clock));
    }

    @BeforeEach
    void aFirstToken() {
        obtain(cache, GRANT, FIRST);
    }

    private void obtain(CachingTokenSource source, Grant grant, AccessToken token) {
        var answer = source.token(grant).toFuture();
        server.call(server.calls().size() - 1).give(token);
        assertThat(answer).isCompletedWithValue(token);
    }

    private void assertGivesAtOnce(Grant grant, AccessToken token) {
        assertThat(cache.token(grant).toFuture()).isCompletedWithValue(token);
    }

    private void at(long seconds) {
        clock.set(NOW.plusSeconds(seconds));
    }

    @Test
    void aRequestInTheLastFifthStartsARenewalAndDoesNotWaitForIt() {
        at(799);
        assertGivesAtOnce(GRANT, FIRST);
        assertThat(server.calls()).hasSize(1);

        at(800);
        assertGivesAtOnce(GRANT, FIRST);
        assertThat(server.calls()).hasSize(2);
        assertThat(server.call(1).grant()).isSameAs(GRANT);

        assertGivesAtOnce(GRANT, FIRST);
        server.call(1).give(SECOND);
        assertGivesAtOnce(GRANT, SECOND);
    }

    @Test
    void nobodyWaitsForItThenOrLater() {
        at(900);
        assertGivesAtOnce(GRANT, FIRST);
        server.call(1).give(SECOND);

        at(1_500);
        assertGivesAtOnce(GRANT, SECOND);
        assertThat(server.calls()).hasSize(2);
    }

    @Test
    void anEntryThatNobodyUsesIsNotRenewed() {
        at(999);
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void oneRenewalForAllWhoAsk() {
        at(800);
        for (int i = 0; i < 100; i++) {
            assertGivesAtOnce(GRANT, FIRST);
        }

        assertThat(server.calls()).hasSize(2);
    }

    @Test
    void theRequestsOwnSubjectTokenIsUsed() {
        CachingTokenSource byName = new CachingTokenSource(
                server,
                CacheExample.of(
                        10,
                        DataSize.ofMegabytes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        0.8),
                new CachingTokenSource.Surroundings(
                        caller -> dev.procura.gateway.token.Fingerprint.of("same claims"),
                        SharedCredentials.NONE,
                        new Revocations(clock),
                        new SimpleMeterRegistry(),
                        () -> 0,
                        clock));
        obtain(byName, GRANT, FIRST);
        Grant newer =
                GrantExample.of(CallerExample.user("alice").token("newer")).onBehalfOf();

        at(800);
        assertThat(byName.token(newer).toFuture()).isCompletedWithValue(FIRST);

        assertThat(server.calls().get(server.calls().size() - 1).grant()).isSameAs(newer);
    }

    /** A new token would end with the caller's own as well. */
    @ParameterizedTest
    @CsvSource({"1030, false", "1029, false", "1031, true"})
    void whatEndsBecauseTheSubjectTokenEndsIsNotRenewed(long subjectEnd, boolean renewed) {
        Grant brief = GrantExample.of(CallerExample.user("bob").expiresAt(NOW.plusSeconds(subjectEnd)))
                .onBehalfOf();
        obtain(cache, brief, FIRST);

        at(900);
        assertGivesAtOnce(brief, FIRST);

        assertThat(server.calls()).hasSize(renewed ? 3 : 2);
    }

    @Test
    void whatEndsBecauseTheActorTokenEndsIsNotRenewed() {
        Grant acted = ALICE.actor(CallerExample.app("orders-api").expiresAt(NOW.plusSeconds(1_030)))
                .onBehalfOf();
        obtain(cache, acted, FIRST);

        at(900);
        assertGivesAtOnce(acted, FIRST);

        assertThat(server.calls()).hasSize(2);
    }

    @Test
    void theGatewaysOwnTokensAreRenewedToo() {
        Grant own = ALICE.clientCredentials();
        obtain(cache, own, FIRST);

        at(900);
        assertGivesAtOnce(own, FIRST);

        assertThat(server.calls()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"0.0, 800", "0.5, 850", "1.0, 900"})
    void renewalsAreSpreadOverTheFirstHalfOfTheLastFifth(double random, long due) {
        CachingTokenSource spread = caching(0.8, random, SharedCredentials.NONE);
        obtain(spread, GRANT, FIRST);
        int before = server.calls().size();

        at(due - 1);
        assertThat(spread.token(GRANT).toFuture()).isCompletedWithValue(FIRST);
        assertThat(server.calls()).hasSize(before);
        at(due);
        assertThat(spread.token(GRANT).toFuture()).isCompletedWithValue(FIRST);
        assertThat(server.calls()).hasSize(before + 1);
    }

    @Test
    void oneMeansNever() {
        CachingTokenSource never = caching(1, 0, SharedCredentials.NONE);
        obtain(never, GRANT, FIRST);
        int before = server.calls().size();

        clock.set(NOW.plusMillis(999_999));
        assertThat(never.token(GRANT).toFuture()).isCompletedWithValue(FIRST);

        assertThat(server.calls()).hasSize(before);
    }

    @Test
    void aFailedRenewalKeepsTheTokenAndTriesAgainLater() {
        ProblemException away = ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "down");
        at(800);
        assertGivesAtOnce(GRANT, FIRST);
        server.call(1).fail(away);
        assertGivesAtOnce(GRANT, FIRST);
        assertThat(server.calls()).hasSize(2);

        List<Long> tries = new ArrayList<>();
        for (long second = 801; second < 1_000; second++) {
            at(second);
            int before = server.calls().size();
            assertGivesAtOnce(GRANT, FIRST);
            if (server.calls().size() > before) {
                tries.add(second);
                server.call(before).fail(away);
            }
        }
        assertThat(tries).containsExactly(801L, 802L, 804L, 808L, 816L, 832L, 864L, 924L, 984L);
    }

    @Test
    void aServerThatAsksForTimeGetsIt() {
        at(800);
        assertGivesAtOnce(GRANT, FIRST);
        server.call(1)
                .fail(ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "later")
                        .retryAfter(Duration.ofSeconds(90)));

        at(889);
        assertGivesAtOnce(GRANT, FIRST);
        assertThat(server.calls()).hasSize(2);
        at(890);
        assertGivesAtOnce(GRANT, FIRST);
        assertThat(server.calls()).hasSize(3);
    }

    /** Whoever asks when it has ended hears it himself. */
    @ParameterizedTest
    @EnumSource(
            value = Problem.class,
            names = {"SUBJECT_REJECTED", "TARGET_DENIED", "CLIENT_REFUSED", "ISSUED_TOKEN_REFUSED"})
    void aRefusedRenewalKeepsTheTokenAndIsNotTriedAgain(Problem problem) {
        at(800);
        assertGivesAtOnce(GRANT, FIRST);
        server.call(1).fail(ProblemException.of(problem, "no more"));

        for (long second = 801; second < 1_000; second++) {
            at(second);
            assertGivesAtOnce(GRANT, FIRST);
        }
        assertThat(server.calls()).hasSize(2);

        at(1_000);
        var answer = cache.token(GRANT).toFuture();
        assertThat(server.calls()).hasSize(3);
        assertThat(answer).isNotDone();
    }

    @Test
    void aTokenThatEndsNoLaterIsNoRenewal() {
        at(800);
        assertGivesAtOnce(GRANT, FIRST);
        server.call(1).give(FakeTokenSource.token("no-better", NOW.plusSeconds(1_030)));

        assertGivesAtOnce(GRANT, FIRST);
        at(801);
        assertGivesAtOnce(GRANT, FIRST);
        assertThat(server.calls()).as("and is asked for again after a pause").hasSize(3);
    }

    @Test
    void anAskerWhoseTokenHasEndedJoinsTheRenewalThatIsUnderWay() {
        at(999);
        assertGivesAtOnce(GRANT, FIRST);
        at(1_001);
        var answer = cache.token(GRANT).toFuture();
        assertThat(server.calls()).hasSize(2);

        server.call(1).give(SECOND);

        assertThat(answer).isCompletedWithValue(SECOND);
    }

    @Test
    void renewalsAreBoundedInNumber() {
        int many = RefreshAhead.MAX_UNDER_WAY + 5;
        List<Grant> grants = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            Grant grant = GrantExample.of(CallerExample.user("user" + i)).onBehalfOf();
            grants.add(grant);
            obtain(cache, grant, FIRST);
        }
        int before = server.calls().size();
        at(800);
        grants.forEach(grant -> assertGivesAtOnce(grant, FIRST));
        assertThat(server.calls()).hasSize(before + RefreshAhead.MAX_UNDER_WAY);

        for (int i = 0; i < RefreshAhead.MAX_UNDER_WAY; i++) {
            server.call(before + i).give(SECOND);
        }
        grants.forEach(grant -> assertThat(cache.token(grant).toFuture()).isCompleted());
        assertThat(server.calls()).as("the others come to it later").hasSize(before + many);
    }

    @Test
    void oneRenewalForTheFleet() {
        SharedCredentials busy = new SharedCredentials() {
            @Override
            public Mono<Entry> obtain(Question question, Mono<Entry> call) {
                return call;
            }

            @Override
            public Mono<Entry> renew(Question question, Mono<Entry> call) {
                return Mono.empty();
            }
        };
        CachingTokenSource replica = caching(0.8, 0, busy);
        obtain(replica, GRANT, FIRST);
        int before = server.calls().size();

        at(800);
        assertThat(replica.token(GRANT).toFuture()).isCompletedWithValue(FIRST);

        assertThat(server.calls()).as("another replica is at it").hasSize(before);
    }

    @Test
    void whatAnotherReplicaHasRenewedIsTaken() {
        Instant end = NOW.plusSeconds(2_000);
        SharedCredentials renewedElsewhere = new SharedCredentials() {
            @Override
            public Mono<Entry> obtain(Question question, Mono<Entry> call) {
                return call;
            }

            @Override
            public Mono<Entry> renew(Question question, Mono<Entry> call) {
                Entry other = new Entry(SECOND, clock.instant(), end, end, Entry.origins(question.grant()), 0);
                return question.good().test(other) ? Mono.just(other) : call;
            }
        };
        CachingTokenSource replica = caching(0.8, 0, renewedElsewhere);
        obtain(replica, GRANT, FIRST);
        int before = server.calls().size();

        at(800);
        assertThat(replica.token(GRANT).toFuture()).isCompletedWithValue(FIRST);
        assertThat(replica.token(GRANT).toFuture()).isCompletedWithValue(SECOND);

        assertThat(server.calls()).hasSize(before);
    }
}
