package dev.procura.gateway.credential;

import static dev.procura.gateway.fixture.CallerExample.ISSUER;
import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.TokenValue;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UserContextsTest {

    private static final String AUDIENCE = "reports-api";
    private static final CallerExample ALICE = CallerExample.user("alice");
    private static final AccessToken CREDENTIAL = FakeTokenSource.token("credential", NOW.plusSeconds(3600));

    private static ECKey first;
    private static ECKey second;

    private final MutableClock clock = MutableClock.at(NOW);
    private final UserContexts contexts = contexts(new CacheBounds(1000, 1_000_000));

    @BeforeAll
    static void twoKeys() throws Exception {
        first = new ECKeyGenerator(Curve.P_256).keyID("first").generate();
        second = new ECKeyGenerator(Curve.P_256).keyID("second").generate();
    }

    private UserContexts contexts(CacheBounds bounds) {
        return new UserContexts("https://api.example.com", List.of(first, second), bounds, clock);
    }

    private TokenValue statement() {
        return contexts.statement(ALICE.known(), CREDENTIAL, AUDIENCE);
    }

    private static SignedJWT parse(TokenValue statement) throws Exception {
        return SignedJWT.parse(statement.reveal());
    }

    private static JWTClaimsSet claims(TokenValue statement) throws Exception {
        return parse(statement).getJWTClaimsSet();
    }

    @Test
    void saysForWhomACallIsMade() throws Exception {
        CallerExample alice = ALICE.tenant("acme")
                .identity(Map.of("sub", "alice", "oid", "7"))
                .clientId("native-app")
                .scopes("reports.read", "orders.read");

        JWTClaimsSet claims = claims(contexts.statement(alice.known(), CREDENTIAL, AUDIENCE));

        assertThat(claims.getIssuer()).isEqualTo("https://api.example.com");
        assertThat(claims.getAudience()).containsExactly(AUDIENCE);
        assertThat(claims.getIssueTime()).isEqualTo(NOW);
        assertThat(claims.getExpirationTime()).isEqualTo(NOW.plusSeconds(60));
        assertThat(claims.getJWTID()).isNotBlank();
        assertThat(claims.getStringClaim("ath"))
                .isEqualTo(CREDENTIAL.value().fingerprint().base64Url());
        assertThat(claims.getStringClaim("scope")).isEqualTo("orders.read reports.read");
        assertThat(claims.getJSONObjectClaim("caller"))
                .isEqualTo(Map.of(
                        "iss",
                        ISSUER,
                        "tenant",
                        "acme",
                        "identity",
                        Map.of("sub", "alice", "oid", "7"),
                        "client_id",
                        "native-app",
                        "kind",
                        "user"));
        assertThat(claims.getClaims()).containsOnlyKeys("iss", "aud", "iat", "exp", "jti", "ath", "caller", "scope");
    }

    @Test
    void leavesOutWhatIsNotKnownOfTheCaller() throws Exception {
        JWTClaimsSet claims = claims(
                contexts.statement(ALICE.anonymousClient().withoutScopes().known(), CREDENTIAL, AUDIENCE));

        assertThat(claims.getJSONObjectClaim("caller")).containsOnlyKeys("iss", "identity", "kind");
        assertThat(claims.getStringClaim("scope")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Caller.Kind.class)
    void saysWhetherTheCallerIsAUser(Caller.Kind kind) throws Exception {
        JWTClaimsSet claims = claims(contexts.statement(ALICE.kind(kind).known(), CREDENTIAL, AUDIENCE));

        assertThat(claims.getJSONObjectClaim("caller"))
                .containsEntry("kind", kind.name().toLowerCase(Locale.ROOT));
    }

    @Test
    void holdsNeitherTheCallersTokenNorTheCredential() {
        assertThat(Stream.of(parseParts(statement())))
                .noneMatch(part -> part.contains(ALICE.token()))
                .noneMatch(part -> part.contains(CREDENTIAL.value().reveal()));
    }

    private static String[] parseParts(TokenValue statement) {
        return Stream.of(statement.reveal().split("\\."))
                .map(part -> new Base64URL(part).decodeToString())
                .toArray(String[]::new);
    }

    @Test
    void hasATypeOfItsOwnAndNamesTheKey() throws Exception {
        var header = parse(statement()).getHeader();

        assertThat(header.getAlgorithm()).isEqualTo(JWSAlgorithm.ES256);
        assertThat(header.getType().getType()).isEqualTo("procura-user-context+jwt");
        assertThat(header.getKeyID()).isEqualTo("first");
        assertThat(header.toJSONObject()).containsOnlyKeys("alg", "typ", "kid");
    }

    @Test
    void isSignedByTheFirstKeyAlone() throws Exception {
        SignedJWT statement = parse(statement());

        assertThat(statement.verify(new ECDSAVerifier(first.toPublicJWK()))).isTrue();
        assertThat(statement.verify(new ECDSAVerifier(second.toPublicJWK()))).isFalse();
    }

    @Test
    void verifiesWithThePublishedKeySet() throws Exception {
        SignedJWT statement = parse(statement());
        JWKSet published = JWKSet.parse(contexts.publicKeys().toString());
        JWK key = published.getKeyByKeyId(statement.getHeader().getKeyID());

        assertThat(statement.verify(new ECDSAVerifier(key.toECKey()))).isTrue();
    }

    @Test
    void publishesEveryKeyWithoutItsPrivatePart() {
        String published = contexts.publicKeys().toString();

        assertThat(contexts.publicKeys().getKeys()).extracting(JWK::getKeyID).containsExactly("first", "second");
        assertThat(contexts.publicKeys().getKeys()).noneMatch(JWK::isPrivate);
        assertThat(published)
                .doesNotContain("\"d\"")
                .doesNotContain(first.getD().toString())
                .doesNotContain(second.getD().toString());
    }

    @Test
    void everyStatementHasAnIdOfItsOwn() throws Exception {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            ids.add(claims(contexts.statement(ALICE.token("t" + i).known(), CREDENTIAL, AUDIENCE))
                    .getJWTID());
        }

        assertThat(ids).hasSize(50);
    }

    @ParameterizedTest
    @CsvSource({
        // life of the caller's token, of the credential, of the statement, in seconds
        "3600, 3600, 60",
        "61, 3600, 60",
        "59, 3600, 59",
        "3600, 59, 59",
        "40, 20, 20",
        "20, 40, 20",
        "1, 3600, 1",
    })
    void livesAMinuteAndNeverPastTheCallersTokenOrTheCredential(long caller, long credential, long life)
            throws Exception {
        TokenValue statement = contexts.statement(
                ALICE.expiresAt(NOW.plusSeconds(caller)).known(),
                FakeTokenSource.token("credential", NOW.plusSeconds(credential)),
                AUDIENCE);

        assertThat(claims(statement).getExpirationTime()).isEqualTo(NOW.plusSeconds(life));
    }

    @Test
    void aCredentialOfUnknownEndDoesNotLengthenALife() throws Exception {
        TokenValue statement =
                contexts.statement(ALICE.known(), FakeTokenSource.tokenOfUnknownEnd("credential"), AUDIENCE);

        assertThat(claims(statement).getExpirationTime()).isEqualTo(NOW.plusSeconds(60));
    }

    @Test
    void fractionsOfSecondsDoNotLengthenALife() throws Exception {
        clock.set(NOW.plusMillis(900));

        TokenValue statement =
                contexts.statement(ALICE.expiresAt(NOW.plusMillis(30_200)).known(), CREDENTIAL, AUDIENCE);

        assertThat(claims(statement).getExpirationTime().toInstant()).isBeforeOrEqualTo(NOW.plusMillis(30_200));
    }

    @Test
    void theSameCallAgainGetsTheSameStatementUntilHalfOfItsLife() {
        TokenValue statement = statement();

        clock.set(NOW.plusMillis(29_999));
        assertThat(statement()).isEqualTo(statement);

        clock.set(NOW.plusSeconds(30));
        TokenValue next = statement();
        assertThat(next).isNotEqualTo(statement);

        clock.set(NOW.plusSeconds(59));
        assertThat(statement()).isEqualTo(next);
    }

    @Test
    void aShortStatementIsReplacedAtHalfOfItsOwnLife() throws Exception {
        CallerExample brief = ALICE.expiresAt(NOW.plusSeconds(20));
        TokenValue statement = contexts.statement(brief.known(), CREDENTIAL, AUDIENCE);

        clock.set(NOW.plusMillis(9_999));
        assertThat(contexts.statement(brief.known(), CREDENTIAL, AUDIENCE)).isEqualTo(statement);

        clock.set(NOW.plusSeconds(10));
        TokenValue next = contexts.statement(brief.known(), CREDENTIAL, AUDIENCE);
        assertThat(next).isNotEqualTo(statement);
        assertThat(claims(next).getExpirationTime()).isEqualTo(NOW.plusSeconds(20));
    }

    @Test
    void anotherCallerCredentialOrTierGetsAnotherStatement() throws Exception {
        TokenValue statement = statement();

        TokenValue otherCaller = contexts.statement(CallerExample.user("bob").known(), CREDENTIAL, AUDIENCE);
        TokenValue otherToken = contexts.statement(ALICE.token("newer").known(), CREDENTIAL, AUDIENCE);
        AccessToken newer = FakeTokenSource.token("newer-credential", NOW.plusSeconds(3600));
        TokenValue otherCredential = contexts.statement(ALICE.known(), newer, AUDIENCE);
        TokenValue otherTier = contexts.statement(ALICE.known(), CREDENTIAL, "inventory-api");

        assertThat(new HashSet<>(List.of(statement, otherCaller, otherToken, otherCredential, otherTier)))
                .hasSize(5);
        assertThat(claims(otherCaller).getJSONObjectClaim("caller")).containsEntry("identity", Map.of("sub", "bob"));
        assertThat(claims(otherCredential).getStringClaim("ath"))
                .isEqualTo(newer.value().fingerprint().base64Url());
        assertThat(claims(otherTier).getAudience()).containsExactly("inventory-api");
        assertThat(statement()).isEqualTo(statement);
    }

    @Test
    void remembersNoMoreThanItsBounds() {
        UserContexts few = contexts(new CacheBounds(10, 1_000_000));
        List<TokenValue> statements = Stream.iterate(0, i -> i + 1)
                .limit(200)
                .map(i -> few.statement(ALICE.token("t" + i).known(), CREDENTIAL, AUDIENCE))
                .toList();
        ForkJoinPool.commonPool().awaitQuiescence(10, TimeUnit.SECONDS);

        long remembered = Stream.iterate(199, i -> i - 1)
                .limit(200)
                .filter(i -> few.statement(ALICE.token("t" + i).known(), CREDENTIAL, AUDIENCE)
                        .equals(statements.get(i)))
                .count();

        assertThat(remembered).isLessThanOrEqualTo(10);
    }

    @Test
    void takesNoKeysThatCannotSignWithEs256() throws Exception {
        CacheBounds bounds = new CacheBounds(10, 1000);
        ECKey larger = new ECKeyGenerator(Curve.P_384).generate();

        for (List<ECKey> keys :
                List.of(List.<ECKey>of(), List.of(first.toPublicJWK()), List.of(larger), List.of(first, larger))) {
            assertThatThrownBy(() -> new UserContexts("https://api.example.com", keys, bounds, clock))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Clocks differ, so such a caller is let in; but no statement about him could be true. */
    @Test
    void thereIsNoStatementAboutACallerWhoseTokenIsJustOver() {
        for (CallerExample over : List.of(ALICE.expiresAt(NOW), ALICE.expiresAt(NOW.minusSeconds(10)))) {
            assertThatThrownBy(() -> contexts.statement(over.known(), CREDENTIAL, AUDIENCE))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            problem -> assertThat(problem.problem()).isEqualTo(Problem.TOKEN_EXPIRED));
        }
    }
}
