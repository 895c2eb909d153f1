package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How tokens of Auth0 are read, of its own profile and of RFC 9068. */
final class Auth0ProfileTest {

    private static final Profile PROFILE = new Auth0Profile();

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '"',
            value = {
                "a user!USER!'sub':'auth0|1','azp':'app'",
                "a user of Azure AD!USER!'sub':'waad|x','azp':'app'",
                "a user by password!USER!'sub':'auth0|1','azp':'app','gty':'password'",
                "a user in an RFC 9068 token!USER!'sub':'auth0|1','client_id':'app'",
                "an application!APP!'sub':'app@clients','azp':'app','gty':'client-credentials'",
                "an application without its grant!APP!'sub':'app@clients','azp':'app'",
                "an application in an RFC 9068 token!APP!'sub':'app@clients','client_id':'app'",
                "an application by another grant?!UNKNOWN!'sub':'app@clients','azp':'app','gty':'password'",
                "another application's name!UNKNOWN!'sub':'other@clients','azp':'app'",
                "a user by an application's grant?!UNKNOWN!'sub':'auth0|1','azp':'app','gty':'client-credentials'",
                "a user whose name ends like an application's!UNKNOWN!'sub':'auth0|app@clients','azp':'app'",
                "an agent!UNKNOWN!'sub':'agent_1','azp':'app'",
                "no connection!UNKNOWN!'sub':'|1','azp':'app'",
                "a sub that is no string!UNKNOWN!'sub':['auth0|1'],'azp':'app'",
                "nobody!UNKNOWN!'azp':'app'"
            })
    void tellsWhoStandsBehindAToken(String what, Caller.Kind kind, String claims) {
        assertThat(PROFILE.kind(TestClaims.of(claims))).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'scope':'b a'|a b",
                "'permissions':['p'],'scope':'a'|p",
                "'permissions':[],'scope':'a'|''",
                "'permissions':1,'scope':'a'|a",
                "'scp':'a'|''"
            })
    void takesPermissionsBeforeScopes(String claims, String scopes) {
        assertThat(PROFILE.scopes(TestClaims.of(claims))).hasToString(scopes.equals("''") ? "" : scopes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ACCESS_TOKEN|'azp':'app','sub':'s','iat':1",
                "ACCESS_TOKEN|'client_id':'app','sub':'s','iat':1",
                "ID_TOKEN|'aud':'app','sub':'s','iat':1,'nonce':'n'",
                "ID_TOKEN|'azp':'app','sub':'s','iat':1,'at_hash':'x'",
                "OTHER|'aud':'app','sub':'s'"
            })
    void tellsAccessTokensByTheClientThatTheyName(TokenUse use, String claims) {
        assertThat(PROFILE.use("at+jwt", TestClaims.of(claims))).isEqualTo(use);
    }

    @Test
    void takesAUserOfTwoOrganizationsForTwoCallers() {
        assertThat(PROFILE.tenant(TestClaims.of("'org_id':'org_1'"))).contains("org_1");
        assertThat(PROFILE.tenant(TestClaims.of("'org_name':'x'"))).isEmpty();
        assertThat(PROFILE.identity(TestClaims.of("'sub':'a|b'"), Caller.Kind.USER, TokenUse.ACCESS_TOKEN))
                .containsExactly("sub");
    }

    @Test
    void findsClientAndRoles() {
        assertThat(PROFILE.clientId(TestClaims.of("'azp':'a','client_id':'b'"))).contains("a");
        assertThat(PROFILE.roles(TestClaims.of("'roles':['r'],'permissions':['p']")))
                .containsExactly("r");
    }

    @Test
    void knowsThatAnIssuerEndsWithASlash() {
        assertThat(PROFILE.spellingFault("https://example.eu.auth0.com/")).isEmpty();
        assertThat(PROFILE.spellingFault("https://example.eu.auth0.com"))
                .hasValueSatisfying(fault -> assertThat(fault).endsWith(": https://example.eu.auth0.com/"));
    }
}
