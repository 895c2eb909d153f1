package dev.procura.gateway.credential;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.token.TokenValue;
import java.util.Optional;

/** What is asked of an authorization server. Data; a dialect turns it into a form. */
public sealed interface Grant {

    /** As whom it is asked; of several steps, the last. */
    Client client();

    /** What the token is for in the end. */
    Target target();

    /**
     * A token in the caller's name (RFC 8693, or what a server has in its place).
     *
     * @param subject the validated caller, whose token is the subject token
     * @param actor who acts for the subject, where the server is told
     * @param claims what the token has to say, where a tier has asked for it
     */
    record OnBehalfOf(
            Client client, Target target, Caller.Known subject, Optional<Actor> actor, Optional<ClaimsRequest> claims)
            implements Grant {}

    /** A token in the gateway's own name (RFC 6749 section 4.4). */
    record ClientCredentials(Client client, Target target) implements Grant {}

    /**
     * A token of another trust domain in the caller's name, in two steps: the token of the first becomes the assertion of
     * the second (identity chaining: RFC 8693, then RFC 7523).
     */
    record Chained(OnBehalfOf first, Client client, Target target) implements Grant {}

    /**
     * The second step of a chain: the authorization grant of RFC 7523 section 2.1. Made below the cache, for one request.
     *
     * @param first what the assertion was asked for with
     */
    record Assertion(Client client, Target target, TokenValue assertion, OnBehalfOf first) implements Grant {}

    /** The caller in whose name the token is. */
    default Optional<OnBehalfOf> inNameOf() {
        if (this instanceof OnBehalfOf onBehalfOf) {
            return Optional.of(onBehalfOf);
        }
        if (this instanceof Chained chained) {
            return Optional.of(chained.first());
        }
        return this instanceof Assertion assertion ? Optional.of(assertion.first()) : Optional.empty();
    }
}
