package dev.procura.gateway.idp;

import dev.procura.gateway.token.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;

/** Identifier and secret in the form (RFC 6749 section 2.3.1). */
record ClientSecretPost(Supplier<Secret> secret) implements ClientAuthentication {

    @Override
    public boolean mayBlock() {
        return secret instanceof SecretFile;
    }

    @Override
    public Optional<String> authenticate(Form form, String clientId, URI endpoint) {
        form.addIfAbsent("client_id", clientId)
                .add("client_secret", secret.get().reveal());
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "client-secret-post";
    }
}
