package dev.procura.gateway.route;

import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.credential.UserContexts;
import dev.procura.gateway.inbound.BearerTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/**
 * What leaves towards a tier: nothing of the caller's credentials, and nothing that only the gateway may say. Removes
 * before it sets, so a header is ours or is not there.
 *
 * <p>Names are compared as a careless tier might read them: in any case, with {@code _} and {@code .} for {@code -}.
 */
final class HeaderHygiene {

    private static final String COOKIE = "cookie";

    /** Normalized names. */
    private static final Set<String> NEVER_THE_CALLERS = Set.of(
            "authorization",
            "proxy-authorization",
            "dpop",
            "txn-token",
            normalized(BearerTokens.ACTOR_HEADER),
            "client-cert",
            "client-cert-chain",
            normalized(UserContexts.HEADER),
            COOKIE);

    private HeaderHygiene() {}

    /** A copy without the caller's credentials; cookies pass where the route names them. */
    static HttpHeaders stripped(HttpHeaders headers, Set<String> cookies) {
        HttpHeaders clean = new HttpHeaders();
        headers.forEach((name, values) -> {
            String normalized = normalized(name);
            if (!NEVER_THE_CALLERS.contains(normalized)) {
                clean.addAll(name, values);
            } else if (name.equalsIgnoreCase(COOKIE) && !cookies.isEmpty()) {
                passing(values, cookies).ifPresent(passed -> clean.set(HttpHeaders.COOKIE, passed));
            }
        });
        return clean;
    }

    /** Whether a header is one of those that only the gateway sets; cookies are, too. */
    static boolean isTheCallersOwn(String name) {
        return NEVER_THE_CALLERS.contains(normalized(name));
    }

    /** Puts the route's own credential on. */
    static void set(HttpHeaders headers, OutboundCredential credential) {
        values(credential).forEach(headers::set);
    }

    /** The headers that are the route's own credential. */
    static Map<String, String> values(OutboundCredential credential) {
        if (!(credential instanceof OutboundCredential.Bearer bearer)) {
            return Map.of();
        }
        String authorization = "Bearer " + bearer.token().reveal();
        return bearer.userContext()
                .map(statement ->
                        Map.of(HttpHeaders.AUTHORIZATION, authorization, UserContexts.HEADER, statement.reveal()))
                .orElseGet(() -> Map.of(HttpHeaders.AUTHORIZATION, authorization));
    }

    /** Of the values of {@code Cookie}, those cookies that a route names, as one value. */
    static Optional<String> passing(List<String> values, Set<String> cookies) {
        List<String> passing = new ArrayList<>();
        for (String value : values) {
            for (String pair : value.split(";", -1)) {
                String trimmed = pair.strip();
                if (cookies.contains(trimmed.split("=", 2)[0].strip())) {
                    passing.add(trimmed);
                }
            }
        }
        return passing.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", passing));
    }

    private static String normalized(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-').replace('.', '-');
    }
}
