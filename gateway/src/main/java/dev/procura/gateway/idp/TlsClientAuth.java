package dev.procura.gateway.idp;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import reactor.netty.tcp.SslProvider;

/**
 * The certificate of the TLS connection proves the client (RFC 8705 section 2); the form only says who it is.
 *
 * @param provider key, certificate and trust of new connections
 */
record TlsClientAuth(Supplier<SslProvider> provider) implements ClientAuthentication {

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public Optional<String> authenticate(Form form, String clientId, URI endpoint) throws IOException {
        if (!isTls(endpoint)) {
            throw new IOException("tls-client-auth needs an https address");
        }
        form.addIfAbsent("client_id", clientId);
        return Optional.empty();
    }

    /** Loopback is no exception: without TLS there is no certificate. */
    static boolean isTls(URI endpoint) {
        return "https".equalsIgnoreCase(endpoint.getScheme());
    }

    @Override
    public Optional<Supplier<SslProvider>> tls() {
        return Optional.of(provider);
    }

    @Override
    public String toString() {
        return "tls-client-auth";
    }
}
