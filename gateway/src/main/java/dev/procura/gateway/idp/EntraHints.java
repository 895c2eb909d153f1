package dev.procura.gateway.idp;

import java.util.Map;
import java.util.Optional;

/** What to change about Entra's refusals, by the number (AADSTS…). For operators; nothing is decided by them. */
final class EntraHints {

    private static final Map<String, String> BY_CODE = Map.ofEntries(
            Map.entry("50012", "the client's assertion was not accepted: certificate, key and assertion-audience"),
            Map.entry(
                    "50013",
                    "the caller's token is not one that this tenant signed for this client: its audience, and whether its"
                            + " version fits the endpoint (dialect entra or entra-v1)"),
            Map.entry("500133", "the caller's token has expired: the clocks"),
            Map.entry(
                    "50076",
                    "a conditional access policy of the API wants MFA; the caller's client gets the challenge"),
            Map.entry("50078", "the user's MFA has run out; the caller's client gets the challenge"),
            Map.entry("50079", "the user has to register for MFA; the caller's client gets the challenge"),
            Map.entry("50158", "an external challenge of conditional access; the caller's client gets it"),
            Map.entry("50173", "the user's sessions were revoked, or the password changed"),
            Map.entry(
                    "50194",
                    "the registration is of one tenant: put the tenant's id into issuer or token-uri instead of common"),
            Map.entry("50196", "the same request came too often: a client that goes in circles"),
            Map.entry("53000", "the user's device does not meet the API's conditional access policy"),
            Map.entry("53001", "the user's device is not joined to the domain, which the API's policy wants"),
            Map.entry("53002", "the application is not an approved one for the API's policy"),
            Map.entry("53003", "a conditional access policy of the API blocks this sign-in"),
            Map.entry(
                    "65001",
                    "nobody has consented that the gateway's registration uses the API: grant admin consent, or list the"
                            + " client under knownClientApplications and ask for .default, or pre-authorize it"),
            Map.entry("65005", "the API is not among the API permissions of the gateway's registration"),
            Map.entry("650057", "the API is not among the API permissions of the gateway's registration"),
            Map.entry("70003", "this endpoint does not know the grant: set dialect entra or entra-v1, not rfc8693"),
            Map.entry("70008", "the caller's sign-in has expired or was revoked"),
            Map.entry(
                    "70011", "credential.scopes is not a scope of the API: the application ID URI, a slash, the name"),
            Map.entry(
                    "700016", "the gateway's registration is not installed in this tenant: client-id, tenant, consent"),
            Map.entry("700022", "credential.scopes names more than one API"),
            Map.entry("700027", "the certificate of the client is not the one of its registration"),
            Map.entry("700229", "the assertion in assertion-file cannot be used as a federated credential here"),
            Map.entry("7000114", "the gateway's registration is not allowed to act on behalf of users"),
            Map.entry("7000215", "client-secret is not the value of a secret of the registration (its id, perhaps?)"),
            Map.entry("7000218", "the client has sent no secret and no assertion: authentication"),
            Map.entry("7000222", "the client's secret has expired: make a new one, put it into client-secret-file"),
            Map.entry("90033", "the service is unavailable for the moment"),
            Map.entry("90055", "the service throttles: too many requests"),
            Map.entry("240002", "the caller's token is an ID token, which cannot be traded"),
            Map.entry(
                    "500011",
                    "no API with this application ID URI is installed in the tenant: credential.scopes, resource"),
            Map.entry("900144", "the request lacks a parameter: please report this"),
            Map.entry("901002", "the endpoint of version 2.0 takes no resource: please report this"),
            Map.entry(
                    "9001023",
                    "the grant is not taken at common: put the tenant's id, or {tenantid}, into the address"),
            Map.entry("9002313", "the request is malformed: please report this"));

    private EntraHints() {}

    static Optional<String> of(Refusal refusal) {
        return refusal.codes().stream()
                .filter(BY_CODE::containsKey)
                .map(BY_CODE::get)
                .findFirst();
    }
}
