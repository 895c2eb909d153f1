package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How tokens of Entra ID and Azure AD are read, version 1.0 and 2.0. */
final class EntraProfileTest {

    private static final Profile PROFILE = new EntraProfile();
    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String V1 = "https://sts.windows.net/" + TENANT + "/";
    private static final String V2 = "https://login.microsoftonline.com/" + TENANT + "/v2.0";

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a user|USER|'scp':'orders.read','azp':'app'",
                "a user who is told|USER|'scp':'orders.read','idtyp':'user'",
                "a user with app roles|USER|'scp':'orders.read','roles':['clerk']",
                "an application|APP|'roles':['orders.process'],'azp':'app'",
                "an application without a role|APP|'azp':'app'",
                "an application that is told|APP|'idtyp':'app'",
                "an application with delegated rights?|UNKNOWN|'idtyp':'app','scp':'orders.read'",
                "a user without rights?|UNKNOWN|'idtyp':'user'",
                "a kind that nobody knows|UNKNOWN|'idtyp':'device','scp':'orders.read'",
                "a kind in capitals|UNKNOWN|'idtyp':'User','scp':'orders.read'",
                "a kind that is no string|UNKNOWN|'idtyp':['user'],'scp':'orders.read'",
                "rights that are a list|UNKNOWN|'scp':['orders.read']",
                "rights that are empty|UNKNOWN|'scp':''",
                "a name makes no user|APP|'name':'Alice','preferred_username':'alice@example.com','upn':'alice'"
            })
    void tellsWhoStandsBehindAToken(String what, Caller.Kind kind, String claims) {
        assertThat(PROFILE.kind(TestClaims.of(claims))).isEqualTo(kind);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ACCESS_TOKEN|'azp':'app','sub':'s','iat':1",
                "ACCESS_TOKEN|'appid':'app','sub':'s','iat':1",
                "ACCESS_TOKEN|'azp':'app','nonce':'n'",
                "ID_TOKEN|'aud':'app','sub':'s','iat':1,'nonce':'n'",
                "ID_TOKEN|'aud':'app','sub':'s','iat':1",
                "ID_TOKEN|'azp':'app','sub':'s','iat':1,'at_hash':'x'",
                "OTHER|'aud':'app','iat':1",
                "OTHER|'aud':'app','sub':'s'",
                "OTHER|"
            })
    void tellsAccessTokensByTheClientThatTheyName(TokenUse use, String claims) {
        assertThat(PROFILE.use("jwt", TestClaims.of(claims == null ? "" : claims)))
                .isEqualTo(use);
    }

    @Test
    void findsTheClientOfBothVersions() {
        assertThat(PROFILE.clientId(TestClaims.of("'azp':'a'"))).contains("a");
        assertThat(PROFILE.clientId(TestClaims.of("'appid':'b'"))).contains("b");
        assertThat(PROFILE.clientId(TestClaims.of("'client_id':'c','cid':'d'"))).isEmpty();
    }

    @Test
    void knowsAPersonByTenantAndObject() {
        var claims = TestClaims.of("'sub':'pairwise','oid':'o-1','tid':'" + TENANT + "'");

        assertThat(PROFILE.identity(claims, Caller.Kind.USER, TokenUse.ACCESS_TOKEN))
                .containsExactly("oid");
        assertThat(PROFILE.identity(claims, Caller.Kind.APP, TokenUse.ACCESS_TOKEN))
                .containsExactly("oid");
        assertThat(PROFILE.tenant(claims)).contains(TENANT);
        assertThat(PROFILE.tenant(TestClaims.of("'tid':1"))).isEmpty();
    }

    @Test
    void takesBothKindsOfAuthenticationContexts() {
        assertThat(PROFILE.acr(TestClaims.of("'acrs':['c1','c2'],'acr':'1'")))
                .containsExactlyInAnyOrder("c1", "c2", "1");
        assertThat(PROFILE.acr(TestClaims.of("'acrs':'c1'"))).containsExactly("c1");
        assertThat(PROFILE.acr(TestClaims.of(""))).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                V1 + "|'ver':'1.0'|false",
                V1 + "|'ver':'2.0'|true",
                V1 + "|''|false",
                V2 + "|'ver':'2.0'|false",
                V2 + "|'ver':'1.0'|true",
                V2 + "|'ver':2.0|true",
                V2 + "|'ver':''|true",
                V2 + "|'azp':'a','appid':'b'|true",
                V2 + "|'azp':'a','appid':'a'|false"
            })
    void seesWhatDoesNotGoTogether(String issuer, String claims, boolean contradicts) {
        assertThat(PROFILE.contradiction(TestClaims.of(claims.equals("''") ? "" : claims), issuer)
                        .isPresent())
                .isEqualTo(contradicts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://login.microsoftonline.com/common/v2.0",
                "https://login.microsoftonline.com/organizations/v2.0",
                "https://login.microsoftonline.com/Common/v2.0",
                "https://login.microsoftonline.com/consumers/v2.0",
                "https://sts.windows.net/common/"
            })
    void knowsThatNoTokenNamesAWordForManyTenants(String issuer) {
        assertThat(PROFILE.spellingFault(issuer)).isPresent();
    }

    @Test
    void hasKeysThatNameTheirIssuerAndTokensOfOneTypeAndAlgorithm() {
        assertThat(PROFILE.keysNameTheirIssuer()).isTrue();
        assertThat(PROFILE.defaults().tokenTypes()).containsExactly("jwt");
        assertThat(PROFILE.defaults().algorithms()).containsExactly("RS256");
        assertThat(PROFILE.spellingFault(V1)).isEmpty();
        assertThat(PROFILE.spellingFault(V2)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://login.windows.net/{tenantid}/v2.0, https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://login.microsoft.com/{tenantid}/v2.0/, https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://LOGIN.microsoftonline.com/{tenantid}/v2.0, https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://sts.windows.net/{tenantid}/v2.0, https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://login.microsoftonline.com/{tenantid}/, https://sts.windows.net/{tenantid}/",
        "https://login.microsoftonline.com/{tenantid}, https://sts.windows.net/{tenantid}/",
        "https://sts.windows.net/{tenantid}, https://sts.windows.net/{tenantid}/",
        "https://login.microsoftonline.us/{tenantid}/v2.0, https://login.microsoftonline.us/{tenantid}/v2.0",
        "https://login.windows.net.example.com/{tenantid}/, https://login.windows.net.example.com/{tenantid}/",
        "http://127.0.0.1:9000/{tenantid}/v2.0, http://127.0.0.1:9000/{tenantid}/v2.0"
    })
    void writesAnIssuerAsItsTokensDo(String configured, String canonical) {
        assertThat(EntraIssuer.canonical(configured)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource({
        "https://sts.windows.net/t/, https://login.microsoftonline.com/t/.well-known/openid-configuration",
        "https://login.microsoftonline.com/t/v2.0, https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration"
    })
    void findsTheMetadataOfBothVersions(String issuer, String metadata) {
        assertThat(EntraIssuer.metadataUri(issuer)).isEqualTo(metadata);
    }
}
