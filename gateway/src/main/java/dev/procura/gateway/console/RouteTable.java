package dev.procura.gateway.console;

import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.route.ProcuraRoute;
import dev.procura.gateway.route.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Route by route: where it listens, whose tokens open it, what the tier gets. */
final class RouteTable {

    private static final List<String> HEAD =
            List.of("route", "tier", "takes", "issuers", "audiences", "credential", "uri");

    private RouteTable() {}

    /** Columns as wide as their widest cell, a line each, the first one the head. */
    static String of(Routes routes) {
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        routes.all().forEach(route -> rows.add(row(route)));
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                line.append(pad(row.get(column), width(rows, column)));
            }
            table.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return table.toString().stripTrailing();
    }

    private static List<String> row(ProcuraRoute route) {
        boolean open = !(route.rule() instanceof AccessRule.Restricted);
        return List.of(
                route.id(),
                Integer.toString(route.tier()),
                takes(route.conditions()),
                open ? "anyone" : join(((AccessRule.Restricted) route.rule()).issuers()),
                open ? "-" : join(((AccessRule.Restricted) route.rule()).audiences()),
                credential(route.plan()),
                route.uri().toString());
    }

    private static String takes(ProcuraRoute.Conditions conditions) {
        List<String> parts = new ArrayList<>();
        if (!conditions.methods().isEmpty()) {
            parts.add(String.join("|", conditions.methods()));
        }
        parts.add(conditions.host() + String.join(",", conditions.paths()));
        if (!conditions.predicates().isEmpty()) {
            parts.add("+" + conditions.predicates().size());
        }
        return String.join(" ", parts).strip();
    }

    private static String credential(CredentialPlan plan) {
        if (plan instanceof CredentialPlan.OnBehalfOf onBehalfOf) {
            String first = "on-behalf-of " + onBehalfOf.client().name() + " -> "
                    + onBehalfOf.target().expectedAudience();
            return onBehalfOf
                    .then()
                    .map(then -> first + ", then " + then.client().name() + " -> "
                            + then.target().expectedAudience())
                    .orElse(first);
        }
        if (plan instanceof CredentialPlan.ClientCredentials own) {
            return "client-credentials " + own.client().name() + " -> "
                    + own.target().expectedAudience();
        }
        return plan == CredentialPlan.PassThrough.PASS_THROUGH ? "pass-through" : "none";
    }

    private static String join(Set<String> values) {
        return String.join(",", new TreeSet<>(values));
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private static String pad(String cell, int width) {
        return cell + " ".repeat(width - cell.length() + 2);
    }
}
