package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Fingerprint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.unit.DataSize;
import reactor.test.StepVerifier;

/** What a server has refused is not asked again at once: of this token alone, and for a short time. */
class RefusedSubjectTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Grant GRANT = GrantExample.ofAlice().onBehalfOf();

    private final MutableClock clock = MutableClock.at(NOW);
    private final ProblemException refusal = ProblemException.of(Problem.SUBJECT_REJECTED, "no more");
    private final FakeTokenSource server = FakeTokenSource.failing(refusal);
    private final CachingTokenSource cache = caching(Duration.ofSeconds(10), SubjectChoice.TOKEN);

    private CachingTokenSource caching(Duration negativeTtl, SubjectChoice subjects) {
        return new CachingTokenSource(
                server,
                CacheExample.of(
                        100, DataSize.ofMegabytes(10), Duration.ofHours(1), negativeTtl, Duration.ofSeconds(30)),
                new CachingTokenSource.Surroundings(
                        subjects,
                        SharedCredentials.NONE,
                        new Revocations(clock),
                        new SimpleMeterRegistry(),
                        () -> 0,
                        clock));
    }

    private void assertFails(CachingTokenSource source, Grant grant, Throwable failure) {
        StepVerifier.create(source.token(grant))
                .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(failure))
                .verify(SOON);
    }

    @ParameterizedTest
    @EnumSource(
            value = Problem.class,
            names = {
                "SUBJECT_REJECTED",
                "STEP_UP_REQUIRED",
                "CONSENT_REQUIRED",
                "TARGET_DENIED",
                "CALLER_CANNOT_BE_ACTED_FOR",
                "TOKEN_REQUEST_REFUSED",
                "ISSUED_TOKEN_REFUSED"
            })
    void aRefusalOfTheSubjectIsRememberedForTheNegativeTtl(Problem problem) {
        ProblemException told = ProblemException.of(problem, "no");
        server.nowFails(told);
        assertFails(cache, GRANT, told);

        clock.set(NOW.plusMillis(9_999));
        assertFails(cache, GRANT, told);
        assertThat(server.calls()).isEqualTo(1);

        clock.set(NOW.plusMillis(10_000));
        assertFails(cache, GRANT, told);
        assertThat(server.calls()).isEqualTo(2);
    }

    /** The server has not spoken, or not of the subject. */
    @ParameterizedTest
    @EnumSource(
            value = Problem.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "SUBJECT_REJECTED",
                "STEP_UP_REQUIRED",
                "CONSENT_REQUIRED",
                "TARGET_DENIED",
                "CALLER_CANNOT_BE_ACTED_FOR",
                "TOKEN_REQUEST_REFUSED",
                "ISSUED_TOKEN_REFUSED"
            })
    void nothingElseIsRemembered(Problem problem) {
        ProblemException told = ProblemException.of(problem, "no");
        server.nowFails(told);

        assertFails(cache, GRANT, told);
        assertFails(cache, GRANT, told);

        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void aBugIsNotRemembered() {
        IllegalStateException bug = new IllegalStateException("bug");
        server.nowFails(bug);

        assertFails(cache, GRANT, bug);
        assertFails(cache, GRANT, bug);

        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void anotherSubjectTargetOrClientIsAsked() {
        assertFails(cache, GRANT, refusal);

        assertFails(cache, GrantExample.of(CallerExample.user("bob")).onBehalfOf(), refusal);
        assertFails(cache, GrantExample.ofAlice().audience("inventory-api").onBehalfOf(), refusal);
        assertFails(
                cache,
                GrantExample.ofAlice().client(GrantExample.named("other")).onBehalfOf(),
                refusal);
        assertFails(
                cache,
                GrantExample.ofAlice().actor(CallerExample.app("orders-api")).onBehalfOf(),
                refusal);

        assertThat(server.calls()).isEqualTo(5);
    }

    @Test
    void aNewTokenOfTheSameUserIsAskedForAtOnce() {
        assertFails(cache, GRANT, refusal);

        assertFails(
                cache,
                GrantExample.of(CallerExample.user("alice").token("newer")).onBehalfOf(),
                refusal);

        assertThat(server.calls()).isEqualTo(2);
    }

    /** Elsewhere the claims stand for the subject; a refusal may be about this very token. */
    @Test
    void alsoWhereClaimsStandForTheSubjectARefusalIsOfTheVeryToken() {
        CachingTokenSource byClaims = caching(Duration.ofSeconds(10), caller -> Fingerprint.of("the same claims"));
        assertFails(byClaims, GRANT, refusal);
        assertFails(byClaims, GRANT, refusal);
        assertThat(server.calls()).isEqualTo(1);

        server.nowGives(FakeTokenSource.token("issued", NOW.plusSeconds(300)));
        Grant newer =
                GrantExample.of(CallerExample.user("alice").token("newer")).onBehalfOf();
        StepVerifier.create(byClaims.token(newer)).expectNextCount(1).verifyComplete();

        // And what the newer one brought serves both: the same claims, the same credential.
        StepVerifier.create(byClaims.token(GRANT)).expectNextCount(1).verifyComplete();
        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void theGatewaysOwnQuestionsAreAskedEachTime() {
        Grant own = GrantExample.ofAlice().clientCredentials();

        assertFails(cache, own, refusal);
        assertFails(cache, own, refusal);

        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void aChainIsRefusedAsAWhole() {
        Grant chained =
                GrantExample.ofAlice().client(GrantExample.named("partner")).after(GrantExample.ofAlice());

        assertFails(cache, chained, refusal);
        assertFails(cache, chained, refusal);

        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void noTimeRemembersNothing() {
        CachingTokenSource forgetful = caching(Duration.ZERO, SubjectChoice.TOKEN);

        assertFails(forgetful, GRANT, refusal);
        assertFails(forgetful, GRANT, refusal);

        assertThat(server.calls()).isEqualTo(2);
    }

    @Test
    void aThousandRefusedSubjectsTakeNoMorePlaceThanThereIs() {
        IntStream.range(0, 1000)
                .forEach(i -> assertFails(
                        cache, GrantExample.of(CallerExample.user("user" + i)).onBehalfOf(), refusal));
        int asked = server.calls();

        IntStream.range(0, 1000)
                .forEach(i -> assertFails(
                        cache, GrantExample.of(CallerExample.user("user" + i)).onBehalfOf(), refusal));

        assertThat(server.calls() - asked).as("places for 100").isGreaterThan(800);
    }
}
