package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import org.springframework.security.oauth2.core.AuthorizationGrantType;

/** The fields that several dialects share. */
final class TokenRequests {

    static final String ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

    private TokenRequests() {}

    /** RFC 8693 section 2.1, up to the subject token. */
    static Form exchange(Grant.OnBehalfOf grant) {
        return new Form()
                .add("grant_type", AuthorizationGrantType.TOKEN_EXCHANGE.getValue())
                .add("subject_token", grant.subject().token().reveal())
                .add("subject_token_type", ACCESS_TOKEN_TYPE);
    }

    /** RFC 8693 section 2.1: the acting party, where there is one. */
    static Form addActor(Form form, Grant.OnBehalfOf grant) {
        grant.actor()
                .ifPresent(actor ->
                        form.add("actor_token", actor.token().reveal()).add("actor_token_type", ACCESS_TOKEN_TYPE));
        return form;
    }

    /** RFC 6749 section 4.4.2. */
    static Form clientCredentials() {
        return new Form().add("grant_type", AuthorizationGrantType.CLIENT_CREDENTIALS.getValue());
    }

    /** {@code audience}, {@code resource} (RFC 8707) and {@code scope}, as far as the route names them. */
    static Form addTarget(Form form, Target target) {
        target.audience().ifPresent(audience -> form.add("audience", audience));
        target.resource().ifPresent(resource -> form.add("resource", resource));
        if (!target.scopes().isEmpty()) {
            form.add("scope", target.scopes().toString());
        }
        return form;
    }
}
