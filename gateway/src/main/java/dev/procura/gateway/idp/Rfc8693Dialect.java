package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;

/** Token exchange to the letter of RFC 8693, for servers without a dialect of their own. */
final class Rfc8693Dialect implements Dialect {

    @Override
    public boolean takesSubjectTokenType() {
        return true;
    }

    @Override
    public boolean takesActor(Target target) {
        return true;
    }

    /** For another authorization server, no type is asked for: the grant it makes is of its own choice. */
    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        Target target = grant.target();
        Form form = TokenRequests.addActor(
                TokenRequests.exchange(grant, target.subjectTokenType().orElse(TokenRequests.ACCESS_TOKEN_TYPE)),
                grant);
        if (target.recipient() == Target.Recipient.API) {
            form.add("requested_token_type", TokenRequests.ACCESS_TOKEN_TYPE);
        }
        return TokenRequests.addTarget(form, target);
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
