package dev.procura.gateway.idp;

/** What a server can be asked for. */
public enum GrantKind {
    /** In the name of the caller, with the caller's token. */
    ON_BEHALF_OF,
    /** In the client's own name. */
    CLIENT_CREDENTIALS,
    /** With a token that another authorization server has made for this one. */
    ASSERTION
}
