package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

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
        Function<Client, Mono<URI>> endpoints,
        AuthorizationServerHttp http) {

    /** @param at this client, or the same at one tenant */
    Mono<URI> endpoint(Client at) {
        return endpoints.apply(at);
    }

    /** @param turn looked at when a connection is there, just before anything is sent; may throw why it must not be */
    Mono<AuthorizationServerHttp.Answer> post(URI uri, Form form, String accept, Runnable turn) {
        return elsewhere(Mono.fromCallable(() -> authenticated(uri, form.copy(), accept, turn)))
                .flatMap(Function.identity());
    }

    private <T> Mono<T> elsewhere(Mono<T> work) {
        return authentication.mayBlock()
                ? work.subscribeOn(Schedulers.boundedElastic()).timeout(http.deadline())
                : work;
    }

    private Mono<AuthorizationServerHttp.Answer> authenticated(URI uri, Form form, String accept, Runnable turn)
            throws IOException {
        Optional<String> authorization = authentication.authenticate(form, client.id(), uri);
        return http.post(uri, authorization, form.encode(), accept, turn);
    }
}
