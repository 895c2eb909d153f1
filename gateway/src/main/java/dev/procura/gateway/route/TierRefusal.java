package dev.procura.gateway.route;

import dev.procura.gateway.inbound.Json;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a tier's 401 means. Pure. */
sealed interface TierRefusal {

    /** Challenges that the caller can meet by signing in again: RFC 9470 section 3, and Entra's claims challenge. */
    Set<String> CALLERS_ERRORS = Set.of("insufficient_user_authentication", "insufficient_claims");

    /** What claims challenges hold is small; whatever is larger is passed on, but not remembered. */
    int MAX_CLAIMS = 4 * 1024;

    /**
     * The caller is told.
     *
     * @param challenges those of {@link #CALLERS_ERRORS} and no others
     * @param claims what the tier wants a token to say: JSON, an object
     */
    record CallersTurn(List<Challenge> challenges, Optional<String> claims) implements TierRefusal {}

    /** It is about a token that the caller never had: the gateway has to see to it. */
    enum GatewaysTurn implements TierRefusal {
        GATEWAYS_TURN
    }

    /**
     * @param challenges of the tier's answer
     * @param namesCaller whether the credential names the caller, who else could do nothing about it
     */
    static TierRefusal of(List<Challenge> challenges, boolean namesCaller) {
        List<Challenge> callers = challenges.stream()
                .filter(Challenge::isBearer)
                .filter(challenge -> challenge
                        .parameter("error")
                        .filter(CALLERS_ERRORS::contains)
                        .isPresent())
                .toList();
        return namesCaller && !callers.isEmpty()
                ? new CallersTurn(
                        callers, callers.stream().flatMap(TierRefusal::claims).findFirst())
                : GatewaysTurn.GATEWAYS_TURN;
    }

    /** The {@code claims} of a claims challenge: Base64 of minified JSON, an object. Anything else is ignored. */
    private static Stream<String> claims(Challenge challenge) {
        return challenge
                .parameter("error")
                .filter("insufficient_claims"::equals)
                .flatMap(error -> challenge.parameter("claims"))
                .filter(text -> text.length() <= 2 * MAX_CLAIMS)
                .flatMap(TierRefusal::decoded)
                .stream();
    }

    private static Optional<String> decoded(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/'));
            String json = new String(bytes, StandardCharsets.UTF_8);
            if (bytes.length > MAX_CLAIMS || !json.startsWith("{")) {
                return Optional.empty();
            }
            Json.object(json);
            return Optional.of(json);
        } catch (IllegalArgumentException | ParseException notWhatItShouldBe) {
            return Optional.empty();
        }
    }
}
