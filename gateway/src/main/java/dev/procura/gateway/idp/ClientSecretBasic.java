package dev.procura.gateway.idp;

import dev.procura.gateway.token.Secret;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * HTTP Basic, with identifier and secret form-encoded first, as RFC 6749 section 2.3.1 says and many forget. Nothing stands
 * in the form.
 */
record ClientSecretBasic(Supplier<Secret> secret) implements ClientAuthentication {

    @Override
    public boolean mayBlock() {
        return secret instanceof SecretFile;
    }

    @Override
    public Optional<String> authenticate(Form form, String clientId, URI endpoint) {
        String pair = encoded(clientId) + ":" + encoded(secret.get().reveal());
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "client-secret-basic";
    }
}
