package dev.procura.sample.downstream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;

/** Reads the claims that authorization servers spell differently. */
final class Claims {

    private Claims() {}

    /** RFC 9068 says {@code client_id}, OpenID Connect {@code azp}. */
    static @Nullable String client(Jwt token) {
        String clientId = token.getClaimAsString("client_id");
        return clientId != null ? clientId : token.getClaimAsString("azp");
    }

    /** RFC 8693 section 4.1: the outermost {@code act} is the current actor, the nested ones are history. */
    static List<String> actors(Jwt token) {
        List<String> actors = new ArrayList<>();
        Object act = token.getClaim("act");
        while (act instanceof Map<?, ?> actor) {
            actors.add(String.valueOf(actor.get("sub")));
            act = actor.get("act");
        }
        return List.copyOf(actors);
    }

    /** {@code scope} or {@code scp}, as one string or as an array. */
    static List<String> scopes(Jwt token) {
        Map<String, Object> claims = token.getClaims();
        return list(claims.containsKey("scope") ? claims.get("scope") : claims.get("scp"));
    }

    /** A space-delimited string or an array, as a list. */
    static List<String> list(@Nullable Object claim) {
        if (claim instanceof String text) {
            return text.isBlank() ? List.of() : List.of(text.trim().split(" +"));
        }
        return claim instanceof Collection<?> values
                ? values.stream().map(String::valueOf).toList()
                : List.of();
    }
}
