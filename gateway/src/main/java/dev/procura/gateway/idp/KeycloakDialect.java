package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.ServerTraits;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.token.Scopes;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Keycloak's standard token exchange (26.2 and later), and its JWT authorization grant (26.5 and later). The exchange takes
 * no {@code resource} and no actor and filters audiences rather than granting them; the grant takes no audience at all. Both
 * use few error codes for many reasons, so the words beside the code have to be read. What stands here was measured on
 * 26.7.3.
 */
final class KeycloakDialect implements Dialect {

    /** The client scopes of OpenID Connect, which every client of a realm has by default. */
    private static final Scopes OPENID_SCOPES = Scopes.of("openid", "profile", "email", "address", "phone");

    @Override
    public Set<GrantKind> grants() {
        return EnumSet.allOf(GrantKind.class);
    }

    @Override
    public Optional<TargetFault> faultOf(GrantKind kind, Target target) {
        return TargetFaults.noResource(target, "Keycloak");
    }

    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        Form form = TokenRequests.exchange(grant, TokenRequests.ACCESS_TOKEN_TYPE)
                .add("audience", grant.target().expectedAudience());
        return TokenRequests.addScopes(form, grant.target());
    }

    /** The audience comes with the scopes: this grant has no parameter for it. */
    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        return TokenRequests.addScopes(TokenRequests.clientCredentials(), grant.target());
    }

    /** The audience comes with the scopes here too. */
    @Override
    public Form assertion(Grant.Assertion grant) {
        return TokenRequests.addScopes(TokenRequests.jwtBearer(grant.assertion()), grant.target());
    }

    @Override
    public Outcome classify(Grant grant, Refusal refusal) {
        String words = refusal.description().toLowerCase(Locale.ROOT);
        return switch (refusal.error()) {
            case "invalid_request" -> invalidRequest(grant, words);
            // "Client is not within the token audience": the caller's token was not meant for the gateway.
            case "access_denied" -> grant instanceof Grant.OnBehalfOf ? Outcome.SUBJECT_REJECTED : Outcome.OUR_CONFIG;
            // The same code with 400 is about an audience that no client has, or about an assertion of ours.
            case "invalid_client" ->
                refusal.status() == 401 || words.startsWith("client authentication")
                        ? Outcome.OUR_CREDENTIALS
                        : Outcome.OUR_CONFIG;
            // A wrong secret; otherwise the client has a switch turned off.
            case "unauthorized_client" ->
                words.contains("client credentials") ? Outcome.OUR_CREDENTIALS : Outcome.OUR_CONFIG;
            case "invalid_scope" -> invalidScope(grant, words);
            case "invalid_grant" ->
                grant instanceof Grant.Assertion
                        ? KeycloakAssertions.invalidGrant(words)
                        : StandardRefusals.classify(grant, refusal);
            default -> StandardRefusals.classify(grant, refusal);
        };
    }

    /** Scopes are the requester's, not the user's; only the consent to them is. */
    private static Outcome invalidScope(Grant grant, String words) {
        return grant.inNameOf().isPresent() && words.contains("missing consents")
                ? Outcome.CONSENT
                : Outcome.OUR_CONFIG;
    }

    private static Outcome invalidRequest(Grant grant, String words) {
        if (!(grant instanceof Grant.OnBehalfOf)) {
            return Outcome.OUR_CONFIG;
        }
        if (words.contains("audience not available")) {
            return Outcome.TARGET_DENIED;
        }
        boolean aboutOurs =
                words.contains("not enabled") || words.contains("sender-constrained") || words.contains("parameter");
        // Should the words change, a caller is asked for a new token: shut, and no alarm that a caller could ring.
        return aboutOurs ? Outcome.OUR_CONFIG : Outcome.SUBJECT_REJECTED;
    }

    @Override
    public ServerTraits traits() {
        return ServerTraits.standard().adding(OPENID_SCOPES).grantingLess();
    }

    @Override
    public Optional<String> hint(Refusal refusal) {
        return KeycloakHints.of(refusal);
    }

    @Override
    public AssertionDefaults assertionDefaults() {
        return AssertionDefaults.STANDARD.audience(AssertionDefaults.Audience.ISSUER);
    }
}
