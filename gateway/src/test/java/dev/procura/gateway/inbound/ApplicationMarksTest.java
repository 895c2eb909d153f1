package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the tokens of applications alone. */
final class ApplicationMarksTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'gty':'client-credentials'",
                "'gty':'client_credentials'",
                "'gty':['refresh_token','client-credentials']",
                "'gty':'Client-Credentials'",
                "'grant_type':'client_credentials'",
                "'aut':'APPLICATION'",
                "'idtyp':'app'",
                "'idtyp':'APP'",
                "'sub':'abc@clients'",
                "'preferred_username':'service-account-abc'",
                "'preferred_username':'Service-Account-abc'",
                "'jti':'trrtcc:1'",
                "'clientHost':'h'",
                "'clientHost':''",
                "'clientAddress':'::1'"
            })
    void areSeenEachByItself(String claims) {
        assertThat(ApplicationMarks.isIn(TestClaims.of(claims))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "'sub':'alice','azp':'app','client_id':'app','name':'A'",
                "'gty':'password'",
                "'gty':{'client':true}",
                "'idtyp':'user'",
                "'idtyp':['app']",
                "'sub':'alice@clients.example.com'",
                "'preferred_username':'my-service-account-abc'",
                "'preferred_username':'service-account'",
                "'jti':'onrtac:1'",
                "'jti':'cc'",
                "'clientHost':null"
            })
    void areNotSeenWhereNothingSaysSo(String claims) {
        assertThat(ApplicationMarks.isIn(TestClaims.of(claims))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "true|'sub':'a','client_id':'a'",
                "true|'sub':'a','azp':'a'",
                "true|'sub':'a','cid':'a'",
                "true|'sub':'a','appid':'a'",
                "true|'sub':'a','azp':'b','appid':'a'",
                "true|'sub':'a','aud':'a'",
                "true|'sub':'a','aud':['b','a']",
                "false|'sub':'a','client_id':'b','azp':'A','aud':['b']",
                "false|'sub':'a','client_id':['a']",
                "false|'sub':'','azp':'','aud':''",
                "false|'azp':'a','aud':'a'",
                "false|'sub':['a'],'aud':['a']"
            })
    void areTheSameNameForSubjectAndClient(boolean itself, String claims) {
        assertThat(ApplicationMarks.isItsOwnClient(TestClaims.of(claims))).isEqualTo(itself);
    }
}
