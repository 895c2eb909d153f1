package dev.procura.gateway.e2e.vendors;

import java.util.Map;

/** What a token endpoint says. */
record Answer(int status, String contentType, String body, Map<String, String> headers) {

    static Answer ok(String body) {
        return json(200, body);
    }

    static Answer json(int status, String body) {
        return new Answer(status, "application/json; charset=utf-8", body, Map.of());
    }

    static Answer html(int status) {
        return new Answer(status, "text/html", "<html><title>" + Bodies.PROSE + "</title></html>", Map.of());
    }

    Answer retryAfter(String value) {
        return new Answer(status, contentType, body, Map.of("Retry-After", value));
    }

    /** Whether it is an error answer of the standard (RFC 6749 section 5.2), of which the log repeats the members. */
    boolean isRefusal() {
        return status >= 400 && status < 500 && status != 429;
    }
}
