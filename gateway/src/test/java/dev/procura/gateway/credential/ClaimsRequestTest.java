package dev.procura.gateway.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.fixture.Randomly;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsRequestTest {

    private static ClaimsRequest parse(String json) {
        return ClaimsRequest.parse(json).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"b\":1,\"a\":2} | {\"a\":2,\"b\":1}",
                "{ \"a\" : { \"c\" : true , \"b\" : \"x\" } } | {\"a\":{\"b\":\"x\",\"c\":true}}",
                "{\"a\":[{\"c\":1,\"b\":2},null]} | {\"a\":[{\"b\":2,\"c\":1}]}",
                "{\"a\":{\"b\":null}} | {\"a\":{\"b\":{}}}",
                "{\"a\":null} | {\"a\":{}}",
                "{\"\\u0061\":\"\\u0062\"} | {\"a\":\"b\"}"
            })
    void oneRequestHasOneSpelling(String text, String canonical) {
        assertThat(parse(text))
                .hasToString(canonical)
                .isEqualTo(parse(canonical))
                .hasSameHashCodeAs(parse(canonical));
        assertThat(parse(canonical)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "true",
                "7",
                "\"text\"",
                "[]",
                "[{\"a\":1}]",
                "{}",
                "{",
                "{\"a\":}",
                "{\"a\":1}}",
                "{\"a\":1} {\"b\":2}",
                "{\"a\":NaN}",
                "{\"a\":1e999}",
                "eyJhIjoxfQ"
            })
    void whatIsNoObjectWithMembersIsNoRequest(String text) {
        assertThat(ClaimsRequest.parse(text)).isEmpty();
    }

    @Test
    void aRequestIsNoLongerThanItsBound() {
        String frame = "{\"a\":\"\"}";
        String fits = "{\"a\":\"" + "x".repeat(ClaimsRequest.MAX_LENGTH - frame.length()) + "\"}";

        assertThat(ClaimsRequest.parse(fits)).isPresent();
        assertThat(ClaimsRequest.parse(fits.replace("x\"", "xx\""))).isEmpty();
        assertThat(ClaimsRequest.parse("{\"a\":1" + " ".repeat(ClaimsRequest.MAX_LENGTH) + "}"))
                .as("blanks count")
                .isEmpty();
    }

    /** Control characters and marks become longer when they are written. */
    @Test
    void aRequestThatGrowsBeyondItsBoundWhenItIsWrittenIsNone() {
        assertThat(ClaimsRequest.parse("{\"a\":\"" + "\u2028".repeat(ClaimsRequest.MAX_LENGTH - 20) + "\"}")
                        .map(request -> request.toString().length()))
                .matches(length -> length.isEmpty() || length.get() <= ClaimsRequest.MAX_LENGTH);
    }

    /** As deep as its length allows; a stack that runs over would take the whole thread with it. */
    @ParameterizedTest
    @CsvSource({"'{\"\":',}", "[,]", "'[{\"\":','}]'"})
    void aRequestThatIsTooDeepEndsInNoError(String opening, String closing) {
        for (int depth = 1; depth * (opening.length() + closing.length()) < ClaimsRequest.MAX_LENGTH; depth += 7) {
            String text = "{\"a\":" + opening.repeat(depth) + "1" + closing.repeat(depth) + "}";
            ClaimsRequest.parse(text).ifPresent(request -> {
                assertThat(request.with(request)).isEqualTo(request);
                assertThat(request.hashCode())
                        .isEqualTo(parse(request.toString()).hashCode());
            });
        }
    }

    @Test
    void aNameThatStandsTwiceNeverCountsTwice() {
        assertThat(ClaimsRequest.parse("{\"a\":1,\"a\":2}").map(ClaimsRequest::toString))
                .matches(json -> json.isEmpty() || json.get().matches("\\{\"a\":[12]}"));
    }

    @Test
    void capabilitiesAreWhatEntraCallsThemInAnyOrder() {
        assertThat(ClaimsRequest.ofCapabilities(Set.of("cp1")))
                .hasToString("{\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}");
        assertThat(ClaimsRequest.ofCapabilities(Set.of("llt", "cp1")))
                .hasToString("{\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\",\"llt\"]}}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":{\"b\":1}} | {\"a\":{\"c\":2}} | {\"a\":{\"b\":1,\"c\":2}}",
                "{\"a\":[1,2]} | {\"a\":[2,3]} | {\"a\":[1,2,3]}",
                "{\"a\":1} | {\"a\":2} | {\"a\":2}",
                "{\"a\":[1]} | {\"a\":{\"b\":1}} | {\"a\":{\"b\":1}}",
                "{\"a\":{\"b\":1}} | {\"a\":null} | {\"a\":{\"b\":1}}",
                "{\"a\":{\"essential\":true,\"value\":\"c1\"}} | {\"a\":{\"value\":\"c2\"}} | {\"a\":{\"essential\":true,\"value\":\"c2\"}}"
            })
    void twoRequestsAreJoined(String one, String other, String both) {
        assertThat(parse(one).with(parse(other))).hasToString(both);
    }

    @Test
    void capabilitiesStandBesideWhatATierHasAskedFor() {
        ClaimsRequest tier = parse("{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1702682181\"},"
                + "\"xms_cc\":{\"values\":[\"llt\"]}}}");

        assertThat(ClaimsRequest.ofCapabilities(Set.of("cp1")).with(tier))
                .hasToString("{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1702682181\"},"
                        + "\"xms_cc\":{\"values\":[\"cp1\",\"llt\"]}}}");
    }

    /** Equal when they say the same, in whatever order and with whatever blanks; and never when they do not. */
    @Test
    void whateverIsAskedEqualRequestsHaveEqualKeysAndOthersHaveNot() {
        Randomly.check(random -> {
            List<ClaimsRequest> all = new ArrayList<>();
            List<Map<String, Object>> meanings = new ArrayList<>();
            for (int round = 0; round < 400; round++) {
                Map<String, Object> members = object(random, 0);
                ClaimsRequest request = ClaimsRequest.parse(JSONObjectUtils.toJSONString(members))
                        .orElseThrow();
                assertThat(parse(spelledOtherwise(members, random)))
                        .isEqualTo(request)
                        .hasSameHashCodeAs(request)
                        .hasToString(request.toString());
                all.add(request);
                meanings.add(members);
            }
            for (int i = 0; i < all.size(); i++) {
                int j = random.nextInt(all.size());
                assertThat(all.get(i).equals(all.get(j)))
                        .as("%s and %s", all.get(i), all.get(j))
                        .isEqualTo(meanings.get(i).equals(meanings.get(j)));
            }
        });
    }

    /** What is joined holds every name of both, says no less the second time, and has one spelling. */
    @Test
    void whateverIsJoinedNothingIsForgotten() {
        Randomly.check(random -> {
            for (int round = 0; round < 1000; round++) {
                ClaimsRequest one = parse(JSONObjectUtils.toJSONString(object(random, 0)));
                ClaimsRequest other = parse(JSONObjectUtils.toJSONString(object(random, 0)));
                ClaimsRequest both = one.with(other);

                assertThat(names(both)).containsAll(names(one)).containsAll(names(other));
                assertThat(both.with(other)).isEqualTo(both);
                assertThat(one.with(one)).isEqualTo(one);
                assertThat(parse(both.toString())).isEqualTo(both).hasToString(both.toString());
            }
        });
    }

    private static Set<String> names(ClaimsRequest request) throws ParseException {
        return JSONObjectUtils.parse(request.toString()).keySet();
    }

    private static Map<String, Object> object(Random random, int depth) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            members.put(
                    Randomly.oneOf(random, List.of("a", "b", "id_token", "\"", "é", "a.b", "")), value(random, depth));
        }
        return members;
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 2 ? 4 : 6)) {
            case 0 -> (long) random.nextInt(3);
            case 1 -> random.nextBoolean();
            case 2 -> Randomly.oneOf(random, List.of("", "1", "true", "a\"b", "\\", "\n", "c1"));
            case 3 -> random.nextInt(3) + 0.5;
            // Distinct: a list that is joined is a set.
            case 4 -> List.of("x" + random.nextInt(3), (long) random.nextInt(3));
            default -> object(random, depth + 1);
        };
    }

    @SuppressWarnings("unchecked")
    private static String spelledOtherwise(Map<String, Object> members, Random random) {
        List<String> names = new ArrayList<>(members.keySet());
        Collections.shuffle(names, random);
        StringBuilder json = new StringBuilder("{ ");
        for (String name : names) {
            json.append(json.length() > 2 ? " ,\n" : "");
            String pair = JSONObjectUtils.toJSONString(Map.of(name, members.get(name)));
            json.append(
                    members.get(name) instanceof Map<?, ?> inner
                            ? JSONObjectUtils.toJSONString(Map.of(name, 0L)).replaceAll("^\\{|0}$", "")
                                    + spelledOtherwise((Map<String, Object>) inner, random)
                            : pair.substring(1, pair.length() - 1));
        }
        return json.append(" }").toString();
    }
}
