package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.token.Claims;
import java.text.ParseException;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How the generic profile reads claims (RFC 9068 and near it). */
final class GenericProfileTest {

    private static final Profile PROFILE = new GenericProfile();

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("kinds")
    void tellsWhoStandsBehindAToken(String what, Caller.Kind kind, String claims) {
        assertThat(PROFILE.kind(claims(claims))).isEqualTo(kind);
    }

    static Stream<Arguments> kinds() {
        return Stream.of(
                kind("a user through an app", Caller.Kind.USER, "'sub':'alice','client_id':'native-app'"),
                kind("a user through an app (azp)", Caller.Kind.USER, "'sub':'alice','azp':'native-app'"),
                kind("a user through an app (cid)", Caller.Kind.USER, "'sub':'alice','cid':'0oa1'"),
                kind("a user through an app (appid)", Caller.Kind.USER, "'sub':'alice','appid':'1f2e'"),
                kind("a user who signed in, through nobody", Caller.Kind.USER, "'sub':'alice','auth_time':1"),
                kind("a user with a session, through nobody", Caller.Kind.USER, "'sub':'alice','sid':'s'"),
                kind("an application", Caller.Kind.APP, "'sub':'daemon','client_id':'daemon'"),
                kind("an application (azp)", Caller.Kind.APP, "'sub':'daemon','azp':'daemon'"),
                kind(
                        "an application named as one of two",
                        Caller.Kind.APP,
                        "'sub':'daemon','client_id':'x','azp':'daemon'"),
                kind(
                        "an application that signed in?",
                        Caller.Kind.UNKNOWN,
                        "'sub':'daemon','client_id':'daemon','auth_time':1"),
                kind("an application with a session?", Caller.Kind.UNKNOWN, "'sub':'daemon','azp':'daemon','sid':'s'"),
                kind("somebody through nobody", Caller.Kind.UNKNOWN, "'sub':'alice'"),
                kind("somebody through a client that is no string", Caller.Kind.UNKNOWN, "'sub':'alice','client_id':1"),
                kind("somebody through an empty client", Caller.Kind.UNKNOWN, "'sub':'alice','client_id':''"),
                // Applications whose sub is none of their client's names, as Auth0, Entra ID and Keycloak issue them.
                kind("an application of Auth0", Caller.Kind.UNKNOWN, "'sub':'abc@clients','azp':'abc'"),
                kind("the same by its grant", Caller.Kind.UNKNOWN, "'sub':'x','azp':'abc','gty':'client-credentials'"),
                kind("an application of Entra ID", Caller.Kind.UNKNOWN, "'sub':'o-1','azp':'abc','idtyp':'app'"),
                kind("a user of Entra ID", Caller.Kind.USER, "'sub':'o-1','azp':'abc','idtyp':'user'"),
                kind("a user of Auth0", Caller.Kind.USER, "'sub':'auth0|1','azp':'abc','gty':'password'"),
                kind(
                        "a service account of Keycloak",
                        Caller.Kind.UNKNOWN,
                        "'sub':'u-1','azp':'abc','preferred_username':'Service-Account-abc'"),
                kind("the same by its address", Caller.Kind.UNKNOWN, "'sub':'u-1','azp':'abc','clientAddress':'::1'"),
                kind("the same by its host", Caller.Kind.UNKNOWN, "'sub':'u-1','azp':'abc','clientHost':'h'"),
                kind(
                        "the same by the grant in its id",
                        Caller.Kind.UNKNOWN,
                        "'sub':'u-1','azp':'abc','jti':'trrtcc:1'"),
                // A person whose name is a client's.
                kind(
                        "a person with an address",
                        Caller.Kind.UNKNOWN,
                        "'sub':'abc','azp':'abc','email':'a@example.com'"),
                kind("a person with a name", Caller.Kind.UNKNOWN, "'sub':'abc','client_id':'abc','name':'A B'"),
                kind("a person with a given name", Caller.Kind.UNKNOWN, "'sub':'abc','azp':'abc','given_name':'A'"),
                kind("a person with a family name", Caller.Kind.UNKNOWN, "'sub':'abc','azp':'abc','family_name':'B'"),
                kind(
                        "a person with a user name",
                        Caller.Kind.UNKNOWN,
                        "'sub':'abc','azp':'abc','preferred_username':'abc'"),
                kind("a person who proved it", Caller.Kind.UNKNOWN, "'sub':'abc','azp':'abc','amr':['pwd']"),
                kind("nobody", Caller.Kind.UNKNOWN, ""));
    }

    private static Arguments kind(String what, Caller.Kind kind, String claims) {
        return Arguments.of(what, kind, claims);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'client_id':'a','azp':'b','cid':'c','appid':'d'|a",
                "'azp':'b','cid':'c','appid':'d'|b",
                "'cid':'c','appid':'d'|c",
                "'appid':'d'|d",
                "'client_id':1,'azp':'b'|b",
                "'client':'x'|''"
            },
            quoteCharacter = '"')
    void findsTheClient(String claims, String client) {
        assertThat(PROFILE.clientId(claims(claims)).orElse("''")).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'scope':'b a'|a b",
                "'scp':'b a'|a b",
                "'scp':['b','a']|a b",
                "'scope':['b','a']|a b",
                "'scope':'a','scp':'b'|a",
                "'scope':1,'scp':'b'|b",
                "'scopes':'a'|",
                "'scope':''|"
            },
            quoteCharacter = '"')
    void findsTheScopes(String claims, String scopes) {
        for (ProfileName name : EnumSet.complementOf(EnumSet.of(ProfileName.AUTH0))) {
            assertThat(name.profile().scopes(claims(claims))).hasToString(scopes == null ? "" : scopes);
        }
    }

    @Test
    void findsTheRolesInTheClaimRolesOnly() {
        assertThat(PROFILE.roles(claims("'roles':['a','b']"))).containsExactlyInAnyOrder("a", "b");
        assertThat(PROFILE.roles(claims("'roles':'a'"))).containsExactly("a");
        assertThat(PROFILE.roles(claims("'roles':['a','a']"))).containsExactly("a");
        assertThat(PROFILE.roles(claims("'realm_access':{'roles':['a']},'groups':['b']")))
                .isEmpty();
    }

    @Test
    void takesATokenWithTheHashOfAnotherOneForAnIdToken() {
        assertThat(PROFILE.use("", claims("'sub':'alice'"))).isEqualTo(TokenUse.ACCESS_TOKEN);
        assertThat(PROFILE.use("at+jwt", claims("'at_hash':'x'"))).isEqualTo(TokenUse.ID_TOKEN);
        assertThat(PROFILE.use("", claims("'c_hash':'x'"))).isEqualTo(TokenUse.ID_TOKEN);
    }

    /** Apostrophes stand for quotes. */
    private static Claims claims(String members) {
        try {
            return Claims.of(JSONObjectUtils.parse("{" + members.replace('\'', '"') + "}"));
        } catch (ParseException e) {
            throw new IllegalArgumentException(members, e);
        }
    }
}
