package dev.procura.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.Jwts;
import dev.procura.gateway.fixture.Randomly;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProseTest {

    private static final String TOKEN = Jwts.of(Map.of("iss", "https://id.example.com", "sub", "alice"));

    @Test
    void leavesOrdinaryWordsAsTheyAre() {
        String words = "Requested audience not available: orders-api (AADSTS65001, trace 0f3d)";

        assertThat(Prose.forLog(words)).isEqualTo(words);
        assertThat(Prose.forLog("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\r\n",
                "\t",
                "\u0000",
                "\u001b[31m",
                "\u007f",
                "\u0085",
                "\u009b31m",
                "\u2028",
                "\u2029",
                "\u000b"
            })
    void makesOneLineOfMany(String control) {
        String line = Prose.forLog("before" + control + "after");

        assertThat(line).startsWith("before").endsWith("after");
        assertThat(line).matches("[^\\p{Cc}\\p{Zl}\\p{Zp}]*");
    }

    /** Characters that turn the direction of writing make a line say something else than what it holds. */
    @ParameterizedTest
    @ValueSource(strings = {"\u202e", "\u2066", "\u200f", "\ufeff"})
    void leavesNoInvisibleMarks(String mark) {
        assertThat(Prose.forLog("before" + mark + "after")).doesNotContain(mark);
    }

    @Test
    void leavesNothingOfAToken() {
        for (String text : new String[] {
            TOKEN,
            "the token " + TOKEN + " is over",
            "'" + TOKEN + "'",
            "{\"token\":\"" + TOKEN + "\"}",
            "Bearer " + TOKEN
        }) {
            String line = Prose.forLog(text);

            assertThat(line).doesNotContain(TOKEN);
            for (String part : TOKEN.split("\\.", -1)) {
                assertThat(line).doesNotContain(part);
            }
        }
    }

    @Test
    void leavesNoHalfOfATokenWhereItCutsALineShort() {
        assertThat(Prose.forLog("word ".repeat(38) + TOKEN)).doesNotContain(TOKEN.substring(0, 10));
    }

    @Test
    void leavesNoLongRandomWord() {
        assertThat(Prose.forLog("refresh 0123456789abcdef0123456789abcdef01234567 refused"))
                .doesNotContain("0123456789abcdef")
                .startsWith("refresh ")
                .endsWith(" refused");
    }

    @Test
    void isShortWhateverItIsGiven() {
        assertThat(Prose.forLog("word ".repeat(100_000))).hasSizeLessThanOrEqualTo(201);
        assertThat(Prose.forLog("x".repeat(500_000))).hasSizeLessThanOrEqualTo(201);
        assertThat(Prose.forLog("\n".repeat(500_000))).hasSizeLessThanOrEqualTo(201);
    }

    @Test
    void whateverItIsGivenItIsOneShortLine() {
        Pattern control = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");
        Randomly.check(random -> {
            for (int round = 0; round < 2000; round++) {
                StringBuilder text = new StringBuilder();
                int length = random.nextInt(400);
                for (int i = 0; i < length; i++) {
                    text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x3000));
                }

                String line = Prose.forLog(text.toString());

                assertThat(line).hasSizeLessThanOrEqualTo(201);
                assertThat(control.matcher(line).find()).isFalse();
            }
        });
    }
}
