package dev.procura.gateway.idp;

import dev.procura.gateway.credential.ClaimsRequest;
import dev.procura.gateway.problem.ProblemException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What a server has asked for in its refusal, as a challenge for the caller's client. The claims request travels to the
 * letter, once it is known to be a JSON object of a sane size; nothing else of the refusal does.
 */
final class ClaimsChallenges {

    private static final String TOKEN = "/token";

    private ClaimsChallenges() {}

    /** @param endpoint the token endpoint that refused; the authorization endpoint stands beside it */
    static Optional<ProblemException.ClaimsChallenge> of(Dialect dialect, URI endpoint, Refusal refusal) {
        if (!dialect.traits().takesClaimsRequest()) {
            return Optional.empty();
        }
        return refusal.claims()
                .filter(claims -> ClaimsRequest.parse(claims).isPresent())
                .map(claims -> new ProblemException.ClaimsChallenge(
                        authorizationEndpoint(endpoint),
                        Base64.getEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8))));
    }

    private static URI authorizationEndpoint(URI tokenEndpoint) {
        String text = tokenEndpoint.toString();
        return text.endsWith(TOKEN)
                ? URI.create(text.substring(0, text.length() - TOKEN.length()) + "/authorize")
                : tokenEndpoint.resolve("authorize");
    }
}
