package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.TokenValue;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.StepVerifier;

/** What has been revoked is refused: seen or not yet seen, and while it is being looked at. */
final class RevokedTokensTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final MutableClock clock = MutableClock.at(TestTokens.NOW);
    private final Revocations revocations = new Revocations(clock);
    private LoopbackServer server;
    private Authenticator authenticator;

    @BeforeEach
    void start() {
        server = LoopbackServer.start();
        server.answer("/keys", 200, TestTokens.keySet(TestTokens.RSA));
        IssuerProperties corp = TestIssuers.corp(server.origin() + "/keys", Map.of());
        authenticator = authenticator(Issuers.of(Map.of("corp", corp), IssuerSurroundings.at(clock)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    static List<Revocation.What> oneOfThese() {
        return List.of(
                new Revocation.What.Subject(TestTokens.ISSUER, "alice"),
                new Revocation.What.Session(TestTokens.ISSUER, "s1"),
                new Revocation.What.Client(TestTokens.ISSUER, "native-app"),
                Revocation.What.Everything.EVERYTHING);
    }

    @ParameterizedTest
    @MethodSource("oneOfThese")
    void aTokenThatIsRememberedIsRefusedAtOnce(Revocation.What what) {
        TokenValue token = ofSession("s1").value();
        assertAccepted(token);

        revoke(what, TestTokens.NOW);

        assertRevoked(token);
        assertRevoked(token);
    }

    @ParameterizedTest
    @MethodSource("oneOfThese")
    void aTokenThatHasNeverBeenSeenIsRefused(Revocation.What what) {
        revoke(what, TestTokens.NOW);

        assertRevoked(ofSession("s1").value());
    }

    @ParameterizedTest
    @MethodSource("oneOfThese")
    void aTokenThatWasIssuedLaterIsLetIn(Revocation.What what) {
        revoke(what, TestTokens.NOW.minusSeconds(1));

        assertAccepted(ofSession("s1").value());
    }

    @Test
    void othersAreNotTouched() {
        TokenValue bob = ofSession("s2").claim("sub", "bob").value();
        assertAccepted(bob);

        revoke(new Revocation.What.Subject(TestTokens.ISSUER, "alice"), TestTokens.NOW);
        revoke(new Revocation.What.Session(TestTokens.ISSUER, "s1"), TestTokens.NOW);
        revoke(new Revocation.What.Subject("https://other.example", "bob"), TestTokens.NOW);

        assertAccepted(bob);
        assertAccepted(ofSession("s3").claim("sub", "carol").value());
    }

    /** Nobody can say that it was issued later. */
    @Test
    void aTokenWithoutATimeOfIssueIsRefusedByAnyRevocationThatNamesIt() {
        TokenValue timeless = ofSession("s1").without("iat").value();
        assertAccepted(timeless);

        revoke(new Revocation.What.Session(TestTokens.ISSUER, "s1"), Instant.EPOCH);

        assertRevoked(timeless);
    }

    @Test
    void anEndedRevocationRefusesNobody() {
        TokenValue token = ofSession("s1").value();
        revocations.add(new Revocation(
                new Revocation.What.Session(TestTokens.ISSUER, "s1"), TestTokens.NOW, TestTokens.NOW.plusSeconds(60)));
        assertRevoked(token);

        clock.advance(Duration.ofSeconds(60));

        assertAccepted(token);
    }

    /** The keys arrive after the revocation, which the token's verification had begun before. */
    @Test
    void aRevocationThatArrivesWhileATokenIsVerifiedIsNotMissed() {
        server.hold("/keys");
        TokenValue token = ofSession("s1").value();

        StepVerifier.create(authenticator.authenticate(token))
                .then(() -> {
                    revoke(new Revocation.What.Session(TestTokens.ISSUER, "s1"), TestTokens.NOW);
                    server.release("/keys");
                })
                .expectErrorSatisfies(RevokedTokensTest::isRevoked)
                .verify(SOON);

        assertRevoked(token);
    }

    /** What others are told is told after the verified tokens have been looked through, or before: neither lets one in. */
    @Test
    void whoIsToldOfARevocationFindsTheTokenRefused() {
        TokenValue token = ofSession("s1").value();
        assertAccepted(token);
        revocations.listen(revocation -> assertRevoked(token));

        revoke(new Revocation.What.Session(TestTokens.ISSUER, "s1"), TestTokens.NOW);

        assertRevoked(token);
    }

    @Test
    void anOpaqueTokenIsRefusedByWhatItsServerSaysOfIt() {
        FakeIntrospector endpoint = new FakeIntrospector();
        IssuerProperties corp = TestIssuers.corp(
                server.origin() + "/keys",
                Map.of("introspection.uri", "https://id.example.com/introspect", "introspection.client", "gateway"));
        authenticator = authenticator(Issuers.of(
                Map.of("corp", corp), IssuerSurroundings.asking((key, name, client, uri) -> endpoint, clock)));
        endpoint.answers("""
                {"active":true,"iss":"%s","sub":"alice","aud":"gateway","client_id":"native-app","sid":"s1",\
                "iat":%d,"exp":%d}""".formatted(
                        TestTokens.ISSUER, TestTokens.NOW.getEpochSecond(), TestTokens.NOW.getEpochSecond() + 600));
        TokenValue opaque = TokenValue.of("an-opaque-token");
        assertAccepted(opaque);

        revoke(new Revocation.What.Session(TestTokens.ISSUER, "s1"), TestTokens.NOW);

        assertRevoked(opaque);
    }

    /** Versions 1.0 and 2.0 of Entra have two issuers for one tenant. */
    @Test
    void aTenantIsRevokedInBothVersionsOfItsTokens() {
        String tenant = "8f5c2d3e-0000-4000-8000-000000000001";
        String v1 = "https://sts.windows.net/" + tenant + "/";
        String v2 = "https://login.microsoftonline.com/" + tenant + "/v2.0";
        Map<String, Object> block =
                Map.of("profile", "entra", "audiences", "gateway", "jwks-uri", server.origin() + "/keys");
        Map<String, IssuerProperties> blocks =
                Map.of("one", TestIssuers.block(with(block, v1)), "two", TestIssuers.block(with(block, v2)));
        authenticator = authenticator(Issuers.of(blocks, IssuerSurroundings.at(clock)));
        TokenValue one = ofTenant(v1, "1.0", tenant);
        TokenValue two = ofTenant(v2, "2.0", tenant);
        assertAccepted(one);
        assertAccepted(two);

        revoke(new Revocation.What.Tenant(Optional.of(v2), tenant), TestTokens.NOW);
        assertAccepted(one);
        assertRevoked(two);

        revoke(new Revocation.What.Tenant(Optional.empty(), tenant), TestTokens.NOW);
        assertRevoked(one);
    }

    private static Map<String, Object> with(Map<String, Object> block, String issuer) {
        Map<String, Object> all = new HashMap<>(block);
        all.put("issuer", issuer);
        return all;
    }

    private static TokenValue ofTenant(String issuer, String version, String tenant) {
        return ofSession("s1")
                .claim("iss", issuer)
                .claim("tid", tenant)
                .claim("ver", version)
                .claim("oid", "11111111-0000-4000-8000-000000000001")
                .claim("scp", "read")
                .claim(version.equals("1.0") ? "appid" : "azp", "22222222-0000-4000-8000-000000000001")
                .header("typ", "JWT")
                .value();
    }

    private Authenticator authenticator(Issuers issuers) {
        return new Authenticator(issuers, revocations, new CacheBounds(1000, 10_000_000), clock);
    }

    private static TestTokens ofSession(String sid) {
        return TestTokens.ofAlice().claim("sid", sid);
    }

    private void revoke(Revocation.What what, Instant notBefore) {
        revocations.add(new Revocation(what, notBefore, clock.instant().plus(Duration.ofHours(24))));
    }

    private void assertAccepted(TokenValue token) {
        assertThat(authenticator.authenticate(token).blockOptional(SOON)).isPresent();
    }

    private void assertRevoked(TokenValue token) {
        StepVerifier.create(authenticator.authenticate(token))
                .expectErrorSatisfies(RevokedTokensTest::isRevoked)
                .verify(SOON);
    }

    private static void isRevoked(Throwable error) {
        assertThat(error).isInstanceOfSatisfying(ProblemException.class, failure -> {
            assertThat(failure.problem()).isEqualTo(Problem.TOKEN_REVOKED);
            assertThat(failure.reason()).doesNotContain("alice").doesNotContain("s1");
        });
    }
}
