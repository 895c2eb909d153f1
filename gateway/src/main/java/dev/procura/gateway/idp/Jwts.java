package dev.procura.gateway.idp;

import dev.procura.gateway.token.TokenValue;

/** Tells JWTs from opaque tokens, for servers that take the former alone. */
final class Jwts {

    private Jwts() {}

    static boolean looksLikeOne(TokenValue token) {
        return token.reveal().split("\\.", -1).length == 3;
    }
}
