package dev.procura.gateway.idp;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What to change about Keycloak's refusals, by their words; measured on 26.7.3. */
final class KeycloakHints {

    /** Words in lower case; the first that occur count. */
    private static final Map<String, String> BY_WORDS = new LinkedHashMap<>();

    static {
        BY_WORDS.put(
                "requested audience not available",
                "send the optional client scope that carries the audience too (credential.scopes), assign it to the"
                        + " gateway's client, and see whether the user has the role that the scope wants");
        BY_WORDS.put("audience not found", "no client of the realm has this client id: look at credential.audience");
        BY_WORDS.put(
                "not within the token audience",
                "the callers' tokens need an audience mapper for the gateway's client");
        BY_WORDS.put(
                "invalid token",
                "the caller's session has ended, or its user is disabled; often at once: the realm's"
                        + " not-before policy");
        BY_WORDS.put(
                "invalid client credentials",
                "the secret in procura.clients is not the one under Credentials of the client");
        BY_WORDS.put("not enabled to retrieve service account", "switch Service accounts on for the gateway's client");
        BY_WORDS.put(
                "token exchange is not enabled",
                "switch Standard token exchange on for the gateway's client (Capability config)");
        BY_WORDS.put("invalid scopes", "add the client scopes to the gateway's client as optional ones");
        BY_WORDS.put(
                "sender-constrained",
                "the callers' tokens are bound to a key of another client: see DPoP of that client");
        BY_WORDS.put(
                "jwt authorization grant",
                "switch JWT Authorization Grant on for the client and for the identity provider, and allow the one for the"
                        + " other");
    }

    private KeycloakHints() {}

    static Optional<String> of(Refusal refusal) {
        String words = refusal.description().toLowerCase(Locale.ROOT);
        return BY_WORDS.entrySet().stream()
                .filter(entry -> words.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
