package dev.procura.gateway.inbound;

/** What a validated token was issued for. Only access tokens open routes, unless an issuer says {@code id-tokens: accept}. */
public enum TokenUse {
    /** To be shown to an API (RFC 6749 section 1.4). */
    ACCESS_TOKEN,

    /** To tell a client who has signed in (OpenID Connect Core section 2); whoever runs that client holds it. */
    ID_TOKEN,

    /** Anything else: refresh and logout tokens, proofs, assertions, answers. */
    OTHER
}
