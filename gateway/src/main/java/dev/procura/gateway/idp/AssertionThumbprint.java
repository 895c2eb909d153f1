package dev.procura.gateway.idp;

/** By which thumbprint of its certificate the header of a client assertion names the key (RFC 7515 sections 4.1.7, 4.1.8). */
public enum AssertionThumbprint {
    NONE,
    /** SHA-1. */
    X5T,
    /** SHA-256. */
    X5T_S256
}
