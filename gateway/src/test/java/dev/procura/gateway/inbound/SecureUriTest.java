package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SecureUriTest {

    @ParameterizedTest
    @CsvSource({
        "https://id.example.com, true",
        "HTTPS://id.example.com, true",
        "https://id.example.com:8443/a?b=c, true",
        "https://10.0.0.1, true",
        "https://[2001:db8::1]:8443, true",
        "wss://id.example.com, true",
        "http://localhost, true",
        "http://LOCALHOST:9000/x, true",
        "http://127.0.0.1:9000, true",
        "http://127.1.2.3, true",
        "http://[::1]:9000, true",
        "ws://127.0.0.1, true",
        "http://id.example.com, false",
        "ws://id.example.com, false",
        "http://10.0.0.1, false",
        "http://192.168.1.1, false",
        "http://0.0.0.0, false",
        "http://128.0.0.1, false",
        "http://[::], false",
        "http://[::2], false",
        "http://[2001:db8::1], false",
        "http://localhost.example.com, false",
        "http://localhost., false",
        "http://my-localhost, false",
        "http://127.0.0.1.example.com, false",
        "http://127.0.0.1.nip.io, false",
        "http://example.com/127.0.0.1, false"
    })
    void isSecureWhenItIsEncryptedOrStaysOnThisMachine(URI uri, boolean secure) {
        assertThat(SecureUri.isSecure(uri)).isEqualTo(secure);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://id.example.com",
                "HTTPS://ID.example.com/realms/corp",
                "http://id.example.com:8080/",
                "https://id.example.com/a%20b?c=d"
            })
    void readsAbsoluteAddresses(String text) {
        assertThat(SecureUri.parse(text)).contains(URI.create(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "id.example.com",
                "//id.example.com",
                "/realms/corp",
                "https:id.example.com",
                "https://",
                "https:///realms",
                "https://:8443",
                "https://user@id.example.com",
                "https://user:password@id.example.com",
                "https://id.example.com@evil.example",
                "https://id.example.com#x",
                "https://id.example.com/#",
                "ftp://id.example.com",
                "file:///etc/passwd",
                "wss://id.example.com",
                "lb://id",
                "forward:/x",
                "urn:id",
                "https://id.example.com/a b",
                "https://id.example.com\\@evil.example",
                " https://id.example.com",
                "https://id_1.example.com",
                "https://{host}/x",
                "${ISSUER}"
            })
    void readsNothingElse(String text) {
        assertThat(SecureUri.parse(text)).isEmpty();
    }
}
