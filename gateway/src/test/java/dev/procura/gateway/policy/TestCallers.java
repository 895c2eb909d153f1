package dev.procura.gateway.policy;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Groups;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.inbound.SignIn;
import dev.procura.gateway.inbound.TokenUse;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Validated callers, of which a test says only what the policy looks at. Immutable. */
record TestCallers(
        String issuerName,
        Caller.Kind kind,
        Optional<String> clientId,
        Set<String> audiences,
        String scopes,
        Set<String> roles) {

    /** With everything that {@link AccessPolicyTest} demands. */
    static TestCallers alice() {
        return new TestCallers(
                "corp",
                Caller.Kind.USER,
                Optional.of("native-app"),
                Set.of("gateway", "account"),
                "orders.read orders.write",
                Set.of("clerk", "auditor"));
    }

    /** The own token of an API. */
    static TestCallers api(String clientId) {
        return new TestCallers("corp", Caller.Kind.APP, Optional.of(clientId), Set.of("gateway"), "", Set.of());
    }

    TestCallers issuer(String name) {
        return new TestCallers(name, kind, clientId, audiences, scopes, roles);
    }

    TestCallers kind(Caller.Kind other) {
        return new TestCallers(issuerName, other, clientId, audiences, scopes, roles);
    }

    TestCallers client(Optional<String> other) {
        return new TestCallers(issuerName, kind, other, audiences, scopes, roles);
    }

    TestCallers withAudiences(String... others) {
        return new TestCallers(issuerName, kind, clientId, Set.of(others), scopes, roles);
    }

    TestCallers scopes(String others) {
        return new TestCallers(issuerName, kind, clientId, audiences, others, roles);
    }

    TestCallers withRoles(String... others) {
        return new TestCallers(issuerName, kind, clientId, audiences, scopes, Set.of(others));
    }

    Caller.Known known() {
        return new Caller.Known(
                issuerName,
                new Identity("https://id.example.com/" + issuerName, Optional.empty(), Map.of("sub", "s")),
                kind,
                clientId,
                audiences,
                Scopes.parse(scopes),
                roles,
                new Groups.Listed(Set.of()),
                SignIn.untold(),
                TokenUse.ACCESS_TOKEN,
                TokenValue.of("token"),
                Instant.parse("2026-03-01T13:00:00Z"),
                Claims.of(Map.of()));
    }
}
