package dev.procura.gateway.credential;

/** What a route sends to its tier: exactly one of these, named in the configuration. */
public sealed interface CredentialPlan {

    /**
     * A token in the caller's name.
     *
     * @param appCallers what happens to callers that are no users
     */
    record OnBehalfOf(Client client, Target target, AppCallers appCallers) implements CredentialPlan {}

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
