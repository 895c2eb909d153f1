package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;

/** Spring Authorization Server: RFC 8693, with {@code invalid_grant} for a subject token that it does not accept. */
final class SpringDialect implements Dialect {

    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        Form form = TokenRequests.addActor(TokenRequests.exchange(grant), grant)
                .add("requested_token_type", TokenRequests.ACCESS_TOKEN_TYPE);
        return TokenRequests.addTarget(form, grant.target());
    }

    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        return TokenRequests.addTarget(TokenRequests.clientCredentials(), grant.target());
    }

    @Override
    public Outcome classify(Grant grant, Refusal refusal) {
        return StandardRefusals.classify(grant, refusal);
    }
}
