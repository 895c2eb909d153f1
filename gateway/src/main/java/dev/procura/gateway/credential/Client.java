package dev.procura.gateway.credential;

import dev.procura.gateway.token.Scopes;
import java.util.Optional;
import java.util.Set;

/**
 * Who the gateway is at an authorization server, without the secret that proves it.
 *
 * @param name in the configuration
 * @param id the {@code client_id}
 * @param server where tokens are asked for: the issuer to discover, or the token endpoint
 * @param dialect how this server wants to be asked
 * @param issuer what issued tokens must say in {@code iss}; absent: not judged
 * @param addedScopes scopes that this server adds to what was asked for, of its own accord
 * @param grantsLess whether this server silently grants fewer scopes to users who lack them, instead of refusing
 * @param subjectIssuers names of the issuers whose callers may be acted for; empty: all
 */
public record Client(
        String name,
        String id,
        String server,
        String dialect,
        Optional<String> issuer,
        Scopes addedScopes,
        boolean grantsLess,
        Set<String> subjectIssuers) {

    public Client {
        subjectIssuers = Set.copyOf(subjectIssuers);
    }

    public boolean mayActForCallersOf(String issuerName) {
        return subjectIssuers.isEmpty() || subjectIssuers.contains(issuerName);
    }
}
