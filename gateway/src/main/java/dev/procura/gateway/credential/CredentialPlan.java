package dev.procura.gateway.credential;

import java.util.Optional;

/** What a route sends to its tier: exactly one of these, named in the configuration. */
public sealed interface CredentialPlan {

    /**
     * A token in the caller's name.
     *
     * @param appCallers what happens to callers that are no users
     * @param actor the gateway's own token that goes along, where the route has no calling API's
     * @param then the second step, where the first one's token is for another authorization server
     */
    record OnBehalfOf(
            Client client, Target target, AppCallers appCallers, Optional<Actor.Gateway> actor, Optional<ThenStep> then)
            implements CredentialPlan {}

    /** As whom, and for what, the token of the first step is taken to another authorization server. */
    record ThenStep(Client client, Target target) {}

    /**
     * A token in the gateway's own name: the trusted subsystem.
     *
     * @param userContext whether a signed statement about the caller goes along
     */
    record ClientCredentials(Client client, Target target, UserContext userContext) implements CredentialPlan {}

    /** The caller's own token, because the API takes the gateway's own audience. */
    enum PassThrough implements CredentialPlan {
        PASS_THROUGH
    }

    /** Nothing. */
    enum None implements CredentialPlan {
        NONE
    }

    /** What happens to callers that cannot be acted for. */
    enum AppCallers {
        REJECT,
        CLIENT_CREDENTIALS
    }

    /** Whether the tier is told, signed by the gateway, for whom a call is made. */
    enum UserContext {
        NONE,
        SIGNED
    }
}
