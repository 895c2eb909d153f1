package dev.procura.gateway.idp;

import java.util.Locale;
import java.util.Optional;

/** What to change about Auth0's refusals. */
final class Auth0Hints {

    private Auth0Hints() {}

    static Optional<String> of(Refusal refusal) {
        if (refusal.description().toLowerCase(Locale.ROOT).contains("delegation chain")) {
            return Optional.of("too many APIs in a row call for the same user: Auth0 ends a chain at five");
        }
        return switch (refusal.error()) {
            case "mfa_required" -> Optional.of("an MFA rule of the tenant asks the user for a second factor");
            case "invalid_client" -> Optional.of("client-id or client-secret is not that of the application in Auth0");
            case "unauthorized_client" ->
                Optional.of("the application lacks the grant type, or a client grant for the API"
                        + " (user-delegated for on-behalf-of)");
            case "access_denied" ->
                Optional.of(
                        refusal.status() == 401
                                ? "the client-secret is wrong, or an Action has denied the exchange"
                                : "the application lacks a client grant for the API (user-delegated for on-behalf-of)");
            case "invalid_request" ->
                Optional.of(
                        "the gateway's client has to be a Custom API client of the API that callers' tokens are for,"
                                + " with on-behalf-of switched on");
            default -> Optional.empty();
        };
    }
}
