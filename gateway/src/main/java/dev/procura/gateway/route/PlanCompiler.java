package dev.procura.gateway.route;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.idp.Clients;
import dev.procura.gateway.problem.InvalidSetting;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns {@code credential} into a plan. Exactly one mode, named, or the start-up stops. */
final class PlanCompiler {

    private static final String EXAMPLE = "credential: { on-behalf-of: gateway, audience: orders-api }";

    private final RouteBlock block;
    private final Clients clients;
    private final RouteProperties.CredentialSettings settings;

    /** The plan, and the client that it names. */
    record Compiled(CredentialPlan plan, Optional<Client> client) {}

    PlanCompiler(RouteBlock block, Clients clients) {
        this.block = block;
        this.clients = clients;
        RouteProperties.CredentialSettings credential = block.properties().credential();
        if (credential == null) {
            throw block.invalid("credential", "is missing: say what the API gets", EXAMPLE);
        }
        this.settings = credential;
    }

    Compiled compile() {
        List<String> modes = settings.modes();
        if (modes.size() != 1) {
            throw invalid(
                    "",
                    (modes.isEmpty() ? "names no mode" : "names " + String.join(" and ", modes))
                            + ": exactly one of on-behalf-of, client-credentials, pass-through: true, none: true",
                    EXAMPLE);
        }
        if (settings.onBehalfOf() != null) {
            return onBehalfOf(settings.onBehalfOf());
        }
        if (settings.clientCredentials() != null) {
            return clientCredentials(settings.clientCredentials());
        }
        refuseTarget();
        refuse("app-callers", settings.appCallers());
        refuse("user-context", settings.userContext());
        refuse("subject", settings.subject());
        CredentialPlan plan = settings.passThrough() != null
                ? requireTrue("pass-through", settings.passThrough(), CredentialPlan.PassThrough.PASS_THROUGH)
                : requireTrue("none", settings.none(), CredentialPlan.None.NONE);
        return new Compiled(plan, Optional.empty());
    }

    private Compiled onBehalfOf(String clientName) {
        refuse("user-context", settings.userContext());
        Client client = client("on-behalf-of", clientName);
        clients.whyNoOnBehalfOf(clientName).ifPresent(why -> {
            throw invalid(
                    "on-behalf-of",
                    "names " + clientName + ", which " + why,
                    "credential: { client-credentials: gateway, audience: orders-api, user-context: signed }");
        });
        CredentialPlan.AppCallers appCallers =
                settings.appCallers() == null ? CredentialPlan.AppCallers.REJECT : settings.appCallers();
        return new Compiled(new CredentialPlan.OnBehalfOf(client, target(client), appCallers), Optional.of(client));
    }

    private Compiled clientCredentials(String clientName) {
        refuse("app-callers", settings.appCallers());
        refuse("subject", settings.subject());
        Client client = client("client-credentials", clientName);
        CredentialPlan.UserContext userContext =
                settings.userContext() == null ? CredentialPlan.UserContext.NONE : settings.userContext();
        return new Compiled(
                new CredentialPlan.ClientCredentials(client, target(client), userContext), Optional.of(client));
    }

    private Client client(String mode, String name) {
        Client client = clients.named(name);
        if (client == null) {
            throw invalid(
                    mode,
                    "names " + name + ", which is no block of procura.clients"
                            + (clients.names().isEmpty() ? "" : ": those are " + clients.names()),
                    EXAMPLE);
        }
        return client;
    }

    private Target target(Client client) {
        Optional<String> audience = Optional.ofNullable(settings.audience());
        Optional<String> resource = Optional.ofNullable(settings.resource());
        if (audience.isEmpty() && resource.isEmpty()) {
            throw invalid("audience", "is missing: what the API expects in aud (or resource, its address)", EXAMPLE);
        }
        if (audience.filter(String::isBlank).isPresent()) {
            throw invalid("audience", "is empty", EXAMPLE);
        }
        if (resource.isPresent() && client.dialect().equals("KEYCLOAK")) {
            throw invalid("resource", "is not taken by Keycloak: name the API's client id as audience", EXAMPLE);
        }
        resource.ifPresent(this::checkResource);
        return new Target(
                audience,
                resource,
                block.scopes("credential.scopes", settings.scopes()),
                block.scopes("credential.allow-scopes", settings.allowScopes()),
                settings.subject() == null ? Target.SubjectRule.SAME : settings.subject());
    }

    /** RFC 8707 section 2: absolute, no fragment. */
    private void checkResource(String resource) {
        try {
            URI uri = URI.create(resource);
            if (uri.isAbsolute() && uri.getRawFragment() == null) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // The message below is the better one.
        }
        throw invalid("resource", "is not an absolute URI without a fragment", "resource: https://orders.example.com");
    }

    private void refuseTarget() {
        refuse("audience", settings.audience());
        refuse("resource", settings.resource());
        refuse("scopes", settings.scopes().isEmpty() ? null : settings.scopes());
        refuse("allow-scopes", settings.allowScopes().isEmpty() ? null : settings.allowScopes());
    }

    private void refuse(String name, @Nullable Object value) {
        if (value != null) {
            throw invalid(name, "has no meaning beside " + settings.modes().get(0) + ": remove it", EXAMPLE);
        }
    }

    private CredentialPlan requireTrue(String name, @Nullable Boolean value, CredentialPlan plan) {
        if (!Boolean.TRUE.equals(value)) {
            throw invalid(name, "is false: name the mode that is meant", EXAMPLE);
        }
        return plan;
    }

    private InvalidSetting invalid(String name, String reason, String example) {
        return block.invalid(name.isEmpty() ? "credential" : "credential." + name, reason, example);
    }
}
