package dev.procura.gateway.policy;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.token.Scopes;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a caller may use a route. Pure: the same caller and rule always get the same answer.
 *
 * <p>What makes a token unfit for the route at all (issuer, audience) is asked first and is a 401; what the caller may not
 * do is a 403.
 */
public final class AccessPolicy {

    private AccessPolicy() {}

    /** For a route that is open to anyone. */
    public static Permit permitAnyone(AccessRule.Open rule) {
        return new Permit(Caller.Anyone.ANYONE, Optional.empty());
    }

    /** @param actor the validated caller of {@code Actor-Token}; looked at only where the rule demands one */
    public static Decision decide(AccessRule.Restricted rule, Caller.Known caller, Optional<Caller.Known> actor) {
        Denial denial = tokenFits(rule, caller);
        if (denial == null) {
            denial = callerFits(rule, caller);
        }
        if (denial == null && rule.actor().isPresent()) {
            denial = actorFits(rule.actor().get(), caller, actor);
        }
        if (denial == null) {
            denial = rightsSuffice(rule, caller);
        }
        return denial == null ? new Permit(caller, rule.actor().flatMap(demanded -> actor)) : denial;
    }

    private static @Nullable Denial tokenFits(AccessRule.Restricted rule, Caller.Known caller) {
        if (!rule.issuers().contains(caller.issuerName())) {
            return new Denial(
                    Problem.ISSUER_NOT_ACCEPTED_HERE,
                    "issuer=" + caller.issuerName() + " is not one of require.issuers " + sorted(rule.issuers()));
        }
        if (Collections.disjoint(rule.audiences(), caller.audiences())) {
            return new Denial(
                    Problem.AUDIENCE_MISMATCH, "aud holds none of require.audiences " + sorted(rule.audiences()));
        }
        return null;
    }

    private static @Nullable Denial callerFits(AccessRule.Restricted rule, Caller.Known caller) {
        if (!rule.kinds().contains(caller.kind())) {
            return new Denial(
                    Problem.CALLER_KIND_REFUSED,
                    "require.caller wants " + rule.kinds() + ", issuer=" + caller.issuerName() + " shows "
                            + caller.kind()
                            + (caller.kind() == Caller.Kind.UNKNOWN
                                    ? ": the token holds nothing that tells a user from an application"
                                    : ""));
        }
        if (!rule.clients().isEmpty()
                && caller.clientId().filter(rule.clients()::contains).isEmpty()) {
            return new Denial(
                    Problem.CLIENT_NOT_ALLOWED, "the client is not one of require.clients " + sorted(rule.clients()));
        }
        return null;
    }

    private static @Nullable Denial actorFits(
            AccessRule.ActorRule rule, Caller.Known caller, Optional<Caller.Known> actor) {
        if (actor.isEmpty()) {
            return new Denial(Problem.ACTOR_TOKEN_MISSING, "require.actor-token: there is no Actor-Token header");
        }
        Caller.Known api = actor.get();
        if (Collections.disjoint(rule.audiences(), api.audiences())) {
            return new Denial(
                    Problem.ACTOR_TOKEN_INVALID,
                    "require.actor-token: the token is not meant for the gateway, whose audiences are "
                            + sorted(rule.audiences()));
        }
        // A client id means something at its own issuer alone.
        String knows = rule.issuer().orElse(caller.identity().issuer());
        boolean itself = api.identity().issuer().equals(knows)
                && api.kind() == Caller.Kind.APP
                && api.clientId().equals(Optional.of(rule.clientId()));
        return itself
                ? null
                : new Denial(
                        Problem.ACTOR_NOT_ALLOWED,
                        "require.actor-token: the token is not the own one of client " + rule.clientId() + " (it shows "
                                + api.kind()
                                + (api.kind() == Caller.Kind.UNKNOWN
                                        ? ": nothing in it tells an application from a user)"
                                        : ")"));
    }

    private static @Nullable Denial rightsSuffice(AccessRule.Restricted rule, Caller.Known caller) {
        Scopes missing = rule.scopes().minus(caller.scopes());
        if (!missing.isEmpty()) {
            return new Denial(Problem.SCOPE_MISSING, "require.scopes: missing " + missing, rule.scopes());
        }
        if (!rule.anyScope().isEmpty() && !caller.scopes().containsAny(rule.anyScope())) {
            return new Denial(
                    Problem.SCOPE_MISSING, "require.any-scope: has none of " + rule.anyScope(), rule.anyScope());
        }
        if (!caller.roles().containsAll(rule.roles())) {
            return new Denial(Problem.ROLE_MISSING, "require.roles: lacks one of " + sorted(rule.roles()));
        }
        return null;
    }

    private static Set<String> sorted(Set<String> values) {
        return new TreeSet<>(values);
    }
}
