package dev.procura.gateway.console;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.Scopes;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code procura.management}: who may change what the gateway does while it runs.
 *
 * @param require what a caller of the management endpoint has to show; absent: the endpoint is off
 */
public record ManagementProperties(@Nullable Require require) {

    /**
     * What a caller has to show: all of it.
     *
     * @param issuers names of the procura.issuers blocks whose tokens count
     * @param roles the roles that the token has to hold, all of them
     * @param audiences the audiences of which it has to hold one; default: those of the issuers that are no route's target
     */
    public record Require(
            @DefaultValue List<String> issuers,
            @DefaultValue List<String> roles,
            @DefaultValue List<String> audiences) {}

    /**
     * The rule for callers of the endpoint.
     *
     * @param targets every audience that some route's credential is for: a tier's token is no key to the gateway
     * @throws InvalidSetting when the rule would let in nobody, or more than was meant
     */
    public Optional<AccessRule> rule(Issuers issuers, Set<String> targets) {
        if (require == null) {
            return Optional.empty();
        }
        String example = "require: { issuers: [corp], roles: [gateway-admin] }";
        requireNames("issuers", require.issuers(), example);
        requireNames("roles", require.roles(), example);
        Set<String> known = new TreeSet<>();
        for (String name : require.issuers()) {
            Issuers.Issuer issuer = issuers.named(name);
            if (issuer == null) {
                throw invalid("issuers", "names no block of procura.issuers: " + name, "issuers: [corp]");
            }
            known.addAll(issuer.audiences());
        }
        return Optional.of(new AccessRule.Restricted(
                Set.copyOf(require.issuers()),
                audiences(require.audiences(), known, targets),
                EnumSet.allOf(Caller.Kind.class),
                Scopes.none(),
                Scopes.none(),
                Set.copyOf(require.roles()),
                Set.of(),
                Set.of(),
                Set.of(),
                List.of(),
                Optional.empty(),
                Optional.empty()));
    }

    private static Set<String> audiences(List<String> named, Set<String> known, Set<String> targets) {
        for (String audience : named) {
            if (!known.contains(audience)) {
                throw invalid(
                        "audiences",
                        "holds " + audience + ", which none of require.issuers accepts: add it to"
                                + " procura.issuers.*.audiences",
                        "audiences: [gateway]");
            }
            if (targets.contains(audience)) {
                throw invalid(
                        "audiences",
                        "holds " + audience + ", which is the target of a route: its API could use the tokens that it"
                                + " is given here",
                        "audiences: [gateway]");
            }
        }
        Set<String> own = new TreeSet<>(named.isEmpty() ? known : named);
        own.removeAll(targets);
        if (own.isEmpty()) {
            throw invalid(
                    "audiences",
                    "finds no audience of the gateway's own: each one of require.issuers is the target of a route",
                    "audiences: [gateway-admin]");
        }
        return own;
    }

    private static void requireNames(String key, List<String> names, String example) {
        if (names.isEmpty() || names.stream().anyMatch(String::isBlank)) {
            throw invalid(key, "is missing, or holds an empty entry: both issuers and roles are needed", example);
        }
    }

    private static InvalidSetting invalid(String key, String reason, String example) {
        return new InvalidSetting("procura.management.require." + key, reason, example);
    }
}
