package dev.procura.gateway.idp;

/**
 * An error answer of a token endpoint (RFC 6749 section 5.2).
 *
 * @param status the HTTP status
 * @param error the code; empty when the body has none
 * @param description the server's prose: read for the class of the refusal where a server gives no better sign, never
 *     shown to a caller
 */
record Refusal(int status, String error, String description) {}
