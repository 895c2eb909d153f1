package dev.procura.gateway.policy;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Groups;
import dev.procura.gateway.inbound.SignIn;
import dev.procura.gateway.inbound.TokenUse;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Scopes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a caller may use a route. Pure: the same caller, rule and time always get the same answer.
 *
 * <p>What makes a token unfit for the route at all (issuer, audience) is asked first and is a 401; what the caller may not
 * do is a 403. A stronger sign-in is asked of those alone who may pass with it.
 */
public final class AccessPolicy {

    private AccessPolicy() {}

    /** For a route that is open to anyone. */
    public static Permit permitAnyone(AccessRule.Open rule) {
        return new Permit(Caller.Anyone.ANYONE, Optional.empty());
    }

    /** How far the clock of an issuer may be ahead when it says that a sign-in was just now. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    /**
     * @param actor the validated caller of {@code Actor-Token}; looked at only where the rule demands one
     * @param now what a sign-in's age is counted from
     */
    public static Decision decide(
            AccessRule.Restricted rule, Caller.Known caller, Optional<Caller.Known> actor, Instant now) {
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
        if (denial == null) {
            denial = signInSuffices(rule, caller.signIn(), now);
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
        if (!rule.actors().isEmpty() && !isActedForBy(rule.actors(), caller)) {
            return new Denial(
                    Problem.ACTING_PARTY_REFUSED,
                    "the current actor of the token (act) is not one of require.actors " + sorted(rule.actors()));
        }
        return null;
    }

    /** Only the current actor counts (RFC 8693 section 4.1), and its name means something at its own issuer alone. */
    private static boolean isActedForBy(Set<String> actors, Caller.Known caller) {
        return caller.actors()
                .map(chain -> chain.actors().get(0))
                .filter(actor -> actor.issuer().isEmpty()
                        || actor.issuer().equals(caller.identity().issuer()))
                .map(actor -> actors.contains(actor.subject()))
                .orElse(false);
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
        Set<String> know = rule.issuers().isEmpty() ? Set.of(caller.identity().issuer()) : rule.issuers();
        boolean itself = know.contains(api.identity().issuer())
                && api.use() == TokenUse.ACCESS_TOKEN
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
            return new Denial(
                    Problem.SCOPE_MISSING,
                    "require.scopes: missing " + missing,
                    ProblemException.Remedy.scopes(rule.scopes()));
        }
        if (!rule.anyScope().isEmpty() && !caller.scopes().containsAny(rule.anyScope())) {
            return new Denial(
                    Problem.SCOPE_MISSING,
                    "require.any-scope: has none of " + rule.anyScope(),
                    ProblemException.Remedy.scopes(rule.anyScope()));
        }
        if (!caller.roles().containsAll(rule.roles())) {
            return new Denial(Problem.ROLE_MISSING, "require.roles: lacks one of " + sorted(rule.roles()));
        }
        return groupsSuffice(rule.groups(), caller.groups());
    }

    private static @Nullable Denial groupsSuffice(Set<String> needed, Groups groups) {
        if (needed.isEmpty()) {
            return null;
        }
        if (!(groups instanceof Groups.Listed listed)) {
            return new Denial(
                    Problem.GROUPS_UNTOLD,
                    "require.groups: the token only points at its groups, there are too many: let the server send those"
                            + " assigned to the application, or use roles");
        }
        return listed.names().containsAll(needed)
                ? null
                : new Denial(Problem.GROUP_MISSING, "require.groups: lacks one of " + sorted(needed));
    }

    /** RFC 9470 section 3; a token that does not say how or when is asked for one that does. */
    private static @Nullable Denial signInSuffices(AccessRule.Restricted rule, SignIn signIn, Instant now) {
        boolean strong = rule.acr().isEmpty() || rule.acr().stream().anyMatch(signIn.acr()::contains);
        boolean recent = rule.maxAge()
                .map(maxAge -> signIn.time()
                        .filter(time -> !time.isAfter(now.plus(CLOCK_SKEW))
                                && !time.plus(maxAge).isBefore(now))
                        .isPresent())
                .orElse(true);
        if (strong && recent) {
            return null;
        }
        String reason = (strong ? "" : "require.acr: " + weakness(rule, signIn) + " ")
                + (recent ? "" : "require.max-age: " + age(signIn));
        return new Denial(
                Problem.STEP_UP_REQUIRED, reason.strip(), ProblemException.Remedy.signIn(rule.acr(), rule.maxAge()));
    }

    private static String weakness(AccessRule.Restricted rule, SignIn signIn) {
        return signIn.acr().isEmpty()
                ? "the token names no authentication context"
                : "the token's authentication context is none of " + rule.acr();
    }

    private static String age(SignIn signIn) {
        return signIn.time().isEmpty() ? "the token has no auth_time" : "auth_time is too long ago, or ahead";
    }

    private static Set<String> sorted(Set<String> values) {
        return new TreeSet<>(values);
    }
}
