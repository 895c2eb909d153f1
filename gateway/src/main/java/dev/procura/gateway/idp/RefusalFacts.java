package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.problem.Prose;
import dev.procura.gateway.token.TokenValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
        put(facts, grant, "error", refusal.error());
        put(facts, grant, "suberror", refusal.suberror());
        if (!refusal.codes().isEmpty()) {
            facts.put("codes", String.join(",", refusal.codes()));
        }
        put(facts, grant, "correlation_id", refusal.correlationId());
        put(facts, grant, "trace_id", refusal.traceId());
        facts.put("description", "\"" + said(grant, refusal.description()).replace('"', '\'') + "\"");
        dialect.hint(refusal).ifPresent(hint -> facts.put("hint", "\"" + hint + "\""));
        return facts;
    }

    private static void put(Map<String, String> facts, Grant grant, String name, String value) {
        if (!value.isEmpty()) {
            facts.put(name, word(grant, value));
        }
    }

    /** In a line of facts, a word must not look like the next one. */
    private static String word(Grant grant, String text) {
        return said(grant, text).replaceAll("[\\s\"=]+", "_");
    }

    /** A server may repeat what it was sent, and a short opaque token looks like any word. */
    private static String said(Grant grant, String text) {
        String harmless = text;
        for (TokenValue token : sent(grant)) {
            harmless = harmless.replace(token.reveal(), "…");
        }
        return Prose.forLog(harmless);
    }

    private static List<TokenValue> sent(Grant grant) {
        List<TokenValue> tokens = new ArrayList<>();
        if (grant instanceof Grant.Assertion assertion) {
            tokens.add(assertion.assertion());
        }
        grant.inNameOf().ifPresent(onBehalfOf -> {
            tokens.add(onBehalfOf.subject().token());
            Actor actor = onBehalfOf.actor().orElse(null);
            if (actor instanceof Actor.CallingApi api) {
                tokens.add(api.caller().token());
            } else if (actor instanceof Actor.ProvenGateway gateway) {
                tokens.add(gateway.token());
            }
        });
        return tokens;
    }
}
