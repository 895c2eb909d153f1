package dev.procura.gateway.inbound;

import dev.procura.gateway.token.TokenValue;
import java.net.URI;
import reactor.core.publisher.Mono;

/**
 * Asks one introspection endpoint (RFC 7662 section 2.1), as one client of its authorization server. Fails only when there
 * is no answer; what the answer says is judged by whoever asked.
 */
public interface Introspector {

    /** Who is asking: a signed answer names it as its audience (RFC 9701 section 5). */
    String clientId();

    Mono<AuthorizationServerHttp.Answer> ask(TokenValue token);

    /** Makes the introspector of an issuer. */
    interface Factory {

        /**
         * @param key the configuration key that names the client, for messages
         * @param issuerName the block of the issuer
         * @param clientName the block of the client
         * @throws dev.procura.gateway.problem.InvalidSetting when there is no such client
         */
        Introspector create(String key, String issuerName, String clientName, URI uri);
    }
}
