package dev.procura.gateway.route;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.ProfileName;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.problem.InvalidSetting;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Turns {@code require} into a rule, with every default decided. */
final class RuleCompiler {

    private final RouteBlock block;
    private final RouteProperties.Require require;
    private final Issuers issuers;
    private final Set<String> targets;
    private final PlanCompiler.Compiled credential;

    /** @param targets every audience that some route's credential is for: a tier's token is no front-door token */
    RuleCompiler(RouteBlock block, Issuers issuers, Set<String> targets, PlanCompiler.Compiled credential) {
        this.block = block;
        this.require = block.properties().require();
        this.issuers = issuers;
        this.targets = targets;
        this.credential = credential;
    }

    AccessRule compile() {
        if (callerKind() == RouteProperties.CallerKind.ANYONE) {
            return open();
        }
        List<Issuers.Issuer> accepted = acceptedIssuers();
        refuseContradictions(accepted);
        Set<Caller.Kind> kinds = kinds();
        refuseEveryApplication(accepted, kinds);
        return new AccessRule.Restricted(
                names(accepted),
                audiences(accepted),
                kinds,
                block.scopes("require.scopes", require.scopes()),
                block.scopes("require.any-scope", require.anyScope()),
                block.names("require.roles", require.roles()),
                block.names("require.groups", require.groups()),
                block.names("require.clients", require.clients()),
                block.names("require.actors", require.actors()),
                acr(),
                maxAge(),
                actor(accepted));
    }

    /** They stand in a challenge, separated by spaces. */
    private List<String> acr() {
        block.scopes("require.acr", require.acr());
        return require.acr();
    }

    private Optional<Duration> maxAge() {
        if (require.maxAge() != null && require.maxAge().compareTo(Duration.ofSeconds(1)) < 0) {
            throw invalid("max-age", "is less than 1s", "max-age: 5m");
        }
        return Optional.ofNullable(require.maxAge());
    }

    private RouteProperties.CallerKind callerKind() {
        if (require.caller() != null) {
            return require.caller();
        }
        return servesApps() ? RouteProperties.CallerKind.ANY : RouteProperties.CallerKind.USER;
    }

    private void refuseContradictions(List<Issuers.Issuer> accepted) {
        if (servesApps() && callerKind() == RouteProperties.CallerKind.USER) {
            throw invalid("caller", "is user, so credential.app-callers can never apply", "require: { caller: any }");
        }
        if (credential.plan() instanceof CredentialPlan.OnBehalfOf plan
                && accepted.stream().noneMatch(issuer -> plan.client().mayActForCallersOf(issuer.name()))) {
            throw invalid(
                    "issuers",
                    "are all outside of subject-issuers of client "
                            + plan.client().name() + " (or of what its dialect takes), so nobody could be served",
                    "issuers: [corp]");
        }
    }

    /** Entra gives any application of a tenant a token for any API of it, without a role or a permission. */
    private void refuseEveryApplication(List<Issuers.Issuer> accepted, Set<Caller.Kind> kinds) {
        boolean open = kinds.contains(Caller.Kind.APP)
                && require.roles().isEmpty()
                && require.clients().isEmpty()
                && require.scopes().isEmpty()
                && require.anyScope().isEmpty()
                && require.groups().isEmpty();
        accepted.stream()
                .filter(issuer -> open && issuer.profile() == ProfileName.ENTRA)
                .findFirst()
                .ifPresent(issuer -> {
                    throw invalid(
                            "caller",
                            "lets applications in, and with issuer " + issuer.name()
                                    + " that is every application of the tenant: set roles or clients beside it",
                            "require: { caller: app, roles: [orders.process] }");
                });
    }

    private boolean servesApps() {
        return credential.plan() instanceof CredentialPlan.OnBehalfOf plan
                && plan.appCallers() == CredentialPlan.AppCallers.CLIENT_CREDENTIALS;
    }

    private AccessRule open() {
        if (!require.demandsNothing()) {
            throw invalid(
                    "caller", "is anyone, which cannot be combined with other demands", "require: { caller: anyone }");
        }
        boolean needsCaller = credential.plan() instanceof CredentialPlan.OnBehalfOf
                || credential.plan() == CredentialPlan.PassThrough.PASS_THROUGH
                || (credential.plan() instanceof CredentialPlan.ClientCredentials plan
                        && plan.userContext() == CredentialPlan.UserContext.SIGNED);
        if (needsCaller) {
            throw invalid(
                    "caller",
                    "is anyone, but the route's credential needs a known caller",
                    "require: { caller: user }");
        }
        return AccessRule.Open.OPEN;
    }

