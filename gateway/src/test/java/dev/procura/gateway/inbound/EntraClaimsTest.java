package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Scopes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Microsoft's table of claims, row by row: what is known of a caller whose token has them, in either version's names. */
final class EntraClaimsTest {

    private static final String TENANT = "0a1b2c3d-0000-4000-8000-00000000000a";
    private static final String V1 = "https://sts.windows.net/" + TENANT + "/";
    private static final String V2 = "https://login.microsoftonline.com/" + TENANT + "/v2.0";
    private static final String OBJECT = "3c3b969c-0000-4e11-a4ef-00000000000a";
    private static final String API = "5d1e0000-aaaa-4aaa-8aaa-000000000001";
    private static final String CLIENT = "5d1e0000-aaaa-4aaa-8aaa-000000000003";
    private static final Instant SIGNED_IN = TestTokens.NOW.minusSeconds(120);

    private static final LoopbackServer SERVER = LoopbackServer.start();

    /**
     * @param name in the table
     * @param known what a caller shows of it
     * @param v1 what it has to be for the token of version 1.0
     */
    record Claim(String name, Function<Caller.Known, Object> known, Object v1, Object v2) {

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void publishKeys() {
        Map<String, Object> key =
                new LinkedHashMap<>(TestTokens.RSA.toPublicJWK().toJSONObject());
        key.put("issuer", "https://login.microsoftonline.com/{tenantid}/v2.0");
        SERVER.answer("/v2", 200, JSONObjectUtils.toJSONString(Map.of("keys", List.of(key))));
        SERVER.answer("/v1", 200, TestTokens.keySet(TestTokens.RSA));
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    static Stream<Claim> table() {
        return Stream.of(
                same("Application ID", Caller.Known::clientId, Optional.of(CLIENT)),
                new Claim("Audience", Caller.Known::audiences, Set.of("https://api.orchid.test/"), Set.of(API)),
                new Claim(
                        "Application Authentication Context Class Reference",
                        caller -> caller.claims()
                                .string("appidacr")
                                .or(() -> caller.claims().string("azpacr"))
                                .orElseThrow(),
                        "0",
                        "1"),
                same("Authentication Instant", caller -> caller.signIn().time(), Optional.of(SIGNED_IN)),
                new Claim(
                        "Authentication Method",
                        caller -> caller.claims().strings("amr"),
                        List.of("pwd", "mfa"),
                        List.of()),
                new Claim("(authentication context)", caller -> caller.signIn().acr(), Set.of("1"), Set.of("c1", "c2")),
                same("First Name", text("given_name"), "Ana"),
                same("Groups", Caller.Known::groups, new Groups.Listed(Set.of("group-1", "group-2"))),
                same("Identity Provider", text("idp"), "live.com"),
                same(
                        "Issued At",
                        caller -> caller.claims().instant("iat").orElseThrow(),
                        TestTokens.NOW.minusSeconds(60)),
                new Claim("Issuer", caller -> caller.identity().issuer(), V1, V2),
                same("Last Name", text("family_name"), "Almeida"),
                same("Name", text("name"), "Ana Almeida"),
                same("Object Id", caller -> caller.identity().values(), Map.of("oid", OBJECT)),
                same("Roles", Caller.Known::roles, Set.of("clerk", "auditor")),
                same("Scope", Caller.Known::scopes, Scopes.of("orders.read", "orders.write")),
                same("Subject", text("sub"), "pairwise-subject"),
                same("Tenant Id", caller -> caller.identity().tenant(), Optional.of(TENANT)),
                same("Token Lifetime", Caller.Known::expiresAt, TestTokens.NOW.plusSeconds(3600)),
                new Claim(
                        "User Principal Name",
                        caller -> caller.claims()
                                .string("upn")
                                .or(() -> caller.claims().string("preferred_username"))
                                .orElseThrow(),
                        "ana.upn@orchid.test",
                        "ana.preferred@orchid.test"),
                new Claim("Version", text("ver"), "1.0", "2.0"));
    }

    @ParameterizedTest
    @MethodSource("table")
    void isKnownFromATokenOfVersion1(Claim claim) {
        assertThat(claim.known().apply(caller("v1", V1, v1()))).isEqualTo(claim.v1());
    }

    @ParameterizedTest
    @MethodSource("table")
    void isKnownFromATokenOfVersion2(Claim claim) {
        assertThat(claim.known().apply(caller("v2", V2, v2()))).isEqualTo(claim.v2());
    }

    @Test
    void bothVersionsAreAUserWithAnAccessToken() {
        assertThat(Stream.of(caller("v1", V1, v1()), caller("v2", V2, v2()))).allSatisfy(caller -> {
            assertThat(caller.kind()).isEqualTo(Caller.Kind.USER);
            assertThat(caller.use()).isEqualTo(TokenUse.ACCESS_TOKEN);
        });
    }

    /** Every name can change, and sub differs from application to application. */
    @Test
    void nothingButTenantAndObjectNamesTheCaller() {
        Map<String, Object> renamed = v1();
        renamed.put("sub", "another-pairwise-subject");
        renamed.put("upn", "ana.married@orchid.test");
        renamed.put("unique_name", "ana.married@orchid.test");
        renamed.put("family_name", "Married");

        assertThat(caller("v1", V1, renamed).identity())
                .isEqualTo(caller("v1", V1, v1()).identity());
    }

    private static Claim same(String name, Function<Caller.Known, Object> known, Object value) {
        return new Claim(name, known, value, value);
    }

    private static Function<Caller.Known, Object> text(String claim) {
        return caller -> caller.claims().string(claim).orElseThrow();
    }

    private static Map<String, Object> v1() {
        Map<String, Object> claims = common();
        claims.put("iss", V1);
        claims.put("aud", "https://api.orchid.test/");
        claims.put("appid", CLIENT);
        claims.put("appidacr", "0");
        claims.put("acr", "1");
        claims.put("amr", List.of("pwd", "mfa"));
        claims.put("unique_name", "ana.upn@orchid.test");
        claims.put("upn", "ana.upn@orchid.test");
        claims.put("ver", "1.0");
        return claims;
    }

    private static Map<String, Object> v2() {
        Map<String, Object> claims = common();
        claims.put("iss", V2);
        claims.put("aud", API);
        claims.put("azp", CLIENT);
        claims.put("azpacr", "1");
        claims.put("acrs", List.of("c1", "c2"));
        claims.put("preferred_username", "ana.preferred@orchid.test");
        claims.put("ver", "2.0");
        return claims;
    }

    private static Map<String, Object> common() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("auth_time", SIGNED_IN.getEpochSecond());
        claims.put("exp", TestTokens.NOW.plusSeconds(3600).getEpochSecond());
        claims.put("family_name", "Almeida");
        claims.put("given_name", "Ana");
        claims.put("groups", List.of("group-1", "group-2"));
        claims.put("iat", TestTokens.NOW.minusSeconds(60).getEpochSecond());
        claims.put("idp", "live.com");
        claims.put("name", "Ana Almeida");
        claims.put("nbf", TestTokens.NOW.minusSeconds(60).getEpochSecond());
        claims.put("oid", OBJECT);
        claims.put("roles", List.of("clerk", "auditor"));
        claims.put("scp", "orders.write orders.read");
        claims.put("sub", "pairwise-subject");
        claims.put("tid", TENANT);
        return claims;
    }

    private static Caller.Known caller(String keys, String issuer, Map<String, Object> claims) {
        IssuerProperties block = TestIssuers.block(Map.of(
                "profile",
                "entra",
                "issuer",
                issuer,
                "jwks-uri",
                SERVER.origin() + "/" + keys,
                "audiences",
                API + ",https://api.orchid.test/"));
        Clock clock = Clock.fixed(TestTokens.NOW, ZoneOffset.UTC);
        Authenticator authenticator = new Authenticator(
                Issuers.of(Map.of("entra", block), IssuerSurroundings.at(clock)),
                new Revocations(clock),
                new CacheBounds(10, 1_000_000),
                clock);
        return authenticator
                .authenticate(new TestTokens(Map.of("alg", "RS256", "typ", "JWT", "kid", "k1"), claims, TestTokens.RSA)
                        .value())
                .blockOptional(Duration.ofSeconds(10))
                .orElseThrow();
    }
}
