package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.token.Scopes;
import java.util.Optional;

/** Okta's on-behalf-of token exchange at a custom authorization server: its audience, and custom scopes of it. */
final class OktaDialect implements Dialect {

    /** OpenID Connect's own, which service apps are not given. */
    private static final Scopes NOT_FOR_SERVICES =
            Scopes.of("openid", "profile", "email", "address", "phone", "offline_access", "groups", "device_sso");

    private static final String EXAMPLE =
            "credential: { on-behalf-of: gateway, audience: 'api://orders', scopes: [orders.read] }";

    @Override
    public Optional<TargetFault> faultOf(GrantKind kind, Target target) {
        if (target.scopes().isEmpty()) {
            return Optional.of(new TargetFault(
                    "scopes", "is missing: Okta wants a custom scope of the authorization server", EXAMPLE));
        }
        if (target.scopes().containsAny(NOT_FOR_SERVICES)) {
            return Optional.of(new TargetFault(
                    "scopes", "holds one of OpenID Connect's own, which Okta gives no service app", EXAMPLE));
        }
        return TargetFaults.noResource(target, "Okta");
    }

    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        Form form = TokenRequests.exchange(grant, TokenRequests.ACCESS_TOKEN_TYPE);
        return TokenRequests.addScopes(form, grant.target())
                .add("audience", grant.target().expectedAudience());
    }

    /** The audience is that of the authorization server, whose token endpoint is asked. */
    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        return TokenRequests.addScopes(TokenRequests.clientCredentials(), grant.target());
    }

    @Override
    public Outcome classify(Grant grant, Refusal refusal) {
        return switch (refusal.error()) {
            // Scopes are the authorization server's, not the user's.
            case "invalid_scope", "invalid_dpop_proof" -> Outcome.OUR_CONFIG;
            case "invalid_request" -> grant instanceof Grant.OnBehalfOf ? Outcome.SUBJECT_REJECTED : Outcome.OUR_CONFIG;
            default -> StandardRefusals.classify(grant, refusal);
        };
    }

    @Override
    public Optional<String> hint(Refusal refusal) {
        return switch (refusal.error()) {
            case "invalid_client" ->
                Optional.of("client-id or client-secret is not that of the API Services app in Okta");
            case "unauthorized_client" -> Optional.of("switch the grant type Token Exchange on for the app in Okta");
            case "invalid_scope" ->
                Optional.of("credential.scopes holds a scope that the custom authorization server does not have");
            case "access_denied" ->
                Optional.of(
                        "no access policy rule of the authorization server allows this app the token exchange, or the"
                                + " scopes");
            case "invalid_dpop_proof" -> Optional.of("switch off DPoP for the app in Okta, which new apps have on");
            case "invalid_grant", "invalid_request" ->
                Optional.of("a subject token of another authorization server counts only when that one is among the"
                        + " Trusted servers");
            default -> Optional.empty();
        };
    }
}
