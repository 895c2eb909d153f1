package dev.procura.gateway.credential;

import dev.procura.gateway.inbound.Caller;
import java.util.Optional;

/** What is asked of an authorization server. Data; a dialect turns it into a form. */
public sealed interface Grant {

    Client client();

    Target target();

    /**
     * A token in the caller's name (RFC 8693).
     *
     * @param subject the validated caller, whose token is the subject token
     * @param actor the API that calls for the subject, whose own token goes along
     */
    record OnBehalfOf(Client client, Target target, Caller.Known subject, Optional<Caller.Known> actor)
            implements Grant {}

    /** A token in the gateway's own name (RFC 6749 section 4.4). */
    record ClientCredentials(Client client, Target target) implements Grant {}
}
