package dev.procura.sample.issuer;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.StringUtils;

/**
 * How the client {@code gateway} proves itself where that is not by its secret, which is refused then. Both may be wanted
 * at once.
 *
 * @param jwkSetUri where its public keys are: those that sign its assertions ({@code private_key_jwt}, RS256), and those
 *     of certificates that it signed itself, each with its {@code x5c} ({@code self_signed_tls_client_auth})
 * @param certificateSubject the distinguished name in its certificate, to the letter, as RFC 2253 writes it
 *     ({@code tls_client_auth}); who may sign such certificates is {@code server.ssl}'s to say
 */
@ConfigurationProperties("sample.gateway-proof")
record GatewayProof(@Nullable String jwkSetUri, @Nullable String certificateSubject) {

    boolean isWanted() {
        return StringUtils.hasText(jwkSetUri) || StringUtils.hasText(certificateSubject);
    }
}
