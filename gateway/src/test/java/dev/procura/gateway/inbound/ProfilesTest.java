package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.token.Claims;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds in every family, whatever a token says. */
final class ProfilesTest {

    private static final int ROUNDS = 5_000;

    /** What only an application's token has; each takes a soup and adds it. */
    private static final Map<ProfileName, List<UnaryOperator<Claims>>> APP_ONLY = Map.of(
            ProfileName.GENERIC,
            List.of(
                    claims -> claims.with("sub", "daemon").with("client_id", "daemon"),
                    claims -> claims.with("sub", "daemon").with("azp", "daemon"),
                    claims -> claims.with("idtyp", "app"),
                    claims -> claims.with("gty", "client-credentials"),
                    claims -> claims.with("gty", "client_credentials"),
                    claims -> claims.with("gty", List.of("refresh_token", "client_credentials")),
                    claims -> claims.with("sub", "abc@clients"),
                    claims -> claims.with("clientHost", "10.0.0.1"),
                    claims -> claims.with("clientAddress", "10.0.0.1"),
                    claims -> claims.with("preferred_username", "service-account-daemon"),
                    claims -> claims.with("jti", "trrtcc:6e69c00d")),
            ProfileName.ENTRA,
            List.of(
                    claims -> claims.with("idtyp", "app"),
                    claims -> claims.without("scp").with("roles", List.of("orders.process")),
                    claims -> claims.without("scp")),
            ProfileName.B2C,
            List.of(claims -> Claims.of(Map.of("sub", "o-1", "oid", "o-1", "azp", "app", "scp", "orders"))),
            ProfileName.AUTH0,
            List.of(
                    claims -> claims.with("sub", "abc@clients"),
                    claims -> claims.with("sub", "auth0|abc@clients"),
                    claims -> claims.with("gty", "client-credentials"),
                    claims -> claims.with("gty", List.of("refresh_token", "client-credentials")),
                    claims -> claims.with("azp", "abc").with("sub", "abc@clients")),
            ProfileName.KEYCLOAK,
            List.of(
                    claims -> claims.with("client_id", "daemon"),
                    claims -> claims.with("clientId", "daemon"),
                    claims -> claims.with("clientHost", "10.0.0.1"),
                    claims -> claims.with("clientAddress", "10.0.0.1"),
                    claims -> claims.with("preferred_username", "service-account-daemon"),
                    claims -> claims.with("jti", "onrtcc:6e69c00d"),
                    claims -> claims.with("jti", "trrtte:6e69c00d")),
            ProfileName.OKTA,
            List.of(
                    claims -> claims.with("cid", "0oa1").with("sub", "0oa1"),
                    claims -> claims.with("cid", "0oa1").without("uid")));

    @ParameterizedTest
    @EnumSource
    void neverTakesAnApplicationsMarkForAUser(ProfileName name) {
        Profile profile = name.profile();
        Randomly.check(random -> {
            for (int i = 0; i < ROUNDS; i++) {
                Claims claims = Randomly.oneOf(random, APP_ONLY.get(name)).apply(TestClaims.soup(random));
                assertThat(profile.kind(claims)).as("%s", claims.values()).isNotEqualTo(Caller.Kind.USER);
            }
        });
    }

    /** A claim of another JSON type counts as absent: nothing is coerced, and nothing breaks. */
    @ParameterizedTest
    @EnumSource
    void readsAnyJson(ProfileName name) {
        Randomly.check(random -> {
            for (int i = 0; i < ROUNDS; i++) {
                Claims claims = TestClaims.soup(random);
                assertThatCode(() -> readEverything(name.profile(), claims, random))
                        .as("%s", claims.values())
                        .doesNotThrowAnyException();
            }
        });
    }

    private static void readEverything(Profile profile, Claims claims, Random random) {
        Caller.Kind kind = profile.kind(claims);
        TokenUse use = profile.use(Randomly.oneOf(random, List.of("", "jwt", "at+jwt")), claims);
        assertThat(profile.clientId(claims)).isNotEqualTo(Optional.of(""));
        assertThat(profile.roles(claims)).isNotNull();
        assertThat(profile.scopes(claims)).isNotNull();
        assertThat(profile.groups(claims)).isNotNull();
        assertThat(profile.acr(claims)).isNotNull();
        assertThat(profile.tenant(claims)).isNotEqualTo(Optional.of(""));
        assertThat(profile.policies(claims)).isNotNull();
        assertThat(profile.contradiction(claims, TestTokens.ISSUER)).isNotNull();
        assertThat(profile.ofIntrospection(claims).has("active")).isFalse();
        assertThat(profile.identity(claims, kind, use)).isNotEmpty();
        for (String time : List.of("exp", "nbf", "iat", "auth_time")) {
            assertThat(profile.time(claims, time)).isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void neverTakesOtherKindsOfTokensForAccessTokens(ProfileName name) {
        for (String mark : List.of("events", "htm", "htu", "tctx", "rctx", "token_introspection")) {
            Claims claims = of(name).with(mark, Map.of("x", "y"));
            assertThat(name.profile().use("jwt", claims)).as(mark).isEqualTo(TokenUse.OTHER);
            assertThat(name.profile().use("at+jwt", claims)).as(mark).isEqualTo(TokenUse.OTHER);
        }
        assertThat(name.profile().use("jwt", of(name).with("iss", "client").with("sub", "client")))
                .isEqualTo(TokenUse.OTHER);
    }

    @ParameterizedTest
    @EnumSource
    void takesATokenWithTheHashOfAnotherForAnIdToken(ProfileName name) {
        for (String hash : List.of("at_hash", "c_hash")) {
            assertThat(name.profile().use("at+jwt", of(name).with(hash, "x"))).isEqualTo(TokenUse.ID_TOKEN);
        }
        assertThat(name.profile().use("jwt", of(name))).isEqualTo(TokenUse.ACCESS_TOKEN);
    }

    /** With the claims of a user's access token in any family. */
    private static Claims of(ProfileName name) {
        return TestClaims.of("'iss':'" + name + "','sub':'auth0|alice','iat':1,'azp':'app','cid':'app',"
                + "'client_id':'app','scp':'orders','typ':'Bearer'");
    }

    @Test
    void leavesOutOfAnIntrospectionAnswerWhatOnlyTheProtocolAdds() {
        Claims answer = TestClaims.of("'active':true,'username':'alice','token_type':'Bearer','sub':'alice'");

        for (ProfileName name : ProfileName.values()) {
            Claims claims = name.profile().ofIntrospection(answer);
            assertThat(claims.names()).doesNotContain("active", "username", "token_type");
            assertThat(claims.string("sub")).contains("alice");
        }
    }
}
