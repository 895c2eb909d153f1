package dev.procura.gateway.e2e.callers;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the signed user context says of a caller, to the letter: nothing else may be in it. */
final class Described {

    private Described() {}

    static Map<String, Object> as(String kind, String iss, String client, String claim, String value) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("kind", kind);
        description.put("iss", iss);
        description.put("client_id", client);
        description.put("identity", Map.of(claim, value));
        return description;
    }

    static Map<String, Object> inTenant(String tenant, Map<String, Object> description) {
        Map<String, Object> more = new LinkedHashMap<>(description);
        more.put("tenant", tenant);
        return more;
    }
}
