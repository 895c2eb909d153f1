package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.credential.Target;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenAnswerTest {

    private static TokenAnswer read(int status, String body) {
        return read(Target.Recipient.API, status, body);
    }

    private static TokenAnswer read(Target.Recipient recipient, int status, String body) {
        return TokenAnswer.read(
                new AuthorizationServerHttp.Answer(status, Optional.empty(), Optional.empty(), body), recipient, NOW);
    }

    /** A good answer with some members more, or other ones. */
    private static String good(String members) {
        String rest = members.isEmpty() ? "" : "," + members;
        return "{\"access_token\":\"issued\",\"token_type\":\"Bearer\"" + rest + "}";
    }

    private static AccessToken issued(int status, String body) {
        TokenAnswer answer = read(status, body);
        assertThat(answer).isInstanceOf(TokenAnswer.Issued.class);
        return ((TokenAnswer.Issued) answer).token();
    }

    // Good answers.

    @Test
    void readsAWholeAnswerOfKeycloak() {
        AccessToken token = issued(200, """
                {"access_token":"issued","expires_in":300,"refresh_expires_in":0,"token_type":"Bearer",
                 "not-before-policy":0,"session_state":"s","scope":"profile email orders",
                 "issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}
                """);

        assertThat(token)
                .isEqualTo(new AccessToken(
                        TokenValue.of("issued"),
                        Optional.of(NOW.plusSeconds(300)),
                        Optional.of(Scopes.of("profile", "email", "orders"))));
    }

    @Test
    void dropsWhatComesBesideTheToken() {
        AccessToken token = issued(200, good("\"refresh_token\":\"refresh-me\",\"id_token\":\"who-am-i\""));

        assertThat(token).isEqualTo(new AccessToken(TokenValue.of("issued"), Optional.empty(), Optional.empty()));
    }

    static Stream<Arguments> lives() {
        return Stream.of(
                argumentSet("a number", "\"expires_in\":300", at(300)),
                argumentSet("a number in a text", "\"expires_in\":\"3599\"", at(3599)),
                argumentSet("a fraction", "\"expires_in\":299.9", at(299)),
                argumentSet("a power of ten", "\"expires_in\":3e2", at(300)),
                argumentSet("zero", "\"expires_in\":0", at(0)),
                argumentSet("zero in a text", "\"expires_in\":\"0\"", at(0)),
                argumentSet("many years", "\"expires_in\":9999999999", at(9_999_999_999L)),
                argumentSet("null", "\"expires_in\":null", Optional.empty()),
                argumentSet("absent", "", Optional.empty()));
    }

    private static Optional<Instant> at(long seconds) {
        return Optional.of(NOW.plusSeconds(seconds));
    }

    @ParameterizedTest
    @MethodSource("lives")
    void readsALifeInSeconds(String member, Optional<Instant> end) {
        assertThat(issued(200, good(member)).expiresAt()).isEqualTo(end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "-0.5e9",
                "10000000000",
                "1e300",
                "\"-1\"",
                "\"\"",
                "\" 300\"",
                "\"300s\"",
                "\"3e2\"",
                "\"0x10\"",
                "\"99999999999\"",
                "\"２９９\"",
                "true",
                "[300]",
                "{\"seconds\":300}"
            })
    void aLifeThatIsNoneIsNoLongLife(String life) {
        assertThat(read(200, good("\"expires_in\":" + life)))
                .isInstanceOfSatisfying(
                        TokenAnswer.Unusable.class,
                        answer -> assertThat(answer.reason()).contains("expires_in"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "bearer", "BEARER", "bEaReR"})
    void takesABearerTokenInAnyLetters(String type) {
        assertThat(issued(200, "{\"access_token\":\"issued\",\"token_type\":\"" + type + "\"}")
                        .value())
                .isEqualTo(TokenValue.of("issued"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"N_A\"",
                "\"DPoP\"",
                "\"mac\"",
                "\"\"",
                "\" Bearer\"",
                "\"Bearer \"",
                "null",
                "7",
                "[\"Bearer\"]"
            })
    void takesNoTokenOfAnotherType(String type) {
        assertThat(read(200, "{\"access_token\":\"issued\",\"token_type\":" + type + "}"))
                .isInstanceOfSatisfying(
                        TokenAnswer.Unusable.class,
                        answer -> assertThat(answer.reason()).contains("token_type"));
    }

    @Test
    void takesNoTokenWithoutAType() {
        assertThat(read(200, "{\"access_token\":\"issued\"}")).isInstanceOf(TokenAnswer.Unusable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "urn:ietf:params:oauth:token-type:access_token, true",
        "urn:ietf:params:oauth:token-type:jwt, true",
        "urn:ietf:params:oauth:token-type:id_token, false",
        "urn:ietf:params:oauth:token-type:refresh_token, false",
        "urn:ietf:params:oauth:token-type:saml2, false",
        "urn:ietf:params:oauth:token-type:id-jag, false",
        "urn:ietf:params:oauth:token-type:txn_token, false",
        "URN:IETF:PARAMS:OAUTH:TOKEN-TYPE:ACCESS_TOKEN, false",
        "access_token, false",
    })
    void takesWhatIsIssuedAsAnAccessToken(String type, boolean taken) {
        TokenAnswer answer = read(200, good("\"issued_token_type\":\"" + type + "\""));

        assertThat(answer).isInstanceOf(taken ? TokenAnswer.Issued.class : TokenAnswer.Unusable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "true", "[\"urn:ietf:params:oauth:token-type:id_token\"]", "{}", "\"\""})
    void takesNoIssuedTypeThatCannotBeRead(String type) {
        assertThat(read(200, good("\"issued_token_type\":" + type))).isInstanceOf(TokenAnswer.Unusable.class);
    }

    static Stream<Arguments> scopes() {
        return Stream.of(
                argumentSet("a text", "\"scope\":\"b a\"", Optional.of(Scopes.of("a", "b"))),
                argumentSet("an empty text", "\"scope\":\"\"", Optional.of(Scopes.none())),
                argumentSet("a list", "\"scope\":[\"a\",\"b\"]", Optional.of(Scopes.of("a", "b"))),
                argumentSet("an empty list", "\"scope\":[]", Optional.of(Scopes.none())),
                argumentSet("null", "\"scope\":null", Optional.empty()),
                argumentSet("absent", "", Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("scopes")
    void readsTheScopesThatWereGranted(String member, Optional<Scopes> scopes) {
        assertThat(issued(200, good(member)).scopes()).isEqualTo(scopes);
    }

    // Unusable successes.

    static Stream<Arguments> tokensThatAreNone() {
        String longest = "a".repeat(TokenValue.MAX_LENGTH);
        return Stream.of(
                argumentSet("absent", "{\"token_type\":\"Bearer\"}"),
                argumentSet("null", token("null")),
                argumentSet("empty", token("\"\"")),
                argumentSet("a number", token("7")),
                argumentSet("a list", token("[\"issued\"]")),
                argumentSet("an object", token("{\"value\":\"issued\"}")),
                argumentSet("with a space", token("\"is sued\"")),
                argumentSet("with a space before it", token("\" issued\"")),
                argumentSet("with a line after it", token("\"issued\\r\\nX-Admin: true\"")),
                argumentSet("with a NUL", token("\"issued\\u0000\"")),
                argumentSet("with a comma", token("\"issued,other\"")),
                argumentSet("with a quote", token("\"issued\\\"\"")),
                argumentSet("with an umlaut", token("\"gültig\"")),
                argumentSet("with padding inside", token("\"is=sued\"")),
                argumentSet("padding alone", token("\"==\"")),
                argumentSet("too long", token("\"" + longest + "a\"")));
    }

    private static String token(String json) {
        return "{\"token_type\":\"Bearer\",\"expires_in\":300,\"access_token\":" + json + "}";
    }

    @ParameterizedTest
    @MethodSource("tokensThatAreNone")
    void aTokenThatCannotStandInAHeaderIsUnusable(String body) {
        assertThat(read(200, body))
                .isInstanceOfSatisfying(
                        TokenAnswer.Unusable.class,
                        answer -> assertThat(answer.reason())
                                .contains("access_token")
                                .doesNotContain("issued")
                                .hasSizeLessThan(100));
    }

    @Test
    void theLongestTokenIsUsable() {
        String longest = "a".repeat(TokenValue.MAX_LENGTH);

        assertThat(issued(200, token("\"" + longest + "\"")).value().length()).isEqualTo(TokenValue.MAX_LENGTH);
    }

    @Test
    void aSuccessThatSpeaksOfAnErrorGivesNoToken() {
        assertThat(read(200, "{\"error\":\"invalid_grant\",\"error_description\":\"x\"}"))
                .isInstanceOf(TokenAnswer.Unusable.class);
    }

    @Test
    void anAnswerThatIsASuccessAndAnErrorIsNoSuccess() {
        assertThat(read(200, good("\"error\":\"invalid_grant\""))).isNotInstanceOf(TokenAnswer.Issued.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 204, 301, 302, 307, 400, 401, 403, 404})
    void onlyTheStatusOfASuccessIsOne(int status) {
        assertThat(read(status, good("\"expires_in\":300"))).isNotInstanceOf(TokenAnswer.Issued.class);
    }

    // Refusals.

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 409, 422})
    void readsARefusal(int status) {
        assertThat(read(status, "{\"error\":\"invalid_grant\",\"error_description\":\"it is over\"}"))
                .isEqualTo(new TokenAnswer.Refused(new Refusal(status, "invalid_grant", "it is over")));
    }

    @Test
    void aRefusalWithoutWordsHasEmptyOnes() {
        assertThat(read(400, "{}")).isEqualTo(new TokenAnswer.Refused(new Refusal(400, "", "")));
        assertThat(read(400, "{\"error\":7,\"error_description\":[\"x\"]}"))
                .isEqualTo(new TokenAnswer.Refused(new Refusal(400, "", "")));
    }

    // What is no answer.

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 501, 502, 503, 504, 520, 599})
    void aServerThatIsBusyOrBrokenIsUnavailableWhateverItSays(int status) {
        for (String body : new String[] {"", "<html>", "{\"error\":\"invalid_client\"}", good("\"expires_in\":300")}) {
            assertThat(read(status, body))
                    .isInstanceOfSatisfying(
                            TokenAnswer.Unavailable.class,
                            answer -> assertThat(answer.reason()).contains(String.valueOf(status)));
        }
    }

    static Stream<Arguments> bodiesThatAreNoObject() {
        return Stream.of(
                argumentSet("empty", ""),
                argumentSet("a space", " "),
                argumentSet("a page", "<!doctype html><title>Sign in</title>"),
                argumentSet("a text", "\"issued\""),
                argumentSet("a number", "7"),
                argumentSet("null", "null"),
                argumentSet("half of an object", "{\"access_token\":\"issued\",\"token_type\":\"Bearer\""),
                argumentSet("an object and more", good("") + "{}"),
                argumentSet("a member twice", good("\"access_token\":\"other\"")),
                argumentSet("a form", "access_token=issued&token_type=Bearer"),
                argumentSet("very deep lists", "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"),
                argumentSet("very deep objects", "{\"a\":".repeat(50_000) + "1" + "}".repeat(50_000)));
    }

    @ParameterizedTest
    @MethodSource("bodiesThatAreNoObject")
    void aBodyThatIsNoObjectIsNoAnswerOfTheServer(String body) {
        for (int status : new int[] {200, 302, 400, 401, 403, 404}) {
            assertThat(read(status, body))
                    .isInstanceOfSatisfying(
                            TokenAnswer.Unavailable.class,
                            answer -> assertThat(answer.reason())
                                    .contains(String.valueOf(status))
                                    .doesNotContain("issued"));
        }
    }

    @Test
    void aListIsNoToken() {
        assertThat(read(200, "[" + good("") + "]")).isNotInstanceOf(TokenAnswer.Issued.class);
        assertThat(read(200, "[]")).isNotInstanceOf(TokenAnswer.Issued.class);
    }

    @Test
    void everyBodyHasAReading() {
        String whole = good("\"expires_in\":300,\"scope\":\"a b\",\"issued_token_type\":\"x\",\"error\":null");
        String noise = "{}[]\":,0truenl \\\u0000é";
        Randomly.check(random -> {
            for (int round = 0; round < 3000; round++) {
                StringBuilder body = new StringBuilder(whole);
                for (int change = random.nextInt(5); change >= 0; change--) {
                    int place = random.nextInt(body.length());
                    body.setCharAt(place, noise.charAt(random.nextInt(noise.length())));
                }
                int status = Randomly.oneOf(random, List.of(200, 204, 302, 400, 401, 500));

                assertThat(read(status, body.toString())).isNotNull();
            }
        });
    }
}
