package dev.procura.sample.downstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * For whom the gateway acts: a verified statement.
 *
 * @param issuer the gateway that made it
 * @param caller issuer, tenant, identity, client and kind of the caller, as the gateway wrote them
 * @param scopes what the caller's token allowed at the gateway
 */
record UserContext(String issuer, Map<String, Object> caller, List<String> scopes) {

    UserContext {
        caller = Collections.unmodifiableMap(new LinkedHashMap<>(caller)); // members may be null in JSON
        scopes = List.copyOf(scopes);
    }
}
