package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.token.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * A client with everything it needs to ask.
 *
 * @param endpoints the token endpoint of the client, or of the same at one tenant: known, or discovered when it is first
 *     needed and now and then after
 */
record RegisteredClient(
        Client client,
        Dialect dialect,
        ClientAuthentication authentication,
        Secret secret,
        Function<Client, Mono<URI>> endpoints,
        AuthorizationServerHttp http) {

    /** @param at this client, or the same at one tenant */
    Mono<URI> endpoint(Client at) {
        return endpoints.apply(at);
    }

    Mono<AuthorizationServerHttp.Answer> post(URI uri, Form form, String accept) {
        authentication.addTo(form, client.id(), secret);
        Optional<String> authorization = authentication.authorization(client.id(), secret);
        return http.post(uri, authorization, form.encode(), accept);
    }
}
