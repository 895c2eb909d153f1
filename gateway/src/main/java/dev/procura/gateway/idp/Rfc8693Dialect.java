package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;

/** Token exchange to the letter of RFC 8693, for servers without a dialect of their own. */
final class Rfc8693Dialect implements Dialect {

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

    /** RFC 8693 section 2.2.2 makes {@code invalid_request} the answer to an unacceptable subject token. */
    @Override
    public Outcome classify(Grant grant, Refusal refusal) {
        boolean aboutSubject =
                grant instanceof Grant.OnBehalfOf && refusal.error().equals("invalid_request");
        return aboutSubject ? Outcome.SUBJECT_REJECTED : StandardRefusals.classify(grant, refusal);
    }
}
