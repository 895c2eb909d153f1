package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.token.TokenValue;
import org.springframework.security.oauth2.core.AuthorizationGrantType;

/** The fields that several dialects share. */
final class TokenRequests {

    static final String ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
    static final String JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt";

    private TokenRequests() {}

    /** RFC 8693 section 2.1, up to the subject token. */
    static Form exchange(Grant.OnBehalfOf grant, String subjectTokenType) {
        return new Form()
                .add("grant_type", AuthorizationGrantType.TOKEN_EXCHANGE.getValue())
                .add("subject_token", grant.subject().token().reveal())
                .add("subject_token_type", subjectTokenType);
    }

    /** RFC 8693 section 2.1: the acting party, where there is one. */
    static Form addActor(Form form, Grant.OnBehalfOf grant) {
        grant.actor()
                .ifPresent(actor ->
                        form.add("actor_token", tokenOf(actor).reveal()).add("actor_token_type", ACCESS_TOKEN_TYPE));
        return form;
    }

    private static TokenValue tokenOf(Actor actor) {
        if (actor instanceof Actor.CallingApi api) {
            return api.caller().token();
        }
        if (actor instanceof Actor.ProvenGateway gateway) {
            return gateway.token();
        }
        throw new IllegalArgumentException("the gateway's own token has not been asked for");
    }

    /** RFC 7523 section 2.1. */
    static Form jwtBearer(TokenValue assertion) {
        return new Form()
                .add("grant_type", AuthorizationGrantType.JWT_BEARER.getValue())
                .add("assertion", assertion.reveal());
    }

    /** RFC 6749 section 4.4.2. */
    static Form clientCredentials() {
        return new Form().add("grant_type", AuthorizationGrantType.CLIENT_CREDENTIALS.getValue());
    }

    /** {@code audience}, {@code resource} (RFC 8707) and {@code scope}, as far as the route names them. */
    static Form addTarget(Form form, Target target) {
        target.audience().ifPresent(audience -> form.add("audience", audience));
        return addScopes(addResource(form, target), target);
    }

    static Form addResource(Form form, Target target) {
        target.resource().ifPresent(resource -> form.add("resource", resource));
        return form;
    }

    static Form addScopes(Form form, Target target) {
        return target.scopes().isEmpty()
                ? form
                : form.add("scope", target.scopes().toString());
    }
}
