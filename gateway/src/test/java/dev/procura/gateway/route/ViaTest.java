package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a request: every pass is written down, none is overlooked, and nothing makes the reading fail. */
final class ViaTest {

    private static final Via ONCE = new Via("api.example.com:8443", 1);

    @Test
    void writesThisGatewayBehindThoseBefore() {
        Via via = new Via("procura", 5);

        assertThat(via.passOn(List.of(), "1.1")).isEqualTo("1.1 procura");
        assertThat(via.passOn(List.of(), "1.0")).isEqualTo("1.0 procura");
        assertThat(via.passOn(List.of(" 1.0 fred, 1.1 p.example.net (Apache/1.1, \\) x)", "", "2 cdn:80 "), "1.1"))
                .isEqualTo("1.0 fred, 1.1 p.example.net (Apache/1.1, \\) x), 2 cdn:80, 1.1 procura");
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.example.com, api.example.com",
        "https://api.example.com/base, api.example.com",
        "https://api.example.com:8443/, api.example.com:8443",
        "http://[::1]:8080, [::1]:8080",
        ", procura"
    })
    void isNamedByItsPublicAddress(String publicUrl, String pseudonym) {
        assertThat(Via.of(Optional.ofNullable(publicUrl), 5).passOn(List.of(), "1.1"))
                .isEqualTo("1.1 " + pseudonym);
        assertThat(isRefused(new Via(pseudonym, 1), "1.1 " + pseudonym + ", 1.1 " + pseudonym))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 20})
    void letsARequestPassAsOftenAsTheSettingSaysAndNamesTheSettingThen(int maxHops) {
        Via via = new Via("procura", maxHops);
        String way = "1.1 other";
        for (int passed = 0; passed <= maxHops; passed++) {
            way = via.passOn(List.of(way), "1.1");
        }

        String looping = way;
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> via.passOn(List.of(looping), "1.1"))
                .satisfies(failure -> {
                    assertThat(failure.problem()).isEqualTo(Problem.LOOP_DETECTED);
                    assertThat(failure.reason())
                            .contains("procura.delegation.max-hops")
                            .doesNotContain("other");
                });
    }

    @Test
    void doesNotCountOtherGateways() {
        String others = "1.1 procura, 1.1 api.example.com, 1.1 api.example.com:443, 1.1 xapi.example.com:8443,"
                + " 1.1 api.example.com:84431, 1.1 other (api.example.com:8443), 1.1 o (1.1 api.example.com:8443, x)";

        assertThat(ONCE.passOn(List.of(others, others), "1.1")).endsWith(", 1.1 api.example.com:8443");
    }

    /** Each of these names the gateway twice. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1 api.example.com:8443, 1.1 api.example.com:8443",
                "1.1 api.example.com:8443,1.1 api.example.com:8443",
                "1.1 API.Example.COM:8443 , HTTP/1.1 api.example.com:8443",
                "1.1\tapi.example.com:8443\t,\t,\t1.1   api.example.com:8443",
                "1.1 api.example.com:8443 (Procura), 1.1 api.example.com:8443(no space)",
                "1.1 api.example.com:8443 (a (b (c)) d, e), 1.1 api.example.com:8443",
                "1.1 api.example.com:8443 (a \\) b \\( c \\\\), 1.1 api.example.com:8443",
                "(before) 1.1 (between) api.example.com:8443, ()1.1()api.example.com:8443",
                "1.1 api.example.com:8443) , 1.1 ) api.example.com:8443",
                "api.example.com:8443, api.example.com:8443 1.1",
                "1.1 x api.example.com:8443, 1.1 y z api.example.com:8443",
                ",, 1.1 api.example.com:8443,,\u0001,1.1 api.example.com:8443,",
                "1.1 other, \u00e4\u00f6 \u00fc, 1.1 api.example.com:8443, 1.1 api.example.com:8443"
            })
    void findsItselfHoweverItIsWritten(String way) {
        assertThat(isRefused(ONCE, way)).isTrue();
        assertThat(isRefused(new Via(ONCE.pseudonym(), 2), way)).isFalse();
    }

    @Test
    void countsOverAllLines() {
        assertThat(isRefused(ONCE, "1.1 api.example.com:8443", "1.1 other", "1.1 api.example.com:8443"))
                .isTrue();
        assertThat(isRefused(ONCE, "1.1 other", "1.1 api.example.com:8443")).isFalse();
    }

    /** What is behind an open comment could be anything; the gateway's own member would end up in it too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "1.1 other (",
                "1.1 other (a (b), 1.1 x",
                "1.1 other (a \\), 1.1 x",
                "1.1 other (a \\",
                "1.1 other ((((((((((((((((((((((((((((((("
            })
    void refusesWhatCannotBeReadToItsEnd(String way) {
        assertThat(isRefused(ONCE, way)).isTrue();
        assertThat(isRefused(ONCE, "1.1 a", way, ") 1.1 b")).isTrue();
    }

    @Test
    void looksAtABoundedLengthOnly() {
        String other = "1.1 other, ";
        String longest = other.repeat(Via.MAX_LENGTH / other.length());

        assertThat(isRefused(ONCE, longest)).isFalse();
        assertThat(isRefused(ONCE, longest, longest)).isTrue();
        assertThat(isRefused(ONCE, "x".repeat(Via.MAX_LENGTH))).isTrue();
        assertThat(isRefused(ONCE, Collections.nCopies(Via.MAX_LENGTH + 1, "").toArray(String[]::new)))
                .isTrue();
    }

    /** Whatever others write before, between and behind: as many passes as there were are found. */
    @Test
    void overlooksNoPassWhateverOthersWrite() {
        List<String> others = List.of("1.0 fred", "2 cdn (v (1), 2 \\) x)", "", "HTTP/1.1 a:80", "odd \"a", "x;y=z");

        Randomly.check(random -> {
            for (int i = 0; i < 2000; i++) {
                int passes = random.nextInt(8);
                List<String> members = new ArrayList<>();
                for (int pass = 0; pass < passes; pass++) {
                    String spelled = random.nextBoolean()
                            ? ONCE.pseudonym()
                            : ONCE.pseudonym().toUpperCase(Locale.ROOT);
                    members.add("1.1 " + spelled + (random.nextBoolean() ? " (one, (two))" : ""));
                }
                for (int other = random.nextInt(6); other > 0; other--) {
                    members.add(Randomly.oneOf(random, others));
                }
                Collections.shuffle(members, random);
                String[] lines = intoLines(random, members);

                assertThat(isRefused(new Via(ONCE.pseudonym(), 3), lines))
                        .as(Arrays.toString(lines))
                        .isEqualTo(passes > 3);
            }
        });
    }

    @Test
    void neverFailsInAnotherWayWhateverTheCharacters() {
        String alphabet = "(),\\ \t\"a1.:api.example.com:8443\u0000\u00ff";

        Randomly.check(random -> {
            for (int i = 0; i < 20_000; i++) {
                StringBuilder way = new StringBuilder();
                for (int length = random.nextInt(40); length > 0; length--) {
                    way.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                isRefused(ONCE, way.toString());
            }
        });
    }

    private static String[] intoLines(Random random, List<String> members) {
        List<String> lines = new ArrayList<>();
        for (String member : members) {
            if (lines.isEmpty() || random.nextBoolean()) {
                lines.add(member);
            } else {
                lines.set(
                        lines.size() - 1, lines.get(lines.size() - 1) + (random.nextBoolean() ? "," : " , ") + member);
            }
        }
        return lines.toArray(String[]::new);
    }

    private static boolean isRefused(Via via, String... lines) {
        try {
            via.passOn(List.of(lines), "1.1");
            return false;
        } catch (ProblemException failure) {
            assertThat(failure.problem()).isEqualTo(Problem.LOOP_DETECTED);
            return true;
        }
    }
}
