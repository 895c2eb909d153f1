package dev.procura.gateway.keycloak;

import tools.jackson.databind.JsonNode;

/** What Keycloak said: the status and the JSON of the body (a missing node where there was none). */
public record Answer(int status, JsonNode body) {

    /** The issued token; fails the test, with the server's own words, where none was issued. */
    public String accessToken() {
        return expect(200).body().path("access_token").asString();
    }

    /** The {@code error} of RFC 6749, or nothing. */
    public String error() {
        return body.path("error").asString("");
    }

    /** The {@code error_description} of RFC 6749, or nothing. */
    public String errorDescription() {
        return body.path("error_description").asString("");
    }

    /** Whatever the kind of success. */
    Answer expectSuccess() {
        return status / 100 == 2 ? this : expect(200);
    }

    Answer expect(int expected) {
        if (status != expected) {
            throw new AssertionError("Keycloak answered %d, not %d: %s %s %s"
                    .formatted(
                            status,
                            expected,
                            error(),
                            errorDescription(),
                            body.path("errorMessage").asString("")));
        }
        return this;
    }
}
