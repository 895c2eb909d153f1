package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.problem.Prose;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an operator needs to know of a server's refusal, by name, in the order in which it is printed. The server's own words
 * are cut, and what could be a token in them is left out.
 */
final class RefusalFacts {

    private RefusalFacts() {}

    static Map<String, String> of(Grant grant, Outcome outcome, Refusal refusal, Dialect dialect) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("client", grant.client().name());
        grant.client().tenant().ifPresent(tenant -> facts.put("tenant", tenant));
        facts.put("audience", grant.target().expectedAudience());
        facts.put("class", outcome.name());
        facts.put("http_status", Integer.toString(refusal.status()));
        facts.put("error", Prose.forLog(refusal.error()));
        put(facts, "suberror", refusal.suberror());
        if (!refusal.codes().isEmpty()) {
            facts.put("codes", String.join(",", refusal.codes()));
        }
        put(facts, "correlation_id", refusal.correlationId());
        put(facts, "trace_id", refusal.traceId());
        facts.put("description", "\"" + Prose.forLog(refusal.description()) + "\"");
        dialect.hint(refusal).ifPresent(hint -> facts.put("hint", "\"" + hint + "\""));
        return facts;
    }

    private static void put(Map<String, String> facts, String name, String value) {
        if (!value.isEmpty()) {
            facts.put(name, Prose.forLog(value));
        }
    }
}
