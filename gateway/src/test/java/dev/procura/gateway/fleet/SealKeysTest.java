package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.FleetExample.keyText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.cache.CacheProperties;
import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.problem.InvalidSetting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SealKeysTest {

    private static final String ONE = keyText("one");
    private static final String TWO = keyText("two");

    @TempDir
    Path directory;

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("seal-keys"), content);
    }

    private static SealKeys ofFile(Path file) {
        return SealKeys.of(FleetExample.properties(List.of(), file.toString()));
    }

    private static byte[] decoded(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static String repeated(int value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    void areTheOnesOfTheListInItsOrder() {
        assertThat(SealKeys.of(FleetExample.properties(List.of(ONE, TWO), null)).values())
                .containsExactly(decoded(ONE), decoded(TWO));
    }

    @Test
    void areTheOnesOfTheFileInItsOrder() throws IOException {
        Path file = file("# since March\r\n" + TWO + "\r\n\n   # the one before\n  " + ONE + "  \n\n");

        assertThat(ofFile(file).values()).containsExactly(decoded(TWO), decoded(ONE));
    }

    static Stream<Arguments> noKeys() {
        return Stream.of(
                argumentSet("an unset variable", List.of(""), "of 0"),
                argumentSet("31 bytes", List.of(repeatedThenOne(31)), "of 31"),
                argumentSet("33 bytes", List.of(repeatedThenOne(33)), "of 33"),
                argumentSet("no base64", List.of("correct horse battery staple, thrice"), "is not base64"),
                argumentSet("hex", List.of("0f".repeat(32)), "of 48"),
                argumentSet("base64url", List.of("_" + ONE.substring(1)), "is not base64"),
                argumentSet("zeros", List.of(repeated(0, 32)), "again and again"),
                argumentSet("one byte again and again", List.of(repeated(0x41, 32)), "again and again"),
                argumentSet("the same twice", List.of(ONE, TWO, ONE), "twice: key 3 of 3"),
                argumentSet("the second is wrong", List.of(ONE, "x"), "key 2 of 2"),
                argumentSet(
                        "five", List.of(ONE, TWO, keyText("three"), keyText("four"), keyText("five")), "more than 4"));
    }

    private static String repeatedThenOne(int length) {
        byte[] bytes = new byte[length];
        bytes[length - 1] = 1;
        return Base64.getEncoder().encodeToString(bytes);
    }

    @ParameterizedTest
    @MethodSource("noKeys")
    void whatIsNoKeyStopsTheStartAndIsNotShown(List<String> texts, String reason) throws IOException {
        assertRefused(() -> SealKeys.of(FleetExample.properties(texts, null)), "seal-keys", reason, texts);
        if (!texts.contains("")) {
            Path file = file(String.join("\n", texts));
            assertRefused(() -> ofFile(file), "seal-keys-file", reason, texts);
        }
    }

    private static void assertRefused(Runnable reading, String key, String reason, List<String> secrets) {
        assertThatThrownBy(reading::run).isInstanceOfSatisfying(InvalidSetting.class, invalid -> {
            assertThat(invalid.key()).isEqualTo("procura.cache." + key);
            assertThat(invalid.reason()).contains(reason);
            assertThat(invalid.example()).startsWith("seal-keys");
            secrets.stream()
                    .filter(text -> text.length() > 1)
                    .forEach(text ->
                            assertThat(invalid.getMessage() + invalid.example()).doesNotContain(text));
        });
    }

    @Test
    void aFileThatSaysNothingStopsTheStart() throws IOException {
        assertRefused(
                () -> ofFile(directory.resolve("hunter2")),
                "seal-keys-file",
                "missing",
                List.of("hunter2", directory.toString()));
        assertRefused(() -> ofFile(directory), "seal-keys-file", "not readable", List.of());
        Path empty = file("\n# nothing yet\n");
        assertRefused(() -> ofFile(empty), "seal-keys-file", "holds no key", List.of());
        Path long64 = file("#".repeat(64 * 1024 + 1));
        assertRefused(() -> ofFile(long64), "seal-keys-file", "longer than 64 KiB", List.of());
        Path latin = Files.write(directory.resolve("latin"), "# Schlüssel\n".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(() -> ofFile(latin), "seal-keys-file", "not UTF-8", List.of());
        assertRefused(
                () -> SealKeys.of(FleetExample.properties(List.of(), "a\0b")), "seal-keys-file", "missing", List.of());
    }

    static Stream<Arguments> contradictions() {
        return Stream.of(
                argumentSet("shared without a key", CacheProperties.Shared.REDIS, List.of(), null, "seal-keys"),
                argumentSet("both", CacheProperties.Shared.REDIS, List.of(ONE), "/x", "seal-keys-file"),
                argumentSet("keys for nothing", CacheProperties.Shared.NONE, List.of(ONE), null, "seal-keys"),
                argumentSet("a file for nothing", CacheProperties.Shared.NONE, List.of(), "/x", "seal-keys-file"));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void keysAreThereExactlyWhenSomethingIsShared(
            CacheProperties.Shared shared, List<String> keys, @Nullable String file, String key) {
        CacheProperties properties = FleetExample.properties(shared, keys, file);

        assertThatThrownBy(properties::check).isInstanceOfSatisfying(InvalidSetting.class, invalid -> {
            assertThat(invalid.key()).isEqualTo("procura.cache." + key);
            assertThat(invalid.getMessage()).doesNotContain(ONE);
        });
        assertThatThrownBy(() -> SealKeys.of(properties)).isInstanceOf(InvalidSetting.class);
    }

    @Test
    void printsHowManyItHolds() {
        assertThat(SealKeys.of(FleetExample.properties("one", "two"))).hasToString("SealKeys[2]");
    }
}
