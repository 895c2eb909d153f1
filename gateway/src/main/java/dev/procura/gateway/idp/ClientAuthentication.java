package dev.procura.gateway.idp;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import reactor.netty.tcp.SslProvider;

/**
 * How one client proves at an endpoint who it is. Asked anew for every request, so that a secret, a key or a file counts as
 * soon as it has been replaced.
 *
 * <p>Not checked here: whether the server will accept it.
 */
sealed interface ClientAuthentication
        permits ClientSecretBasic, ClientSecretPost, PrivateKeyJwt, TlsClientAuth, AssertionFile {

    /** Whether it reads a file or signs, which is not for an event loop. */
    boolean mayBlock();

    /**
     * Adds the fields of this method to the form, and gives the {@code Authorization} header where the method uses it.
     *
     * @param endpoint where the form will go
     * @throws IOException when this endpoint cannot be asked in this way
     */
    Optional<String> authenticate(Form form, String clientId, URI endpoint) throws IOException;

    /** The TLS of the connection, where the method is part of it. */
    default Optional<Supplier<SslProvider>> tls() {
        return Optional.empty();
    }
}
