package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Auth0's on-behalf-of token exchange; with a {@code subject-token-type} of the tenant's own, its custom token exchange,
 * which an Action of the tenant decides about.
 */
final class Auth0Dialect implements Dialect {

    /** What custom types must not begin with. */
    private static final List<String> FORBIDDEN_NAMESPACES = List.of(
            "urn:ietf:",
            "urn:auth0:",
            "urn:okta:",
            "http://auth0.com",
            "https://auth0.com",
            "http://okta.com",
            "https://okta.com");

    /** A subject token with four fails: depth five, with the subject and the new actor counted. */
    private static final int MAX_ACTORS_OF_SUBJECT = 3;

    @Override
    public Optional<TargetFault> faultOf(GrantKind kind, Target target) {
        return TargetFaults.noResource(target, "Auth0")
                .or(() -> target.subjectTokenType()
                        .map(type -> type.toLowerCase(Locale.ROOT))
                        .filter(type -> FORBIDDEN_NAMESPACES.stream().anyMatch(type::startsWith))
                        .map(type -> new TargetFault(
                                "subject-token-type",
                                "is in a namespace that Auth0 keeps to itself: name the one of your custom token exchange profile,"
                                        + " or leave it out for on-behalf-of",
                                "subject-token-type: https://example.com/tokens/gateway")));
    }

    @Override
    public boolean takesSubjectTokenType() {
        return true;
    }

    @Override
    public boolean takesActor(Target target) {
        return target.subjectTokenType().isPresent();
    }

    @Override
    public Optional<String> whyFutile(Grant.OnBehalfOf grant) {
        boolean tooLong = grant.subject()
                .actors()
                .filter(chain -> chain.actors().size() > MAX_ACTORS_OF_SUBJECT)
                .isPresent();
        return tooLong && grant.target().subjectTokenType().isEmpty()
                ? Optional.of("Auth0 trades no token that has four actors or more (act)")
                : Optional.empty();
    }

    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        Target target = grant.target();
        Form form = TokenRequests.exchange(grant, target.subjectTokenType().orElse(TokenRequests.ACCESS_TOKEN_TYPE));
        if (target.subjectTokenType().isEmpty()) {
            form.add("requested_token_type", TokenRequests.ACCESS_TOKEN_TYPE);
        } else {
            TokenRequests.addActor(form, grant);
        }
        form.add("audience", target.expectedAudience());
        return TokenRequests.addScopes(form, target);
    }

    /** Scopes are granted to the application, not asked for. */
    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        return TokenRequests.clientCredentials().add("audience", grant.target().expectedAudience());
    }

    @Override
    public AssertionDefaults assertionDefaults() {
        return AssertionDefaults.STANDARD.audience(AssertionDefaults.Audience.ISSUER);
    }

    /** 401 is about the subject token, or about the client; what may be the former must not stop the latter. */
    @Override
    public Outcome classify(Grant grant, Refusal refusal) {
        if (!(grant instanceof Grant.OnBehalfOf)) {
            boolean wrongSecret = refusal.status() == 401 && refusal.error().equals("access_denied");
            return wrongSecret ? Outcome.OUR_CREDENTIALS : StandardRefusals.classify(grant, refusal);
        }
        boolean tooDeep = refusal.error().equals("invalid_request")
                && refusal.description().toLowerCase(Locale.ROOT).contains("delegation chain");
        return switch (refusal.error()) {
            case "invalid_client", "mfa_required", "consent_required", "temporarily_unavailable", "server_error" ->
                StandardRefusals.classify(grant, refusal);
            default ->
                switch (refusal.status()) {
                    case 401 -> Outcome.SUBJECT_REJECTED;
                    case 403 -> Outcome.TARGET_DENIED;
                    default -> tooDeep ? Outcome.TARGET_DENIED : StandardRefusals.classify(grant, refusal);
                };
        };
    }

    /** A wrong secret and a bad subject token are both 401 {@code access_denied}. */
    @Override
    public boolean mayBeAboutTheClient(Refusal refusal) {
        return refusal.status() == 401 && refusal.error().equals("access_denied");
    }

    @Override
    public Optional<String> hint(Refusal refusal) {
        return Auth0Hints.of(refusal);
    }
}
