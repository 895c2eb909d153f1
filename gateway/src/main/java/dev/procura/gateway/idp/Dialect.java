package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.token.Scopes;

/** How one kind of authorization server wants to be asked, and what its refusals mean. Stateless. */
interface Dialect {

    /** The form for the grant, without the client's own credentials. */
    default Form form(Grant grant) {
        return grant instanceof Grant.OnBehalfOf onBehalfOf
                ? onBehalfOf(onBehalfOf)
                : clientCredentials((Grant.ClientCredentials) grant);
    }

    Form onBehalfOf(Grant.OnBehalfOf grant);

    Form clientCredentials(Grant.ClientCredentials grant);

    /** What a refusal (a status of 400 to 499 other than 429, with an {@code error}) means. */
    Outcome classify(Grant grant, Refusal refusal);

    /** Scopes that this server adds to what was asked for, of its own accord. */
    default Scopes addedScopes() {
        return Scopes.none();
    }

    /** Whether this server grants fewer scopes to users who lack them instead of refusing. */
    default boolean grantsLess() {
        return false;
    }
}
