package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

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
                "jwt|ACCESS_TOKEN|'sub':'s','azp':'app','aud':'app','scope':'openid'",
                "jwt|ACCESS_TOKEN|'sub':'s','nonce':'n','client_id':'app'",
                "at+jwt|ACCESS_TOKEN|'sub':'s','nonce':'n'",
                "|ACCESS_TOKEN|'sub':'s'",
                "jwt|ID_TOKEN|'sub':'s','nonce':'n'",
                "jwt|ID_TOKEN|'sub':'s','azp':'app','aud':'app'",
                "jwt|ID_TOKEN|'sub':'s','azp':'app','aud':['app']",
                "jwt|ID_TOKEN|'sub':'s','at_hash':'x','scope':'a'",
                "at+jwt|ID_TOKEN|'sub':'s','c_hash':'x'",
                "at+jwt|OTHER|'sub':'s','events':{}",
                "jwt|OTHER|'sub':'s','iss':'s','scope':'a'"
            })
    void ofTheGenericProfile(String type, TokenUse use, String claims) {
        assertThat(new GenericProfile().use(type == null ? "" : type, TestClaims.of(claims)))
                .isEqualTo(use);
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
