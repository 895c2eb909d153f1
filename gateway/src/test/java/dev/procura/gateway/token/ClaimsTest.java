package dev.procura.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Claims are never coerced: a value of another JSON type than the one asked for is not there. */
final class ClaimsTest {

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.5", "true", "null", "[]", "[\"a\"]", "{}", "{\"a\":\"b\"}", "\"\""})
    void isNoStringUnlessItIsOneThatIsNotEmpty(String json) {
        assertThat(claim(json).string("it")).isEmpty();
    }

    @Test
    void keepsAStringToTheLetter() {
        assertThat(claim("\" a B \"").string("it")).contains(" a B ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"a\"|a",
                "[\"a\",\"b\"]|a,b",
                "[\"a\",1,null,{},[\"c\"],true,\"b\"]|a,b",
                "[]|''",
                "1|''",
                "true|''",
                "null|''",
                "{\"a\":\"b\"}|''"
            })
    void readsAStringOrAListOfStrings(String json, String expected) {
        assertThat(String.join(",", claim(json).strings("it"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"\"b a\"|a b", "[\"b\",\"a\"]|a b", "[\"a b\"]|a b", "[1,\"a\"]|a", "\"\"|''", "[]|''"})
    void readsScopesFromAStringOrAList(String json, String expected) {
        assertThat(claim(json).scopes("it")).map(Scopes::toString).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "null", "{}"})
    void hasNoScopesInAnyOtherType(String json) {
        assertThat(claim(json).scopes("it")).isEmpty();
        assertThat(claim(json).scopes("other")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01T00:00:00Z",
        "1700000000, 2023-11-14T22:13:20Z",
        "1700000000.9, 2023-11-14T22:13:20Z",
        "1.7e9, 2023-11-14T22:13:20Z",
        "253402300799, 9999-12-31T23:59:59Z"
    })
    void readsANumericDateBetween1970And9999(String json, Instant expected) {
        assertThat(claim(json).instant("it")).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "253402300800",
                "9223372036854775807",
                "9223372036854775808",
                "-9223372036854775808",
                "1e300",
                "\"1700000000\"",
                "\"2023-11-14T22:13:20Z\"",
                "[1700000000]",
                "true",
                "null",
                "{}"
            })
    void hasNoInstantOutsideOfThatOrInAnyOtherType(String json) {
        assertThat(claim(json).instant("it")).isEmpty();
    }

    @Test
    void hasNoInstantThatIsNoNumber() {
        assertThat(Claims.of(Map.of("it", Double.NaN)).instant("it")).isEmpty();
        assertThat(Claims.of(Map.of("it", Double.POSITIVE_INFINITY)).instant("it"))
                .isEmpty();
    }

    @Test
    void readsWholeNumbersFromNumbersOnly() {
        assertThat(claim("300").number("it")).contains(300L);
        assertThat(claim("300.7").number("it")).contains(300L);
        assertThat(claim("\"300\"").number("it")).isEmpty();
        assertThat(claim("null").number("it")).isEmpty();
    }

    @Test
    void readsNestedObjects() {
        Claims nested =
                claim("{\"act\":{\"sub\":\"b\",\"none\":null}}").object("it").orElseThrow();

        assertThat(nested.object("act").orElseThrow().string("sub")).contains("b");
        assertThat(nested.object("act").orElseThrow().has("none")).isFalse();
        assertThat(nested.object("missing")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "1", "[{}]", "null", "true"})
    void hasNoObjectInAnyOtherType(String json) {
        assertThat(claim(json).object("it")).isEmpty();
    }

    @Test
    void hasEveryClaimThatIsNotNull() {
        assertThat(claim("false").has("it")).isTrue();
        assertThat(claim("\"\"").has("it")).isTrue();
        assertThat(claim("null").has("it")).isFalse();
        assertThat(claim("1").has("other")).isFalse();
        assertThat(claim("1").names()).containsExactly("it");
    }

    @Test
    void printsNamesOnly() {
        assertThat(Claims.of(Map.of("email", "alice@example.com"))).hasToString("Claims[email]");
    }

    @Test
    void isEqualToTheSameClaims() {
        assertThat(claim("[1,\"a\"]")).isEqualTo(claim("[1,\"a\"]")).hasSameHashCodeAs(claim("[1,\"a\"]"));
        assertThat(claim("1")).isNotEqualTo(claim("\"1\""));
    }

    @Test
    void doesNotSeeLaterChangesOfItsSource() {
        Map<String, Object> source = new HashMap<>(Map.of("sub", "alice"));
        Claims claims = Claims.of(source);

        source.put("sub", "bob");

        assertThat(claims.string("sub")).isEqualTo(Optional.of("alice"));
        assertThat(claims.strings("sub")).isEqualTo(List.of("alice"));
    }

    private static Claims claim(String json) {
        try {
            return Claims.of(JSONObjectUtils.parse("{\"it\":" + json + "}"));
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
