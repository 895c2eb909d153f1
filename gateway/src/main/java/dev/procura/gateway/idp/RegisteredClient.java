package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.token.Secret;
import java.net.URI;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * A client with everything it needs to ask.
 *
 * @param endpoint the token endpoint: known, or discovered when it is first needed and now and then after
 */
record RegisteredClient(
        Client client,
        Dialect dialect,
        ClientAuthentication authentication,
        Secret secret,
        Mono<URI> endpoint,
        AuthorizationServerHttp http) {

    Mono<AuthorizationServerHttp.Answer> post(Form form) {
        return post(form, AuthorizationServerHttp.JSON);
    }

    Mono<AuthorizationServerHttp.Answer> post(Form form, String accept) {
        authentication.addTo(form, client.id(), secret);
        Optional<String> authorization = authentication.authorization(client.id(), secret);
        return endpoint.flatMap(uri -> http.post(uri, authorization, form.encode(), accept));
    }
}
