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
        BY_WORDS.put(
                "missing consents",
                "nobody is asked for consent here: switch Consent required off for the gateway's client");
        BY_WORDS.put("invalid scopes", "add the client scopes to the gateway's client as optional ones");
        BY_WORDS.put(
                "sender-constrained",
                "the callers' tokens are bound to a key of another client: see DPoP of that client");
        BY_WORDS.put(
                "jwt authorization grant is not supported",
                "switch JWT Authorization Grant on for the client of the second step");
        BY_WORDS.put(
                "identity provider is not allowed for the client",
                "name the identity provider in the client of the second step, under JWT Authorization Grant");
        BY_WORDS.put(
                "no identity provider for provided issuer",
                "the realm of the second step needs an identity provider with the issuer of the first step, switched on,"
                        + " of the type JWT Authorization Grant or with that grant switched on");
        BY_WORDS.put(
                "invalid signature",
                "the identity provider has other keys than the first step's issuer: look at its JWKS URL, and whether"
                        + " Keycloak reaches it");
        BY_WORDS.put(
                "audience",
                "the first step's token has to have the issuer of the second realm in aud, and nothing else: look at"
                        + " credential.audience and at the mappers of its scopes");
        BY_WORDS.put(
                "user not found",
                "no user of the second realm is linked to this one (identity provider links, by the user's id)");
        BY_WORDS.put("user is not enabled", "the linked user of the second realm is disabled");
        BY_WORDS.put("account is not fully set up", "the linked user of the second realm has required actions");
        BY_WORDS.put(
                "token is not active",
                "the first step's token had ended when it arrived: the caller's session is at its end, or the clocks of"
                        + " the servers differ");
        BY_WORDS.put(
                "issued in the future",
                "the clocks of the two servers differ: set them right, or Allowed clock skew of the identity provider");
        BY_WORDS.put(
                "too far in the past",
                "the first step's token lives longer than the identity provider's Max allowed assertion expiration");
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
