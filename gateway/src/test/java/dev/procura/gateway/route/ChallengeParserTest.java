package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.procura.gateway.fixture.Randomly;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 section 11.6.1, read as a tier may write it and as nobody should. */
class ChallengeParserTest {

    private static List<Challenge> parse(String... headers) {
        return ChallengeParser.parse(List.of(headers));
    }

    private static Challenge challenge(String scheme, String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Challenge(scheme, parameters);
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void reads(String header, List<Challenge> challenges) {
        assertThat(parse(header)).containsExactlyElementsOf(challenges);
    }

    static Stream<Arguments> wellFormed() {
        return Stream.of(
                arguments("", List.of()),
                arguments(" , ,\t", List.of()),
                arguments("Bearer", List.of(challenge("Bearer"))),
                arguments("Bearer ", List.of(challenge("Bearer"))),
                arguments("bearer realm=x", List.of(challenge("bearer", "realm", "x"))),
                arguments("Bearer realm=\"\"", List.of(challenge("Bearer", "realm", ""))),
                arguments("Bearer Realm = \"x\"", List.of(challenge("Bearer", "realm", "x"))),
                arguments("Bearer a=\"1\",b=\"2\"", List.of(challenge("Bearer", "a", "1", "b", "2"))),
                arguments("Bearer a=\"1\" ,\t b=2 , ", List.of(challenge("Bearer", "a", "1", "b", "2"))),
                arguments("Bearer , a=1,, b=2", List.of(challenge("Bearer", "a", "1", "b", "2"))),
                arguments("Bearer a=\"x, Basic realm=y\"", List.of(challenge("Bearer", "a", "x, Basic realm=y"))),
                arguments("Bearer a=\"q\\\"u\\\\o\"", List.of(challenge("Bearer", "a", "q\"u\\o"))),
                arguments(
                        "Negotiate, Basic realm=\"x\"",
                        List.of(challenge("Negotiate"), challenge("Basic", "realm", "x"))),
                arguments("Negotiate abc==", List.of(challenge("Negotiate"))),
                arguments(
                        "Negotiate abc==, Bearer a=1", List.of(challenge("Negotiate"), challenge("Bearer", "a", "1"))),
                arguments("Negotiate abc, Bearer a=1", List.of(challenge("Negotiate"), challenge("Bearer", "a", "1"))),
                arguments("Negotiate a=", List.of(challenge("Negotiate"))),
                arguments(
                        "Digest realm=\"d\", qop=\"auth\", Bearer error=\"e\", DPoP algs=\"ES256\"",
                        List.of(
                                challenge("Digest", "realm", "d", "qop", "auth"),
                                challenge("Bearer", "error", "e"),
                                challenge("DPoP", "algs", "ES256"))),
                arguments(
                        "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/v2.0/authorize\","
                                + " error=\"insufficient_claims\", claims=\"eyJhIjp7fX0=\"",
                        List.of(challenge(
                                "Bearer",
                                "realm",
                                "",
                                "authorization_uri",
                                "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
                                "error",
                                "insufficient_claims",
                                "claims",
                                "eyJhIjp7fX0="))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=",
                "\"",
                "Bearer \"x\"",
                "Bearer a=\"1",
                "Bearer a=\"1\\",
                "Bearer a=\"1\" b=\"2\"",
                "Bearer a=\"1\"b=\"2\"",
                "Bearer a=\"1\"x",
                "Bearer a=\"1\", a=\"2\"",
                "Bearer a=\"1\", A=2",
                "Bearer a=1;b=2",
                "Bearer a=\"\r\nX: y\"",
                "Bearer a=\"\u0000\"",
                "Bearer abc def",
                "Bearer a=1, =2",
                "Bearer error=\"insufficient_claims\", ,é",
                "Bearer error=\"insufficient_claims\", {",
                "Béarer a=1",
                "a=1",
                "Bearer\ta=1",
                "Bearer,a=1",
                "Negotiate abc==, a=1"
            })
    void whatIsNotWellFormedToItsEndIsNotThere(String header) {
        assertThat(parse(header)).isEmpty();
    }

    @Test
    void aBrokenHeaderDoesNotSpoilTheOthers() {
        assertThat(parse("Bearer a=\"1", "Bearer b=2", "Negotiate"))
                .containsExactly(challenge("Bearer", "b", "2"), challenge("Negotiate"));
    }

    @Test
    void whatIsOutOfBoundsIsNotThere() {
        String tooManyParameters = "Bearer a0=0";
        for (int i = 1; i <= ChallengeParser.MAX_PARAMETERS; i++) {
            tooManyParameters += ", a" + i + "=" + i;
        }
        String[] tooManyHeaders = new String[ChallengeParser.MAX_CHALLENGES + 1];
        Arrays.fill(tooManyHeaders, "Bearer a=1");

        assertThat(parse(tooManyParameters)).isEmpty();
        assertThat(parse("Bearer, ".repeat(ChallengeParser.MAX_CHALLENGES))).hasSize(ChallengeParser.MAX_CHALLENGES);
        assertThat(parse("Bearer, ".repeat(ChallengeParser.MAX_CHALLENGES + 1))).isEmpty();
        assertThat(parse(tooManyHeaders)).isEmpty();
        assertThat(parse("Bearer a=\"" + "x".repeat(ChallengeParser.MAX_LENGTH) + "\""))
                .isEmpty();
        assertThat(parse("Bearer", " ".repeat(ChallengeParser.MAX_LENGTH))).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Challenge challenge = challenge("Bearer", "realm", "", "a", "q\"u\\o, Basic x=\"y", "b", "1 2");

        assertThat(parse(challenge.header())).containsExactly(challenge);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\t", "ü", "\u007f", "a\r\nSet-Cookie: x=y", "\u0080"})
    void aValueThatIsNotPrintableIsLeftOutWithItsName(String value) {
        assertThat(challenge("Bearer", "error_description", value, "error", "e").header())
                .isEqualTo("Bearer error=\"e\"");
    }

    @Test
    void aParameterIsReplacedOrLeftOut() {
        Challenge challenge = challenge("Bearer", "resource_metadata", "https://tier", "error", "e");

        assertThat(challenge.with("resource_metadata", Optional.empty()).header())
                .isEqualTo("Bearer error=\"e\"");
        assertThat(challenge
                        .with("resource_metadata", Optional.of("https://gw"))
                        .header())
                .isEqualTo("Bearer error=\"e\", resource_metadata=\"https://gw\"");
    }

    /** Whatever is read can be written, and reads the same again; nothing that is written could end a line. */
    @Test
    void anyTextHasAnAnswerThatIsSafeToWrite() {
        List<String> pieces = List.of(
                "Bearer",
                "Basic",
                " ",
                "  ",
                "\t",
                ",",
                ", ",
                "=",
                "==",
                "\"",
                "\\",
                "\\\"",
                "a",
                "error",
                "realm=x",
                "a=\"b\"",
                "c=\"d, e\"",
                "insufficient_claims",
                "\r\n",
                "\u0000",
                "ü",
                "\u2028",
                "~",
                ";",
                "/",
                "{}");
        Randomly.check(random -> {
            for (int round = 0; round < 20_000; round++) {
                List<String> headers = new ArrayList<>();
                for (int header = random.nextInt(3); header >= 0; header--) {
                    StringBuilder text = new StringBuilder();
                    for (int piece = random.nextInt(12); piece > 0; piece--) {
                        text.append(Randomly.oneOf(random, pieces));
                    }
                    headers.add(text.toString());
                }
                for (Challenge challenge : ChallengeParser.parse(headers)) {
                    String written = challenge.header();
                    assertThat(written).as("%s", headers).matches("[ -~]+");
                    assertThat(ChallengeParser.parse(List.of(written)))
                            .as("%s", headers)
                            .singleElement()
                            .satisfies(again -> assertThat(again.header()).isEqualTo(written));
                }
            }
        });
    }

    /** Time grows with the length alone: no input makes it look again and again. */
    @ParameterizedTest
    @ValueSource(strings = {",", " ", "\t", "a", "a=", "\"", "\\", "a=\"", "Bearer ", "a=1,", "a ,"})
    void aLongHostileTextIsReadInNoTime(String piece) {
        String text = "Bearer " + piece.repeat((ChallengeParser.MAX_LENGTH - 7) / piece.length());
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            parse(text);
        }
        assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
    }
}
