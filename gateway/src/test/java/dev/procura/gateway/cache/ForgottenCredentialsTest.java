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
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocation.What;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Fingerprint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

/** A credential does not survive the revocation of a token that it was obtained with, nor come back after it. */
class ForgottenCredentialsTest {

    private static final AccessToken TOKEN = FakeTokenSource.token("issued", NOW.plusSeconds(3_000));
    private static final Grant ALICES = grant("alice", "session-of-alice");
    private static final Grant BOBS = grant("bob", "session-of-bob");
    private static final Grant OWN = GrantExample.ofAlice().clientCredentials();

    private final MutableClock clock = MutableClock.at(NOW);
    private final Revocations revocations = new Revocations(clock);
    private final HeldTokenSource server = new HeldTokenSource();
    private final CachingTokenSource cache = new CachingTokenSource(
            server,
            CacheExample.of(
                    1000,
                    DataSize.ofMegabytes(10),
                    Duration.ofHours(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30)),
            CacheExample.among(SharedCredentials.NONE, revocations, clock));

    private static Grant grant(String name, String session) {
        return GrantExample.of(caller(name, session)).onBehalfOf();
    }

    private static CallerExample caller(String name, String session) {
        return CallerExample.user(name)
                .claim("sid", session)
                .claim("iat", NOW.minusSeconds(60).getEpochSecond());
    }

    @BeforeEach
    void credentialsOfSeveral() {
        obtain(ALICES);
        obtain(BOBS);
        obtain(OWN);
    }

    private void obtain(Grant grant) {
        var answer = cache.token(grant).toFuture();
        server.call(server.calls().size() - 1).give(TOKEN);
        assertThat(answer).isCompletedWithValue(TOKEN);
    }

    private boolean isKept(Grant grant) {
        return cache.token(grant).toFuture().isDone();
    }

    private void revoke(What what, Instant notBefore) {
        revocations.add(new Revocation(what, notBefore, NOW.plusSeconds(86_400)));
    }

    @Test
    void aSubjectIsForgottenAndNobodyElse() {
        revoke(new What.Subject(CallerExample.ISSUER, "alice"), NOW);

        assertThat(isKept(ALICES)).isFalse();
        assertThat(isKept(BOBS)).isTrue();
        assertThat(isKept(OWN)).isTrue();
    }

    @Test
    void aSessionIsForgottenAndNoOther() {
        Grant elsewhere =
                GrantExample.of(caller("alice", "another").token("another")).onBehalfOf();
        obtain(elsewhere);

        revoke(new What.Session(CallerExample.ISSUER, "session-of-alice"), NOW);

        assertThat(isKept(ALICES)).isFalse();
        assertThat(isKept(elsewhere)).isTrue();
    }

    @Test
    void aClientIsForgotten() {
        revoke(new What.Client(CallerExample.ISSUER, "native-app"), NOW);

        assertThat(isKept(ALICES)).isFalse();
        assertThat(isKept(BOBS)).isFalse();
        assertThat(isKept(OWN)).isTrue();
    }

    @Test
    void theNamesOfAnotherIssuerMeanNobodyHere() {
        revoke(new What.Subject("https://other.example.com", "alice"), NOW);
        revoke(new What.Session("https://other.example.com", "session-of-alice"), NOW);
        revoke(new What.Client("https://other.example.com", "native-app"), NOW);
        revoke(new What.Tenant(Optional.empty(), "acme"), NOW);

        assertThat(isKept(ALICES)).isTrue();
    }

    @Test
    void anActorsTokenCountsToo() {
        Grant acted = GrantExample.of(caller("alice", "session-of-alice"))
                .actor(CallerExample.app("orders-api"))
                .onBehalfOf();
        obtain(acted);

        revoke(new What.Client(CallerExample.ISSUER, "orders-api"), NOW);

        assertThat(isKept(acted)).isFalse();
        assertThat(isKept(ALICES)).isTrue();
    }

    @Test
    void theFirstStepOfAChainCountsToo() {
        Grant chained = GrantExample.of(caller("alice", "session-of-alice"))
                .client(GrantExample.named("partner"))
                .after(GrantExample.of(caller("alice", "session-of-alice")));
        obtain(chained);

        revoke(new What.Session(CallerExample.ISSUER, "session-of-alice"), NOW);

        assertThat(isKept(chained)).isFalse();
    }

    @Test
    void everythingIsEverythingThatWasObtainedUntilThen() {
        revoke(What.Everything.EVERYTHING, NOW);

        assertThat(isKept(ALICES)).isFalse();
        assertThat(isKept(BOBS)).isFalse();
        assertThat(isKept(OWN)).isFalse();
    }

    @Test
    void theGatewaysOwnTokenIsNewAfterThat() {
        revoke(What.Everything.EVERYTHING, NOW);
        clock.set(NOW.plusSeconds(1));

        obtain(OWN);

        assertThat(isKept(OWN)).isTrue();
    }

    @Test
    void whatWasIssuedLaterStays() {
        revoke(new What.Subject(CallerExample.ISSUER, "alice"), NOW.minusSeconds(61));

        assertThat(isKept(ALICES)).isTrue();
    }

