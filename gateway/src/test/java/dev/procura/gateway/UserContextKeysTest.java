package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import dev.procura.gateway.problem.InvalidSetting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** The keys of user contexts come from SSL bundles, the first one first; what is no P-256 key does not start. */
final class UserContextKeysTest {

    private static final String PASSWORD = "hunter2";

    @TempDir
    private static Path folder = Path.of(".");

    private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();

    @BeforeAll
    static void makeKeys() throws IOException, InterruptedException {
        make("first", "-keyalg", "EC", "-groupname", "secp256r1");
        make("second", "-keyalg", "EC", "-groupname", "secp256r1");
        make("p384", "-keyalg", "EC", "-groupname", "secp384r1");
        make("rsa", "-keyalg", "RSA", "-keysize", "2048");
    }

    private static void make(String name, String... algorithm) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                folder.resolve(name + ".p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                name,
                "-dname",
                "CN=" + name));
        command.addAll(List.of(algorithm));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
    }

    @Test
    void makesOneInMemoryWhenNoneIsNamed() {
        List<ECKey> keys = UserContextKeys.of(List.of(), bundles);

        assertThat(keys).singleElement().satisfies(UserContextKeysTest::assertUsable);
        assertThat(UserContextKeys.of(List.of(), bundles)).isNotEqualTo(keys);
    }

    @Test
    void readsThemInTheirOrder() {
        register("first", PASSWORD, null);
        register("second", PASSWORD, PASSWORD);

        List<ECKey> keys = UserContextKeys.of(List.of("second", "first"), bundles);

        assertThat(keys).hasSize(2).allSatisfy(UserContextKeysTest::assertUsable);
        assertThat(keys).extracting(ECKey::getKeyID).doesNotHaveDuplicates();
        assertThat(UserContextKeys.of(List.of("first"), bundles)).containsExactly(keys.get(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"p384", "rsa"})
    void refusesAnotherKindOfKey(String name) {
        register(name, PASSWORD, null);

        refuses(name, "P-256");
    }

    @Test
    void refusesABundleThatThereIsNot() {
        refuses("nobody", "spring.ssl.bundle does not have");
    }

    @Test
    void refusesAStoreThatCannotBeOpenedWithoutShowingThePassword() {
        register("first", "wrong-" + PASSWORD, null);

        refuses("first", "cannot be read");
    }

    @Test
    void refusesAFileThatThereIsNot() {
        bundles.registerBundle(
                "gone",
                SslBundle.of(new PemSslStoreBundle(
                        PemSslStoreDetails.forCertificate("file:" + folder.resolve("gone.pem")), null)));

        refuses("gone", "cannot be read");
    }

    @Test
    void doesNotShowAPrivateKeyThatStandsWhereAFileNameBelongs() {
        String key = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghunter2";
        bundles.registerBundle(
                "pasted",
                SslBundle.of(new PemSslStoreBundle(
                        PemSslStoreDetails.forCertificate("certificate").withPrivateKey(key), null)));

        refuses("pasted", "cannot be read");
    }

    private void refuses(String name, String reason) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> UserContextKeys.of(List.of(name), bundles))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.user-context.keys");
                    assertThat(invalid.reason()).contains(name, reason).doesNotContain(PASSWORD);
                });
    }

    private void register(String name, String storePassword, @Nullable String keyPassword) {
        JksSslStoreDetails store =
                new JksSslStoreDetails("PKCS12", null, "file:" + folder.resolve(name + ".p12"), storePassword);
        bundles.registerBundle(
                name,
                SslBundle.of(
                        new JksSslStoreBundle(store, null),
                        keyPassword == null ? SslBundleKey.NONE : SslBundleKey.of(keyPassword)));
    }

    private static void assertUsable(ECKey key) {
        assertThat(key.isPrivate()).isTrue();
        assertThat(key.getCurve()).isEqualTo(Curve.P_256);
        assertThat(key.getKeyID()).isNotBlank();
        assertThat(key.getAlgorithm()).hasToString("ES256");
    }
}
