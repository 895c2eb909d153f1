package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Access tokens, ID tokens, and everything else that the same keys sign. */
final class TokenUsesTest {

    @ParameterizedTest(name = "generic {0} {1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "jwt|ACCESS_TOKEN|'sub':'s','scope':'a'",
                "jwt|ACCESS_TOKEN|'sub':'s'",
                "jwt|ACCESS_TOKEN|'sub':'s','azp':'app','aud':['app','api']",
                "jwt|ID_TOKEN|'sub':'s','azp':'app','aud':'app','scope':'openid'",
                "jwt|ID_TOKEN|'sub':'s','nonce':'n','client_id':'app'",
                "at+jwt|ACCESS_TOKEN|'sub':'s','nonce':'n'",
                "|ACCESS_TOKEN|'sub':'s'",
                "jwt|ID_TOKEN|'sub':'s','nonce':'n'",
                "jwt|ID_TOKEN|'sub':'s','azp':'app','aud':'app'",
                "jwt|ID_TOKEN|'sub':'s','azp':'app','aud':['app']",
                "jwt|ID_TOKEN|'sub':'s','at_hash':'x','scope':'a'",
                "at+jwt|ID_TOKEN|'sub':'s','c_hash':'x'",
                "at+jwt|OTHER|'sub':'s','events':{}",
                "jwt|OTHER|'sub':'s','iss':'s','scope':'a'",
                // What the token says of itself, whatever else speaks of access.
                "jwt|ID_TOKEN|'token_use':'id','sub':'s','client_id':'app','scope':'a'",
                "at+jwt|ID_TOKEN|'token_use':'ID','sub':'s'",
                "jwt|ID_TOKEN|'typ':'ID','sub':'s','azp':'app','scope':'openid'",
                "at+jwt|ID_TOKEN|'typ':'ID','sub':'s'",
                "jwt|OTHER|'token_use':'refresh','sub':'s','client_id':'app','scope':'a'",
                "jwt|OTHER|'typ':'Refresh','sub':'s','azp':'app','scope':'openid'",
                "jwt|OTHER|'typ':'Offline','sub':'s','azp':'app','scope':'offline_access'",
                "jwt|OTHER|'typ':'Logout','sub':'s','sid':'1'",
                "jwt|ACCESS_TOKEN|'token_use':'access','sub':'s','client_id':'app'",
                "jwt|ACCESS_TOKEN|'token_use':'access','sub':'s','auth_time':1,'aud':'app','azp':'app'",
                "jwt|ACCESS_TOKEN|'typ':'Bearer','sub':'s','sid':'1','email':'a@example.com'",
                "jwt|ID_TOKEN|'token_use':'access','sub':'s','at_hash':'x'",
                "jwt|OTHER|'token_use':'access','sub':'s','events':{}",
                // A sign-in or a person without a word of access.
                "jwt|ID_TOKEN|'sub':'s','aud':'app','auth_time':1",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','sid':'1'",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','acr':'1'",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','amr':['pwd']",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','email':'a@example.com'",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','name':'A'",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','given_name':'A'",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','family_name':'A'",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','preferred_username':'a'",
                "jwt|ID_TOKEN|'sub':'s','azp':'app','aud':['app','api'],'auth_time':1",
                "|ID_TOKEN|'sub':'s','aud':'app','auth_time':1",
                // A word of access beside it, or a client that the token is not for.
                "at+jwt|ACCESS_TOKEN|'sub':'s','auth_time':1,'sid':'1','name':'A'",
                // An ID token for another client of the same owner looks like this; so may an access token, and it is
                // not taken.
                "jwt|ID_TOKEN|'sub':'s','azp':'app','aud':'api','auth_time':1,'sid':'1','name':'A'",
                "jwt|ID_TOKEN|'sub':'s','azp':'android','aud':'backend','email':'a@example.com','nonce':'n'",
                "jwt|ID_TOKEN|'sub':'s','azp':'app','auth_time':1",
                "jwt|ACCESS_TOKEN|'sub':'s','azp':'app','aud':'api'",
                // Cloud Foundry's and Zitadel's ID tokens name the client in an access token's words.
                "jwt|ID_TOKEN|'sub':'s','aud':'app','cid':'app','client_id':'app','scope':['openid'],'nonce':'n','auth_time':1",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','client_id':'app','nonce':'n'",
                "jwt|ID_TOKEN|'sub':'s','aud':['app','other'],'azp':'app','picture':'https://a/b.png'",
                "jwt|ID_TOKEN|'sub':'s','aud':'app','client_id':'app','scope':'openid profile','name':'A'",
                "jwt|ACCESS_TOKEN|'sub':'s','aud':'api','client_id':'app','scope':'openid profile','name':'A'",
                "jwt|ACCESS_TOKEN|'sub':'s','nonce':'n','scope':'a'",
                "jwt|ACCESS_TOKEN|'sub':'s','nonce':'n','scp':['a']",
                "jwt|ACCESS_TOKEN|'sub':'s','auth_time':1,'permissions':['a']",
                "jwt|ACCESS_TOKEN|'sub':'s','auth_time':1,'cid':'app'",
                "jwt|ACCESS_TOKEN|'sub':'s','auth_time':1,'appid':'app'"
            })
    void ofTheGenericProfile(String type, TokenUse use, String claims) {
        assertThat(new GenericProfile().use(type == null ? "" : type, TestClaims.of(claims)))
                .isEqualTo(use);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ACCESS_TOKEN|'token_use':'access'",
                "ACCESS_TOKEN|'token_use':'access_token'",
                "ACCESS_TOKEN|'typ':'Bearer'",
                "ACCESS_TOKEN|'typ':'at+jwt'",
                "ID_TOKEN|'token_use':'id'",
                "ID_TOKEN|'token_use':'id_token'",
                "ID_TOKEN|'typ':'ID'",
                "OTHER|'token_use':'refresh'",
                "OTHER|'token_use':'refresh_token'",
                "OTHER|'typ':'Refresh'",
                "OTHER|'typ':'Offline'",
                "OTHER|'typ':'Logout'",
                "OTHER|'typ':'REFRESH'",
                "ID_TOKEN|'token_use':'id','typ':'Bearer'",
                "OTHER|'token_use':1,'typ':'ID'",
                "OTHER|'token_use':'identity'",
                "ID_TOKEN|'token_use':'access','typ':'ID'",
                "OTHER|'token_use':['id']",
                "|'typ':'JWT'",
                "|'typ':['ID']",
                "OTHER|'token_use':''",
                "|'sub':'s'"
            })
    void areWhatTheTokenSaysOfItself(TokenUse use, String claims) {
        assertThat(TokenUses.said(TestClaims.of(claims))).isEqualTo(Optional.ofNullable(use));
    }

    @ParameterizedTest(name = "keycloak {0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ACCESS_TOKEN|'typ':'Bearer'",
                "ACCESS_TOKEN|'sub':'s'",
                "ID_TOKEN|'typ':'ID'",
                "ID_TOKEN|'typ':'Bearer','at_hash':'x'",
                "OTHER|'typ':'Refresh'",
                "OTHER|'typ':'Offline'",
                "OTHER|'typ':'Logout'",
                "OTHER|'typ':'bearer'",
                "OTHER|'typ':'DPoP'",
                "OTHER|'typ':''",
                "OTHER|'typ':['Bearer']",
                "OTHER|'typ':'Bearer','events':{}",
                "OTHER|'typ':'ID','iss':'a','sub':'a'"
            })
    void ofKeycloak(TokenUse use, String claims) {
        assertThat(new KeycloakProfile().use("jwt", TestClaims.of(claims))).isEqualTo(use);
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "true|ACCESS_TOKEN|'sub':'s'",
                "true|ID_TOKEN|'sub':'s','iat':1,'at_hash':'x'",
                "true|OTHER|'sub':'s','at_hash':'x'",
                "true|OTHER|'htm':'GET'",
                "false|ID_TOKEN|'sub':'s','iat':1",
                "false|OTHER|'sub':'s'",
                "false|OTHER|'iat':1",
                "false|OTHER|'sub':'s','iat':1,'iss':'s'"
            })
    void ofFamiliesWhoseAccessTokensNameTheirClient(boolean namesClient, TokenUse use, String claims) {
        assertThat(TokenUses.byClientClaim(TestClaims.of(claims), namesClient)).isEqualTo(use);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'client_id':'gateway','sub':'s'|sub",
                "'username':'alice','sub':'s'|preferred_username sub",
                "'username':'alice','preferred_username':'bob'|preferred_username",
                "'username':1,'sub':'s'|sub",
                "'active':true,'token_type':'Bearer','typ':'Bearer'|typ"
            })
    void areReadOutOfAnAnswerOfKeycloakWithoutWhatItsEndpointAdds(String answer, String names) {
        assertThat(new KeycloakProfile().ofIntrospection(TestClaims.of(answer)).names())
                .containsExactlyInAnyOrder(names.split(" "));
    }
}
