package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which failures say that the client's certificate is not taken. */
final class CertificateAlertTest {

    /** As JDK 17 and as JDK 25 write it. */
    @ParameterizedTest
    @CsvSource({
        "Received fatal alert: certificate_unknown, certificate_unknown",
        "(certificate_expired) Received fatal alert: certificate_expired, certificate_expired",
        "Received fatal alert: unknown_ca, unknown_ca",
        "Received fatal alert: certificate_required, certificate_required",
    })
    void anAlertAboutTheCertificate(String words, String alert) {
        assertThat(CertificateAlert.in(new SSLHandshakeException(words))).contains(alert);
        assertThat(CertificateAlert.in(new DecoderException(new SSLException(words))))
                .contains(alert);
    }

    /** Among them what the gateway itself finds wrong with the server's certificate. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Received fatal alert: handshake_failure",
                "Received fatal alert: internal_error",
                "Received fatal alert: unrecognized_name",
                "PKIX path building failed: unable to find valid certification path to requested target",
                "No subject alternative names matching IP address 127.0.0.1 found",
                "bad_certificate",
                "",
            })
    void whatElseTlsMaySay(String words) {
        assertThat(CertificateAlert.in(new DecoderException(new SSLHandshakeException(words))))
                .isEmpty();
    }

    @Test
    void wordsOfOthersAreNone() {
        assertThat(CertificateAlert.in(new IOException("Received fatal alert: unknown_ca")))
                .isEmpty();
        assertThat(CertificateAlert.in(new SSLException((String) null))).isEmpty();
    }
}
