package dev.procura.sample.issuer;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;

/**
 * Which client may ask for which audience. Spring Authorization Server reads the {@code audience} parameter and then
 * ignores it; here it decides {@code aud}, and one that is not in these tables is refused with {@code invalid_target}
 * (RFC 8693 section 2.2.2).
 *
 * <p>No exchange leads back to the gateway's audience: a token that was given to a tier never opens the front door.
 */
final class Audiences {

    static final String GATEWAY = "gateway";
    static final String ORDERS_API = "orders-api";
    static final String INVENTORY_API = "inventory-api";
    static final String REPORTS_API = "reports-api";

    private static final Map<String, Set<String>> IN_A_USERS_NAME = Map.of(
            Clients.GATEWAY, Set.of(ORDERS_API, REPORTS_API),
            Clients.ORDERS_API, Set.of(INVENTORY_API));

    private static final Map<String, Set<String>> IN_ITS_OWN_NAME = Map.of(
            Clients.GATEWAY, Set.of(ORDERS_API, REPORTS_API, GATEWAY),
            Clients.ORDERS_API, Set.of(INVENTORY_API, GATEWAY),
            Clients.OPAQUE_DAEMON, Set.of(GATEWAY));

    private Audiences() {}

    /** For token exchange; there is no default, a user's token always says for whom it is. */
    static List<String> inAUsersName(String client, List<String> requested) {
        return allowed(IN_A_USERS_NAME, client, requested);
    }

    /** For client credentials; who may call the gateway, and does not say, wants to. The gateway does not call itself. */
    static List<String> inItsOwnName(String client, List<String> requested) {
        boolean unsaid = requested.isEmpty()
                && !client.equals(Clients.GATEWAY)
                && IN_ITS_OWN_NAME.getOrDefault(client, Set.of()).contains(GATEWAY);
        return allowed(IN_ITS_OWN_NAME, client, unsaid ? List.of(GATEWAY) : requested);
    }

    private static List<String> allowed(Map<String, Set<String>> table, String client, List<String> requested) {
        if (requested.isEmpty() || !table.getOrDefault(client, Set.of()).containsAll(requested)) {
            throw new OAuth2AuthenticationException(
                    new OAuth2Error("invalid_target", "this client cannot have a token for this audience", null));
        }
        return requested;
    }
}