    private List<Issuers.Issuer> acceptedIssuers() {
        if (issuers.all().isEmpty()) {
            throw new InvalidSetting(
                    "procura.issuers",
                    "is missing: somebody has to issue the tokens that the routes need",
                    "issuers: { corp: { issuer: https://id.example.com/realms/corp, audiences: [gateway] } }");
        }
        for (String name : require.issuers()) {
            if (issuers.named(name) == null) {
                throw invalid("issuers", "names no block of procura.issuers: " + name, "issuers: [corp]");
            }
        }
        List<Issuers.Issuer> accepted = issuers.all().stream()
                .filter(issuer -> require.issuers().isEmpty()
                        ? !issuer.onlyWhereNamed()
                        : require.issuers().contains(issuer.name()))
                .toList();
        if (accepted.isEmpty()) {
            throw invalid("issuers", "is missing: every issuer is only-where-named", "issuers: [corp]");
        }
        return accepted;
    }

    private Set<String> audiences(List<Issuers.Issuer> accepted) {
        Set<String> known = audiencesOf(accepted);
        if (require.audiences().isEmpty()) {
            return gatewayAudiences(known, "audiences");
        }
        for (String audience : require.audiences()) {
            if (!known.contains(audience)) {
                throw invalid(
                        "audiences",
                        "holds " + audience
                                + ", which no issuer of this route accepts: add it to procura.issuers.*.audiences",
                        "audiences: [gateway]");
            }
        }
        return Set.copyOf(require.audiences());
    }

    /** The gateway's own: those that are no route's target. */
    private Set<String> gatewayAudiences(Set<String> known, String key) {
        Set<String> own = new TreeSet<>(known);
        own.removeAll(targets);
        if (own.isEmpty()) {
            throw invalid(
                    key,
                    "finds no audience of the gateway's own: each one in procura.issuers.*.audiences is the target of a route",
                    "audiences: [gateway]");
        }
        return own;
    }

    private Optional<AccessRule.ActorRule> actor(List<Issuers.Issuer> accepted) {
        if (!require.actorToken()) {
            return Optional.empty();
        }
        Client client = credential
                .client()
                .filter(named -> credential.plan() instanceof CredentialPlan.OnBehalfOf)
                .orElseThrow(() -> invalid(
                        "actor-token",
                        "is true, but the route has no on-behalf-of client whose own token it could be",
                        "credential: { on-behalf-of: orders-api, audience: inventory-api }"));
        // One that asks at the tenant of the caller is known there.
        Set<String> know = client.isOfManyTenants() ? Set.of() : client.issuers();
        if (know.isEmpty() && !client.isOfManyTenants() && accepted.size() > 1) {
            throw invalid(
                    "actor-token",
                    "cannot tell whose application " + client.id() + " is: procura.clients." + client.name()
                            + " has no issuer, and the route takes several",
                    "require: { issuers: [corp], actor-token: true }");
        }
        return Optional.of(
                new AccessRule.ActorRule(client.id(), know, gatewayAudiences(audiencesOf(accepted), "actor-token")));
    }

    private Set<Caller.Kind> kinds() {
        return switch (callerKind()) {
            case USER -> EnumSet.of(Caller.Kind.USER);
            case APP -> {
                if (credential.plan() instanceof CredentialPlan.OnBehalfOf && !servesApps()) {
                    throw invalid(
                            "caller",
                            "is app, but applications cannot be acted for: set credential.app-callers: client-credentials",
                            "require: { caller: user }");
                }
                yield EnumSet.of(Caller.Kind.APP);
            }
            case ANY, ANYONE -> EnumSet.allOf(Caller.Kind.class);
        };
    }

    private static Set<String> names(List<Issuers.Issuer> accepted) {
        Set<String> names = new TreeSet<>();
        accepted.forEach(issuer -> names.add(issuer.name()));
        return names;
    }

    private static Set<String> audiencesOf(List<Issuers.Issuer> accepted) {
        Set<String> audiences = new TreeSet<>();
        accepted.forEach(issuer -> audiences.addAll(issuer.audiences()));
        return audiences;
    }

    private InvalidSetting invalid(String name, String reason, String example) {
        return block.invalid("require." + name, reason, example);
    }
}
