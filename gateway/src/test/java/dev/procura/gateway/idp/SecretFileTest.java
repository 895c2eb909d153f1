package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.procura.gateway.problem.InvalidSetting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A file that is replaced counts at once; one that cannot be read leaves what was good, and says so once. */
final class SecretFileTest {

    private static final String KEY = "procura.clients.gateway.client-secret-file";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(SecretFile.class);
    }

    private Path file() {
        return folder.resolve("hunter2-file");
    }

    private SecretFile written(String text) throws IOException {
        Files.writeString(file(), text);
        return SecretFile.of(KEY, file());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n", "\n\n"})
    void lineBreaksAtTheEndAreNoPartOfIt(String end) throws IOException {
        assertThat(written(" a b ü" + end).get().reveal()).isEqualTo(" a b ü");
    }

    @Test
    void whatHasBeenReplacedCountsAtOnceHoweverItWasReplaced() throws IOException {
        SecretFile secret = written("first");

        Files.writeString(file(), "second");
        assertThat(secret.get().reveal()).isEqualTo("second");

        Files.move(
                Files.writeString(folder.resolve("new"), "third"),
                file(),
                java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        assertThat(secret.get().reveal()).isEqualTo("third");
    }

    /** As Kubernetes does it: a link to a folder that is exchanged. */
    @Test
    void aLinkThatPointsElsewhereCountsToo() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Files.writeString(one.resolve("secret"), "first");
        Files.writeString(two.resolve("secret"), "second");
        Path data = Files.createSymbolicLink(folder.resolve("data"), one);
        Path link = Files.createSymbolicLink(folder.resolve("secret"), data.resolve("secret"));
        SecretFile secret = SecretFile.of(KEY, link);
        assertThat(secret.get().reveal()).isEqualTo("first");

        Files.move(
                Files.createSymbolicLink(folder.resolve("data_tmp"), two),
                data,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE);

        assertThat(secret.get().reveal()).isEqualTo("second");
    }

    /** Does something to the file that leaves nothing good in it. */
    @FunctionalInterface
    interface Damage {
        void to(Path file) throws IOException;
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                argumentSet("it is missing", (Damage) Files::delete),
                argumentSet("it is empty", (Damage) file -> Files.writeString(file, "")),
                argumentSet("it holds line breaks alone", (Damage) file -> Files.writeString(file, "\n\n")),
                argumentSet("it is blank", (Damage) file -> Files.writeString(file, " \t\n")),
                argumentSet("it is a folder", (Damage) file -> {
                    Files.delete(file);
                    Files.createDirectory(file);
                }),
                argumentSet("it is no UTF-8", (Damage) file -> Files.write(file, new byte[] {'h', (byte) 0xff, '2'})),
                argumentSet("it is too long", (Damage)
                        file -> Files.writeString(file, "h".repeat(SecretFile.MAX_BYTES + 1))));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void theLastGoodContentStaysAndTheLogSaysSoOnce(Damage damage) throws IOException {
        SecretFile secret = written("hunter2-good");

        damage.to(file());
        for (int i = 0; i < 5; i++) {
            assertThat(secret.get().reveal()).isEqualTo("hunter2-good");
        }
        assertThat(log.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).hasToString("WARN");
            assertThat(line.getFormattedMessage()).contains(KEY).doesNotContain("hunter2");
            assertThat(line.getThrowableProxy()).isNull();
        });

        Files.deleteIfExists(file());
        Files.writeString(file(), "hunter2-better");
        assertThat(secret.get().reveal()).isEqualTo("hunter2-better");
        secret.get();
        Files.delete(file());
        secret.get();
        assertThat(log.list.stream().map(line -> line.getLevel().toString()))
                .isEqualTo(List.of("WARN", "INFO", "WARN"));
        assertThat(secret.get().reveal()).as("the last good one, not the first").isEqualTo("hunter2-better");
    }

    @ParameterizedTest
    @MethodSource("damages")
    void nothingStartsWithoutAGoodContent(Damage damage) throws IOException {
        Files.writeString(file(), "hunter2-good");
        damage.to(file());

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> SecretFile.of(KEY, file()))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo(KEY);
                    assertThat(invalid.reason()).contains("missing, empty").doesNotContain("hunter2");
                    assertThat(invalid.example()).startsWith("client-secret-file: ");
                });
    }

    @Test
    void theLongestThatIsReadIsReadWhole() throws IOException {
        String text = "h".repeat(SecretFile.MAX_BYTES);

        assertThat(written(text).get().reveal().getBytes(StandardCharsets.UTF_8))
                .hasSize(SecretFile.MAX_BYTES);
    }

    @Test
    void isNotPrinted() throws IOException {
        assertThat(written("hunter2")).asString().doesNotContain("hunter2");
    }
}
