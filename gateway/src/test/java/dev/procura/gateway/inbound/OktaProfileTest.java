package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.token.Claims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How tokens of Okta's custom authorization servers are read. */
final class OktaProfileTest {

    private static final Profile PROFILE = new OktaProfile();

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a user|USER|'sub':'alice@example.com','uid':'00u1','cid':'0oa1'",
                "an application|APP|'sub':'0oa1','cid':'0oa1'",
                "an application in an introspection answer|APP|'sub':'0oa1','client_id':'0oa1'",
                "a user in an introspection answer|USER|'sub':'alice@example.com','uid':'00u1','client_id':'0oa1'",
                "an application with a user's id?|UNKNOWN|'sub':'0oa1','cid':'0oa1','uid':'00u1'",
                "a user without an id|UNKNOWN|'sub':'alice@example.com','cid':'0oa1'",
                "an id that is no string|UNKNOWN|'sub':'alice@example.com','cid':'0oa1','uid':1",
                "an id that is empty|UNKNOWN|'sub':'alice@example.com','cid':'0oa1','uid':''",
                "somebody through nobody|UNKNOWN|'sub':'0oa1'"
            })
    void tellsWhoStandsBehindAToken(String what, Caller.Kind kind, String claims) {
        assertThat(PROFILE.kind(TestClaims.of(claims))).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ACCESS_TOKEN|'cid':'app','sub':'s','iat':1",
                "ID_TOKEN|'aud':'app','sub':'s','iat':1,'ver':1",
                "ID_TOKEN|'azp':'app','sub':'s','iat':1",
                "ACCESS_TOKEN|'client_id':'app','sub':'s'",
                "OTHER|'aud':'app'"
            })
    void tellsAccessTokensByTheClientThatTheyName(TokenUse use, String claims) {
        assertThat(PROFILE.use("jwt", TestClaims.of(claims))).isEqualTo(use);
    }

    @Test
    void knowsAUserByTheIdThatStays() {
        Claims claims = TestClaims.of("'sub':'alice@example.com','uid':'00u1','cid':'0oa1'");

        assertThat(PROFILE.identity(claims, Caller.Kind.USER, TokenUse.ACCESS_TOKEN))
                .containsExactly("uid");
        assertThat(PROFILE.identity(claims, Caller.Kind.UNKNOWN, TokenUse.ACCESS_TOKEN))
                .containsExactly("uid");
        assertThat(PROFILE.identity(claims, Caller.Kind.APP, TokenUse.ACCESS_TOKEN))
                .containsExactly("sub");
        assertThat(PROFILE.identity(claims, Caller.Kind.USER, TokenUse.ID_TOKEN))
                .containsExactly("sub");
    }

    @Test
    void findsClientScopesAndRoles() {
        assertThat(PROFILE.clientId(TestClaims.of("'cid':'a','azp':'b'"))).contains("a");
        assertThat(PROFILE.clientId(TestClaims.of("'cid':'a','client_id':'b'"))).contains("a");
        assertThat(PROFILE.clientId(TestClaims.of("'client_id':'b'"))).contains("b");
        assertThat(PROFILE.clientId(TestClaims.of("'azp':'b'"))).isEmpty();
        assertThat(PROFILE.scopes(TestClaims.of("'scp':['b','a']"))).hasToString("a b");
        assertThat(PROFILE.roles(TestClaims.of("'roles':'r'"))).containsExactly("r");
    }

    @Test
    void knowsThatNoIssuerEndsWithASlash() {
        assertThat(PROFILE.spellingFault("https://example.okta.com/oauth2/default"))
                .isEmpty();
        assertThat(PROFILE.spellingFault("https://example.okta.com"))
                .hasValueSatisfying(fault -> assertThat(fault).contains("custom authorization server"));
        assertThat(PROFILE.spellingFault("https://example.okta.com/oauth2/default/"))
                .hasValueSatisfying(fault -> assertThat(fault).endsWith(": https://example.okta.com/oauth2/default"));
    }
}
