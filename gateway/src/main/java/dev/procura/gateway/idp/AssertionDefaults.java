package dev.procura.gateway.idp;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How one kind of server wants client assertions, where the configuration does not say otherwise.
 *
 * @param audience what aud names
 * @param life from iat to exp
 * @param longestLife what the server takes at most; no configuration goes beyond it
 * @param withRsa the algorithm of an RSA key; a P-256 key has but one
 * @param thumbprints by algorithm; none where nothing stands
 * @param namesClient whether the form has to name the client as well, which RFC 7521 section 4.2 leaves open
 */
record AssertionDefaults(
        Audience audience,
        Duration life,
        Duration longestLife,
        AssertionAlgorithm withRsa,
        Map<AssertionAlgorithm, AssertionThumbprint> thumbprints,
        boolean namesClient) {

    /** Whom an assertion is meant for (RFC 7523 section 3, number 3). */
    enum Audience {
        TOKEN_ENDPOINT,
        /** The endpoint where the block names no issuer. */
        ISSUER
    }

    /** What servers of the standard take. */
    static final AssertionDefaults STANDARD = new AssertionDefaults(
            Audience.TOKEN_ENDPOINT,
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            AssertionAlgorithm.RS256,
            Map.of(),
            false);

    AssertionDefaults {
        thumbprints = Map.copyOf(thumbprints);
    }

    AssertionDefaults audience(Audience audience) {
        return new AssertionDefaults(audience, life, longestLife, withRsa, thumbprints, namesClient);
    }

    AssertionDefaults life(Duration life, Duration longest) {
        return new AssertionDefaults(audience, life, longest, withRsa, thumbprints, namesClient);
    }

    AssertionDefaults withRsa(AssertionAlgorithm algorithm) {
        return new AssertionDefaults(audience, life, longestLife, algorithm, thumbprints, namesClient);
    }

    AssertionDefaults thumbprint(AssertionAlgorithm algorithm, AssertionThumbprint thumbprint) {
        Map<AssertionAlgorithm, AssertionThumbprint> all = new EnumMap<>(AssertionAlgorithm.class);
        all.putAll(thumbprints);
        all.put(algorithm, thumbprint);
        return new AssertionDefaults(audience, life, longestLife, withRsa, all, namesClient);
    }

    AssertionDefaults namingTheClient() {
        return new AssertionDefaults(audience, life, longestLife, withRsa, thumbprints, true);
    }

    AssertionThumbprint thumbprintWith(AssertionAlgorithm algorithm) {
        return thumbprints.getOrDefault(algorithm, AssertionThumbprint.NONE);
    }
}
