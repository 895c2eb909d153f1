package dev.procura.gateway.inbound;

import java.util.Set;

/**
 * Which logout tokens of an issuer are taken (OpenID Connect Back-Channel Logout 1.0).
 *
 * @param audiences the client ids whose logout tokens count; never empty
 * @param tokenTypes accepted header types, lower case
 * @param sessionsInTokens whether the family writes {@code sid} into its access tokens, so that a session can be told by it
 */
record LogoutRules(Set<String> audiences, Set<String> tokenTypes, boolean sessionsInTokens) {

    LogoutRules {
        audiences = Set.copyOf(audiences);
        tokenTypes = Set.copyOf(tokenTypes);
    }
}
