package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The marks of tokens that are no access tokens, whoever signs them (RFC 8725 section 2.8). */
final class TokenUses {

    /**
     * Claims that no access token has: logout tokens and security events (RFC 8417), DPoP proofs (RFC 9449), transaction
     * tokens, introspection answers (RFC 9701).
     */
    private static final List<String> FOREIGN = List.of("events", "htm", "htu", "tctx", "rctx", "token_introspection");

    private TokenUses() {}

    /** A client assertion speaks of itself (RFC 7523 section 3): issuer and subject are the same. */
    static boolean isForeign(Claims claims) {
        Optional<String> issuer = claims.string("iss");
        return FOREIGN.stream().anyMatch(claims::has) || (issuer.isPresent() && issuer.equals(claims.string("sub")));
    }

    /**
     * What the token says of itself: {@code token_use} (Cognito, ORY), which is there for nothing else, and Keycloak's
     * {@code typ}. Where they disagree, it is no access token. Empty where it says nothing.
     */
    static Optional<TokenUse> said(Claims claims) {
        Optional<TokenUse> type = claims.string("typ").flatMap(TokenUses::meaning);
        if (!claims.has("token_use")) {
            return type;
        }
        TokenUse use = claims.string("token_use").flatMap(TokenUses::meaning).orElse(TokenUse.OTHER);
        return use == TokenUse.ACCESS_TOKEN ? type.or(() -> Optional.of(use)) : Optional.of(use);
    }

    private static Optional<TokenUse> meaning(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "access", "access_token", "bearer", "at+jwt" -> Optional.of(TokenUse.ACCESS_TOKEN);
            case "id", "id_token" -> Optional.of(TokenUse.ID_TOKEN);
            case "refresh", "refresh_token", "offline", "logout" -> Optional.of(TokenUse.OTHER);
            default -> Optional.empty();
        };
    }

    /** These hashes stand in ID tokens alone (OpenID Connect Core section 3.3.2.11). */
    static boolean hasIdTokenHash(Claims claims) {
        return claims.has("at_hash") || claims.has("c_hash");
    }

    /**
     * For families whose every access token names its client, and whose ID tokens do not: told by what is missing. What has
     * not even the claims of an ID token (OpenID Connect Core section 2) is something else.
     */
    static TokenUse byClientClaim(Claims claims, boolean namesClient) {
        if (isForeign(claims)) {
            return TokenUse.OTHER;
        }
        if (namesClient && !hasIdTokenHash(claims)) {
            return TokenUse.ACCESS_TOKEN;
        }
        return claims.has("sub") && claims.has("iat") ? TokenUse.ID_TOKEN : TokenUse.OTHER;
    }
}
