package dev.procura.gateway.idp;

/** The ways in which a client can be configured to prove itself. What each does stands in its {@link ClientAuthentication}. */
public enum ClientAuthenticationMethod {
    CLIENT_SECRET_BASIC,
    CLIENT_SECRET_POST,
    PRIVATE_KEY_JWT,
    TLS_CLIENT_AUTH,
    ASSERTION_FILE
}