    @Test
    void whatWasIssuedInTheSameSecondDoesNot() {
        revoke(new What.Subject(CallerExample.ISSUER, "alice"), NOW.minusSeconds(60));

        assertThat(isKept(ALICES)).isFalse();
    }

    /** The answer was on its way when the user was logged out. */
    @Test
    void aCallUnderWayDoesNotPutItBack() {
        Grant late = GrantExample.of(caller("alice", "session-of-alice").token("another"))
                .onBehalfOf();
        var answer = cache.token(late).toFuture();
        int call = server.calls().size() - 1;
        revoke(new What.Session(CallerExample.ISSUER, "session-of-alice"), NOW);

        server.call(call).give(TOKEN);

        assertThat(answer)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.TOKEN_REVOKED));
        assertThat(isKept(late)).isFalse();
    }

    /** Signed in again at once: the claims are the same, and the call under way is the old token's. */
    @Test
    void whoComesWithANewTokenOfTheSameClaimsGetsNothingOfTheOldOnes() {
        CachingTokenSource byClaims = new CachingTokenSource(
                server,
                CacheExample.of(
                        1000,
                        DataSize.ofMegabytes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30)),
                new CachingTokenSource.Surroundings(
                        caller -> Fingerprint.of("the same claims"),
                        SharedCredentials.NONE,
                        revocations,
                        new SimpleMeterRegistry(),
                        () -> 0,
                        clock));
        Grant newer = GrantExample.of(CallerExample.user("alice")
                        .token("newer")
                        .claim("iat", NOW.plusSeconds(1).getEpochSecond()))
                .onBehalfOf();
        var olds = byClaims.token(ALICES).toFuture();
        int call = server.calls().size() - 1;
        revoke(new What.Subject(CallerExample.ISSUER, "alice"), NOW);
        var newers = byClaims.token(newer).toFuture();
        assertThat(server.calls()).hasSize(call + 1);

        server.call(call).give(FakeTokenSource.token("of-the-old-one", NOW.plusSeconds(3_000)));

        assertThat(olds).isCompletedExceptionally();
        assertThat(newers).isNotDone();
        assertThat(server.call(call + 1).grant()).isSameAs(newer);
        server.call(call + 1).give(TOKEN);
        assertThat(newers).isCompletedWithValue(TOKEN);
    }

    @Test
    void whatReplacedARefusedTokenIsForgottenToo() {
        var other = cache.forget(ALICES, TOKEN.value()).orElseThrow().toFuture();
        server.call(server.calls().size() - 1).give(FakeTokenSource.token("another", NOW.plusSeconds(3_000)));
        assertThat(other).isCompleted();

        revoke(new What.Session(CallerExample.ISSUER, "session-of-alice"), NOW);

        assertThat(cache.forget(ALICES, TOKEN.value()).orElseThrow().toFuture()).isCompletedWithValue(null);
    }

    @Test
    void aRenewalUnderWayDoesNotPutItBack() {
        CachingTokenSource renewing = new CachingTokenSource(
                server,
                CacheExample.of(
                        1000,
                        DataSize.ofMegabytes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        0.5),
                CacheExample.among(SharedCredentials.NONE, revocations, clock));
        renewing.token(ALICES).toFuture();
        server.call(server.calls().size() - 1).give(TOKEN);
        clock.set(NOW.plusSeconds(2_000));
        renewing.token(ALICES).toFuture();
        int renewal = server.calls().size() - 1;

        revoke(new What.Subject(CallerExample.ISSUER, "alice"), clock.instant());
        server.call(renewal).give(FakeTokenSource.token("newer", NOW.plusSeconds(6_000)));

        assertThat(renewing.token(ALICES).toFuture()).isNotDone();
    }

    @Test
    void whatAnotherReplicaGivesIsForgottenWithItsOrigins() {
        AtomicBoolean gone = new AtomicBoolean();
        CachingTokenSource fromElsewhere = new CachingTokenSource(
                server,
                CacheExample.of(
                        1000,
                        DataSize.ofMegabytes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30)),
                CacheExample.among(
                        new SharedCredentials() {
                            @Override
                            public Mono<Entry> obtain(Question question, Mono<Entry> call) {
                                if (gone.get()) {
                                    return call;
                                }
                                Instant end = NOW.plusSeconds(1_000);
                                return Mono.just(new Entry(TOKEN, NOW, end, end, Entry.origins(question.grant()), 0));
                            }

                            @Override
                            public Mono<Entry> renew(Question question, Mono<Entry> call) {
                                return call;
                            }
                        },
                        revocations,
                        clock));
        int before = server.calls().size();
        assertThat(fromElsewhere.token(ALICES).toFuture()).isCompletedWithValue(TOKEN);
        assertThat(server.calls()).hasSize(before);
        gone.set(true);
        assertThat(fromElsewhere.token(ALICES).toFuture()).isDone();

        revoke(new What.Session(CallerExample.ISSUER, "session-of-alice"), NOW);

        assertThat(fromElsewhere.token(ALICES).toFuture()).isNotDone();
    }
}
