package dev.procura.gateway.idp;

import dev.procura.gateway.credential.ClaimsRequest;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.problem.ProblemException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What a server has asked for in its refusal, as a challenge for the caller's client. The claims request travels to the
 * letter, once it is known to be a JSON object of a sane size; nothing else of the refusal does. The authorization endpoint
 * is the one of the issuer: where the gateway asks for tokens may be an address that nobody else knows.
 */
final class ClaimsChallenges {

    private static final String VERSION_2 = "/v2.0";

    /** What Microsoft's own documents show; clients go by their own authority anyway. */
    private static final URI ANY_TENANT = URI.create("https://login.microsoftonline.com/common/oauth2/v2.0/authorize");

    private ClaimsChallenges() {}

    static Optional<ProblemException.ClaimsChallenge> of(Client client, Refusal refusal) {
        if (!client.traits().takesClaimsRequest()) {
            return Optional.empty();
        }
        return refusal.claims()
                .filter(claims -> ClaimsRequest.parse(claims).isPresent())
                .map(claims -> new ProblemException.ClaimsChallenge(
                        authorizationEndpoint(client),
                        Base64.getEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8))));
    }

    private static URI authorizationEndpoint(Client client) {
        return client.issuers().stream()
                .filter(issuer -> issuer.endsWith(VERSION_2))
                .findFirst()
                .map(issuer -> URI.create(
                        issuer.substring(0, issuer.length() - VERSION_2.length()) + "/oauth2/v2.0/authorize"))
                .orElse(ANY_TENANT);
    }
}
