package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Target;
import java.util.Optional;

/** What several kinds of servers do not take. */
final class TargetFaults {

    private TargetFaults() {}

    static Optional<TargetFault> noResource(Target target, String server) {
        return noResource(target, server, "credential: { on-behalf-of: gateway, audience: orders-api }");
    }

    static Optional<TargetFault> noResource(Target target, String server, String example) {
        return target.resource()
                .map(resource -> new TargetFault(
                        "resource",
                        "is not taken by " + server + ": remove it, and name the API as audience",
                        example));
    }

    static Optional<TargetFault> noScopes(Target target, String why) {
        return target.scopes().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new TargetFault("scopes", why, "credential: { on-behalf-of: gateway, audience: orders-api }"));
    }
}
