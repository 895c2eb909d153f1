package dev.procura.gateway.idp;

import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.inbound.Introspector;
import dev.procura.gateway.token.TokenValue;
import reactor.core.publisher.Mono;

/** RFC 7662 section 2.1 over HTTP; a signed answer (RFC 9701 section 4) is asked for, a plain one is taken too. */
final class IntrospectionEndpoint implements Introspector {

    private static final String ACCEPT = "application/token-introspection+jwt, application/json;q=0.9";

    private final RegisteredClient client;

    /** @param client whose endpoint is the introspection endpoint */
    IntrospectionEndpoint(RegisteredClient client) {
        this.client = client;
    }

    @Override
    public String clientId() {
        return client.client().id();
    }

    @Override
    public Mono<AuthorizationServerHttp.Answer> ask(TokenValue token) {
        return Mono.defer(() -> client.endpoint(client.client())
                .flatMap(uri -> client.post(
                        uri,
                        new Form().add("token", token.reveal()).add("token_type_hint", "access_token"),
                        ACCEPT,
                        () -> {})));
    }
}
