package dev.procura.gateway.idp;

import dev.procura.gateway.token.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** How the gateway proves at a token endpoint who it is (RFC 6749 section 2.3.1). */
public enum ClientAuthentication {

    /** HTTP Basic, with identifier and secret form-encoded first, as the RFC says and many forget. */
    CLIENT_SECRET_BASIC {
        @Override
        Optional<String> authorization(String clientId, Secret secret) {
            String pair = encoded(clientId) + ":" + encoded(secret.reveal());
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        void addTo(Form form, String clientId, Secret secret) {}
    },

    /** Identifier and secret in the form. */
    CLIENT_SECRET_POST {
        @Override
        Optional<String> authorization(String clientId, Secret secret) {
            return Optional.empty();
        }

        @Override
        void addTo(Form form, String clientId, Secret secret) {
            form.add("client_id", clientId).add("client_secret", secret.reveal());
        }
    };

    /** The {@code Authorization} header, where the method uses it. */
    abstract Optional<String> authorization(String clientId, Secret secret);

    /** The fields, where the method uses them. */
    abstract void addTo(Form form, String clientId, Secret secret);

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
