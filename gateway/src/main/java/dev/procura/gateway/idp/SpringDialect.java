package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;

/** Spring Authorization Server: RFC 8693, with {@code invalid_grant} for a subject token that it does not accept. */
final class SpringDialect implements Dialect {

    private final Dialect standard = new Rfc8693Dialect();

    @Override
    public boolean takesActor(Target target) {
        return true;
    }

    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        return standard.onBehalfOf(grant);
    }

    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        return standard.clientCredentials(grant);
    }

    /** {@code invalid_request} is about the request, never about the subject token. */
    @Override
    public Outcome classify(Grant grant, Refusal refusal) {
        return StandardRefusals.classify(grant, refusal);
    }

    /** Whoever has been authenticated gets JSON from its endpoints; the others get the filter chain's bare status. */
    @Override
    public boolean saysNothingToStrangers() {
        return true;
    }

    /** {@code client_id} is required there, which the standard leaves open. */
    @Override
    public AssertionDefaults assertionDefaults() {
        return AssertionDefaults.STANDARD
                .audience(AssertionDefaults.Audience.ISSUER)
                .namingTheClient();
    }
}
