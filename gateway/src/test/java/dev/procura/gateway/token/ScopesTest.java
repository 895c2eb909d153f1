package dev.procura.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A set of scopes has one spelling, however it was written. */
final class ScopesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "''|''",
                "'   '|''",
                "a|a",
                "b a|a b",
                "a  b|a b",
                "' a b '|a b",
                "a a b a|a b",
                "read write Read|Read read write",
                "https://x/a openid|https://x/a openid"
            })
    void isReadAndWrittenInOneSpelling(String text, String spelling) {
        assertThat(Scopes.parse(text)).hasToString(spelling).isEqualTo(Scopes.parse(spelling));
    }

    @Test
    void isTheSameWhateverItWasMadeOf() {
        assertThat(Scopes.of("b", "a")).isEqualTo(Scopes.parse("a b")).isEqualTo(Scopes.of(List.of("a", "b", "a")));
        assertThat(Scopes.of("b", "a")).hasSameHashCodeAs(Scopes.parse("a b"));
        assertThat(Scopes.of()).isEqualTo(Scopes.none()).isEqualTo(Scopes.parse(" "));
        assertThat(Scopes.none().isEmpty()).isTrue();
        assertThat(Scopes.of("a").isEmpty()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "a b c, a c, b, a b c",
        "a b, a b, '', a b",
        "a b, c, a b, a b c",
        "a, a b c, '', a b c",
        "'', a, '', a",
        "a, '', a, a"
    })
    void subtractsAndAdds(String one, String other, String difference, String union) {
        assertThat(Scopes.parse(one).minus(Scopes.parse(other))).hasToString(difference);
        assertThat(Scopes.parse(one).plus(Scopes.parse(other))).hasToString(union);
    }

    @ParameterizedTest
    @CsvSource({
        "a b, a, true, true",
        "a b, a b, true, true",
        "a, a b, false, true",
        "a, b, false, false",
        "ab, a, false, false",
        "a, A, false, false",
        "a, '', true, false",
        "'', '', true, false",
        "'', a, false, false"
    })
    void comparesWholeValuesToTheLetter(String has, String wanted, boolean all, boolean any) {
        assertThat(Scopes.parse(has).containsAll(Scopes.parse(wanted))).isEqualTo(all);
        assertThat(Scopes.parse(has).containsAny(Scopes.parse(wanted))).isEqualTo(any);
    }

    @Test
    void cannotBeChangedFromOutside() {
        Set<String> source = new HashSet<>(Set.of("a"));
        Scopes scopes = new Scopes(source);

        source.add("b");

        assertThat(scopes).hasToString("a");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> scopes.values().add("c"));
    }
}
