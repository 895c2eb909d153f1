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
 * @param subjectTokenType the {@code subject_token_type} (RFC 8693 section 3) where it is not the dialect's own
 * @param recipient who takes the issued token
 */
public record Target(
        Optional<String> audience,
        Optional<String> resource,
        Scopes scopes,
        Scopes allowScopes,
        SubjectRule subject,
        Optional<String> subjectTokenType,
        Recipient recipient) {

    /** What the subject of an on-behalf-of token has to be. */
    public enum SubjectRule {
        /** The caller. */
        SAME,
        /** Whatever this server maps the caller to. */
        MAPPED
    }

    /** Who takes the issued token. */
    public enum Recipient {
        /** The API behind the route. */
        API,
        /** Another authorization server, as an authorization grant (RFC 7523 section 2.1). */
        AUTHORIZATION_SERVER
    }

    public Target {
        if (audience.isEmpty() && resource.isEmpty()) {
            throw new IllegalArgumentException("a target is an audience or a resource");
        }
    }

    /** An API, asked for in the dialect's own words. */
    public Target(
            Optional<String> audience,
            Optional<String> resource,
            Scopes scopes,
            Scopes allowScopes,
            SubjectRule subject) {
        this(audience, resource, scopes, allowScopes, subject, Optional.empty(), Recipient.API);
    }

    /** What the issued token's {@code aud} must hold: the audience, else the resource. */
    public String expectedAudience() {
        return audience.or(this::resource).orElseThrow();
    }
}
