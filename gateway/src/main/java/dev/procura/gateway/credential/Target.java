package dev.procura.gateway.credential;

import dev.procura.gateway.token.Scopes;
import java.util.Optional;

/**
 * What the issued token is for, and what it has to be to be used.
 *
 * @param audience the API's audience, as the {@code audience} parameter (RFC 8693 section 2.1)
 * @param resource the API's address, as the {@code resource} parameter (RFC 8707)
 * @param scopes the scopes to ask for; empty: whatever the server gives
 * @param allowScopes scopes that the issued token may hold beyond those
 * @param subject whether the issued token names the same subject as the caller's
 */
public record Target(
        Optional<String> audience, Optional<String> resource, Scopes scopes, Scopes allowScopes, SubjectRule subject) {

    /** What the {@code sub} of an on-behalf-of token has to be. */
    public enum SubjectRule {
        /** The caller's {@code sub}. */
        SAME,
        /** Whatever this server maps the caller to. */
        MAPPED
    }

    public Target {
        if (audience.isEmpty() && resource.isEmpty()) {
            throw new IllegalArgumentException("a target is an audience or a resource");
        }
    }

    /** What the issued token's {@code aud} must hold: the audience, else the resource. */
    public String expectedAudience() {
        return audience.or(this::resource).orElseThrow();
    }
}
