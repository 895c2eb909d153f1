package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.Randomly;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How tokens of Azure AD B2C are read, on whose claims little can be built. */
final class B2cProfileTest {

    private static final Profile PROFILE = new B2cProfile();

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a user who signed in|USER|'sub':'o-1','oid':'o-1','auth_time':1",
                "a user with a name|USER|'sub':'o-1','name':'Alice'",
                "a user with addresses|USER|'sub':'o-1','emails':['a@example.com']",
                "a user of a tenant without subjects|USER|'sub':'Not supported currently. Use oid claim.','oid':'o-1'",
                "an application|UNKNOWN|'sub':'o-1','oid':'o-1','azp':'app','scp':'orders'",
                "an application without an object|UNKNOWN|'sub':'o-1','azp':'app','scp':'orders'",
                "an object alone|UNKNOWN|'oid':'o-1'",
                "rights alone|UNKNOWN|'scp':'orders'",
                "nobody|UNKNOWN|'ver':'1.0'"
            })
    void tellsAUserByWhatSpeaksOfAPerson(String what, Caller.Kind kind, String claims) {
        assertThat(PROFILE.kind(TestClaims.of(claims))).isEqualTo(kind);
    }

    @Test
    void neverSaysThatSomebodyIsAnApplication() {
        Randomly.check(random -> {
            for (int i = 0; i < 5_000; i++) {
                assertThat(PROFILE.kind(TestClaims.soup(random))).isNotEqualTo(Caller.Kind.APP);
            }
        });
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ACCESS_TOKEN|'azp':'app','sub':'s','iat':1,'nonce':'n'",
                "ID_TOKEN|'aud':'app','sub':'s','iat':1",
                "ID_TOKEN|'azp':'app','sub':'s','iat':1,'c_hash':'x'",
                "OTHER|'aud':'app'"
            })
    void tellsAccessTokensByTheClientThatTheyName(TokenUse use, String claims) {
        assertThat(PROFILE.use("jwt", TestClaims.of(claims))).isEqualTo(use);
    }

    @Test
    void knowsAPersonByObjectWhereThereIsOne() {
        assertThat(PROFILE.identity(TestClaims.of("'oid':'o','sub':'s'"), Caller.Kind.USER, TokenUse.ACCESS_TOKEN))
                .containsExactly("oid");
        assertThat(PROFILE.identity(TestClaims.of("'sub':'s'"), Caller.Kind.USER, TokenUse.ACCESS_TOKEN))
                .containsExactly("sub");
        assertThat(PROFILE.tenant(TestClaims.of("'tid':'t'"))).isEmpty();
    }

    @Test
    void takesAcrForThePolicyAndNotForASignIn() {
        assertThat(PROFILE.acr(TestClaims.of("'acr':'b2c_1_signin'"))).isEmpty();
        assertThat(PROFILE.policies(TestClaims.of("'acr':'b2c_1_signin'"))).containsExactly("b2c_1_signin");
        assertThat(PROFILE.policies(TestClaims.of("'tfp':'B2C_1_signin','acr':'other'")))
                .containsExactly("B2C_1_signin", "other");
        assertThat(PROFILE.policies(TestClaims.of("'tfp':1"))).containsExactly("");
        assertThat(PROFILE.policies(TestClaims.of("'acr':['b2c_1_signin']"))).containsExactly("");
        assertThat(PROFILE.policies(TestClaims.of("'tfp':'B2C_1_signin','acr':{}")))
                .containsExactly("B2C_1_signin", "");
        assertThat(PROFILE.policies(TestClaims.of("'tfp':null,'sub':'s'"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'exp':1900000000|1900000000",
                "'exp':'1900000000'|1900000000",
                "'exp':'0'|0",
                "'exp':'-1'|",
                "'exp':' 1'|",
                "'exp':'1900000000000'|",
                "'exp':'9999999999999999999999'|",
                "'exp':'1e9'|",
                "'exp':''|",
                "'exp':[1900000000]|",
                "'exp':true|"
            })
    void readsTimesThatACustomPolicyWritesAsStrings(String claims, Long seconds) {
        assertThat(PROFILE.time(TestClaims.of(claims), "exp")
                        .map(Instant::getEpochSecond)
                        .orElse(null))
                .isEqualTo(seconds);
    }

    @Test
    void findsClientScopesAndRoles() {
        assertThat(PROFILE.clientId(TestClaims.of("'azp':'a','appid':'b'"))).contains("a");
        assertThat(PROFILE.clientId(TestClaims.of("'appid':'b'"))).isEmpty();
        assertThat(PROFILE.scopes(TestClaims.of("'scp':'b a'"))).hasToString("a b");
        assertThat(PROFILE.roles(TestClaims.of("'roles':['r']"))).containsExactly("r");
        assertThat(PROFILE.keysNameTheirIssuer()).isFalse();
        assertThat(PROFILE.defaults().algorithms()).containsExactly("RS256");
    }
}
