package dev.procura.gateway.console;

import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.route.ProcuraRoute;
import dev.procura.gateway.route.Routes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** What is allowed and yet seldom meant. Each sentence names the route and the key that would settle it. */
final class Warnings {

    private static final String ANY_SEGMENT = "0-any-segment";

    private Warnings() {}

    static List<String> of(Issuers issuers, Routes routes, List<String> insecureKeys, boolean userContextKeysInMemory) {
        List<String> warnings = new ArrayList<>();
        List<ProcuraRoute> all = routes.all();
        for (int i = 0; i < all.size(); i++) {
            aboutRule(all.get(i), issuers, warnings);
            aboutIdTokens(all.get(i), issuers, warnings);
            aboutPlan(all.get(i), all, warnings);
            aboutOrder(all.get(i), all.subList(0, i), warnings);
        }
        issuers.all().forEach(issuer -> aboutIssuer(issuer, warnings));
        for (String key : insecureKeys) {
            warnings.add(key + " says insecure-http: tokens travel unencrypted to another machine");
        }
        if (userContextKeysInMemory && all.stream().anyMatch(ProcuraRoute::sendsUserContext)) {
            warnings.add(
                    "user contexts are signed with a key in memory, which serves one replica only: name SSL bundles in"
                            + " procura.user-context.keys");
        }
        return warnings;
    }

    private static void aboutIssuer(Issuers.Issuer issuer, List<String> warnings) {
        if (issuer.anyTenant()) {
            warnings.add("procura.issuers." + issuer.name()
                    + " takes tokens of every tenant, that is of every company: list the ids in tenants");
        }
        if (issuer.acceptsIdTokens()) {
            warnings.add("procura.issuers." + issuer.name()
                    + " lets ID tokens in: whoever runs a client that its users sign in to can call as them");
        }
    }

    private static void aboutRule(ProcuraRoute route, Issuers issuers, List<String> warnings) {
        if (!(route.rule() instanceof AccessRule.Restricted rule)) {
            if (route.plan() instanceof CredentialPlan.ClientCredentials) {
                warnings.add("route " + route.id() + ": anyone at all is served with the gateway's own credential");
            }
            return;
        }
        long unbound = issuers.all().stream()
                .filter(issuer -> !issuer.onlyWhereNamed())
                .count();
        if (unbound > 1 && !route.namesIssuers()) {
            warnings.add("route " + route.id() + ": opens for every issuer, because require.issuers names none");
        }
        boolean tierTwo = route.tier() >= 2 && route.plan() instanceof CredentialPlan.OnBehalfOf;
        if (tierTwo && rule.clients().isEmpty() && rule.actor().isEmpty()) {
            warnings.add(
                    "route " + route.id() + ": whoever holds a tier's token can trade it up here: set require.clients,"
                            + " require.actor-token, or both");
        }
    }

    private static void aboutIdTokens(ProcuraRoute route, Issuers issuers, List<String> warnings) {
        if (route.plan() instanceof CredentialPlan.OnBehalfOf && route.rule() instanceof AccessRule.Restricted rule) {
            issuers.all().stream()
                    .filter(issuer -> issuer.acceptsIdTokens() && rule.issuers().contains(issuer.name()))
                    .forEach(issuer ->
                            warnings.add("route " + route.id() + ": refuses the ID tokens that procura.issuers."
                                    + issuer.name() + " lets in: nobody can act on one"));
        }
    }

    private static void aboutPlan(ProcuraRoute route, List<ProcuraRoute> all, List<String> warnings) {
        if (route.plan() instanceof CredentialPlan.OnBehalfOf plan
                && plan.appCallers() == CredentialPlan.AppCallers.CLIENT_CREDENTIALS
                && route.rule() instanceof AccessRule.Restricted rule
                && rule.clients().isEmpty()
                && rule.roles().isEmpty()) {
            warnings.add(
                    "route " + route.id() + ": app-callers: client-credentials lets every application use the gateway's"
                            + " own rights: set require.clients or require.roles");
        }
        if (route.plan() instanceof CredentialPlan.OnBehalfOf plan
                && plan.appCallers() == CredentialPlan.AppCallers.CLIENT_CREDENTIALS
                && plan.client().isOfManyTenants()) {
            warnings.add("route " + route.id() + ": applications of every tenant are served with a token of the tenant "
                    + plan.client().tenant().orElse("-")
                    + ": say whose in require.clients, or use a route of their own");
        }
        if (route.plan() == CredentialPlan.PassThrough.PASS_THROUGH
                && route.rule() instanceof AccessRule.Restricted passed) {
            all.stream()
                    .filter(other -> other != route
                            && other.rule() instanceof AccessRule.Restricted restricted
                            && !Collections.disjoint(restricted.audiences(), passed.audiences())
                            && !Collections.disjoint(restricted.issuers(), passed.issuers()))
                    .findFirst()
                    .ifPresent(other -> warnings.add("route " + route.id() + ": its API is handed tokens that also open"
                            + " route " + other.id() + ": give the pass-through route an audience of its own"));
        }
    }

    private static void aboutOrder(ProcuraRoute route, List<ProcuraRoute> earlier, List<String> warnings) {
        earlier.stream()
                .filter(other -> shadows(other, route))
                .findFirst()
                .ifPresent(other -> warnings.add("route " + route.id() + ": never reached, route " + other.id()
                        + " before it takes all of its requests"));
    }

    /** Whether the earlier route takes every path of the later one, whatever else the later one demands. */
    private static boolean shadows(ProcuraRoute earlier, ProcuraRoute later) {
        List<String> paths = later.conditions().paths().isEmpty()
                ? List.of("/**")
                : later.conditions().paths();
        return earlier.conditions().isPathsOnly()
                && paths.stream()
                        .allMatch(path -> earlier.conditions().paths().stream()
                                .map(PathPatternParser.defaultInstance::parse)
                                .anyMatch(pattern -> covers(pattern, path)));
    }

    /** Tried with two paths that the later pattern takes, a short one and a deep one, of segments that nobody writes. */
    private static boolean covers(PathPattern earlier, String later) {
        String anySegment = later.replaceAll("\\{[^*}/]*}", ANY_SEGMENT).replaceAll("(?<!\\*)\\*(?!\\*)", ANY_SEGMENT);
        String tail = "/?(\\*\\*|\\{\\*[^}]*})$";
        return Stream.of("/" + ANY_SEGMENT, "/" + ANY_SEGMENT + "/" + ANY_SEGMENT)
                .map(sample -> anySegment.replaceAll(tail, sample))
                .allMatch(sample -> earlier.matches(PathContainer.parsePath(sample)));
    }
}
