package dev.procura.gateway.idp;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * What a server says in TLS about the client's certificate (RFC 8446 section 6.2), before it has read any request: nothing
 * that a caller sends brings it about.
 *
 * <p>Known by the words of the JDK's TLS, which has no type for it. Where the connection ends before the alert is read,
 * there is none.
 */
final class CertificateAlert {

    private static final int MAX_CAUSES = 8;

    private static final Pattern RECEIVED = Pattern.compile("Received fatal alert: (\\w+)");

    /** Without {@code handshake_failure}, which says much else besides. */
    private static final Set<String> ABOUT_CERTIFICATES = Set.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "unknown_ca",
            "access_denied",
            "certificate_required");

    private CertificateAlert() {}

    /** The name of the alert; empty when the failure is another one. */
    static Optional<String> in(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(MAX_CAUSES)
                .filter(SSLException.class::isInstance)
                .map(cause -> RECEIVED.matcher(String.valueOf(cause.getMessage())))
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .filter(ABOUT_CERTIFICATES::contains)
                .findFirst();
    }
}
