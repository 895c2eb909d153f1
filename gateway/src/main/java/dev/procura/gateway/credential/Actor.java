package dev.procura.gateway.credential;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.token.TokenValue;

/** The acting party whose token goes along with the subject token (RFC 8693 section 2.1, {@code actor_token}). */
public sealed interface Actor {

    /** The API that calls for the subject, proven by its own token in {@code Actor-Token}. */
    record CallingApi(Caller.Known caller) implements Actor {}

    /** The gateway itself. What makes it one actor is what its token is asked for with, not the token of the hour. */
    record Gateway(Grant.ClientCredentials own) implements Actor {}

    /** The gateway with the token that proves it; made just before the server is asked. */
    record ProvenGateway(Grant.ClientCredentials own, TokenValue token) implements Actor {}
}
