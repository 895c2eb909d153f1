package dev.procura.gateway.route;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.idp.Clients;
import dev.procura.gateway.idp.GrantKind;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.Scopes;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns {@code credential} into a plan. Exactly one mode, named, or the start-up stops. */
final class PlanCompiler {

    private static final String EXAMPLE = "credential: { on-behalf-of: gateway, audience: orders-api }";
    private static final String THEN_CLIENT = "then.client";
    private static final String THEN_EXAMPLE = "then: { client: partner, audience: partner-api }";

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
        refuseOnBehalfOfOnly();
        CredentialPlan plan = settings.passThrough() != null
                ? requireTrue("pass-through", settings.passThrough(), CredentialPlan.PassThrough.PASS_THROUGH)
                : requireTrue("none", settings.none(), CredentialPlan.None.NONE);
        return new Compiled(plan, Optional.empty());
    }

    private Compiled onBehalfOf(String clientName) {
        refuse("user-context", settings.userContext());
        Client client = client("on-behalf-of", clientName);
        refuseImpossible("on-behalf-of", GrantKind.ON_BEHALF_OF, clientName);
        CredentialPlan.AppCallers appCallers =
                settings.appCallers() == null ? CredentialPlan.AppCallers.REJECT : settings.appCallers();
        Target target = target(client);
        if (appCallers == CredentialPlan.AppCallers.CLIENT_CREDENTIALS) {
            refuseImpossible("app-callers", GrantKind.CLIENT_CREDENTIALS, clientName);
            checkTarget("", GrantKind.CLIENT_CREDENTIALS, clientName, target);
        }
        checkTarget("", GrantKind.ON_BEHALF_OF, clientName, target);
        CredentialPlan plan = new CredentialPlan.OnBehalfOf(
                client,
                target,
                appCallers,
                Optional.ofNullable(settings.actor()).map(actor -> actor(actor, clientName, target)),
                Optional.ofNullable(settings.then()).map(this::then));
        return new Compiled(plan, Optional.of(client));
    }

    private Compiled clientCredentials(String clientName) {
        refuse("app-callers", settings.appCallers());
        refuseOnBehalfOfOnly();
        Client client = client("client-credentials", clientName);
        refuseImpossible("client-credentials", GrantKind.CLIENT_CREDENTIALS, clientName);
        CredentialPlan.UserContext userContext =
                settings.userContext() == null ? CredentialPlan.UserContext.NONE : settings.userContext();
        Target target = target(client);
        checkTarget("", GrantKind.CLIENT_CREDENTIALS, clientName, target);
        return new Compiled(
                new CredentialPlan.ClientCredentials(client.inOwnName(), target, userContext), Optional.of(client));
    }

    private Actor.Gateway actor(RouteProperties.ActorSettings actor, String clientName, Target target) {
        String example = "actor: { client: gateway, audience: gateway }";
        if (block.properties().require().actorToken()) {
            throw invalid("actor", "has no place beside require.actor-token: the calling API is the actor", example);
        }
        if (!clients.takesActor(clientName, target)) {
            throw invalid(
                    "actor",
                    "is not taken by the server of " + clientName
                            + ": its dialect sends no actor_token (rfc8693 and spring do), so remove it",
                    EXAMPLE);
        }
        String own = block.required("credential.actor.client", actor.client(), "client: gateway");
        Client client = client("actor.client", own);
        refuseImpossible("actor.client", GrantKind.CLIENT_CREDENTIALS, own);
        Target ofActor = new Target(
                Optional.of(block.required("credential.actor.audience", actor.audience(), "audience: gateway")),
                Optional.empty(),
                block.scopes("credential.actor.scopes", actor.scopes()),
                Scopes.none(),
                Target.SubjectRule.SAME);
        checkTarget("actor.", GrantKind.CLIENT_CREDENTIALS, own, ofActor);
        return new Actor.Gateway(new Grant.ClientCredentials(client.inOwnName(), ofActor));
    }

    private CredentialPlan.ThenStep then(RouteProperties.ThenSettings then) {
        if (settings.appCallers() == CredentialPlan.AppCallers.CLIENT_CREDENTIALS) {
            throw invalid(
                    "app-callers",
                    "is client-credentials, which has no second step: remove it, or then",
                    "app-callers: reject");
        }
        String name = block.required("credential.then.client", then.client(), "client: partner");
        Client client = client(THEN_CLIENT, name);
        refuseImpossible(THEN_CLIENT, GrantKind.ASSERTION, name);
        checkAddress("then.", then.audience(), then.resource());
        Target target = new Target(
                Optional.ofNullable(then.audience()),
                Optional.ofNullable(then.resource()),
                block.scopes("credential.then.scopes", then.scopes()),
                block.scopes("credential.then.allow-scopes", then.allowScopes()),
                subjectRule(then.subject()));
        checkTarget("then.", GrantKind.ASSERTION, name, target);
        return new CredentialPlan.ThenStep(client, target);
    }

    private Client client(String mode, String name) {
        Client client = clients.named(name);
        if (client == null) {
            throw invalid(
                    mode,
                    "names " + name + ", which is no block of procura.clients"
                            + (clients.names().isEmpty() ? "" : ": those are " + clients.names()),
                    mode.equals(THEN_CLIENT) ? THEN_EXAMPLE : EXAMPLE);
        }
        return client;
    }

    private void refuseImpossible(String key, GrantKind kind, String clientName) {
        clients.whyNo(kind, clientName).ifPresent(why -> {
            throw invalid(
                    key,
                    "names " + clientName + ", which " + why,
                    switch (kind) {
                        case ON_BEHALF_OF ->
                            "credential: { client-credentials: gateway, audience: orders-api, user-context: signed }";
                        case CLIENT_CREDENTIALS ->
                            client(key, clientName).isOfManyTenants()
                                    ? "tenant: 8f5c2d3e-0000-4000-8000-000000000001"
                                    : EXAMPLE;
                        case ASSERTION -> THEN_EXAMPLE;
                    });
        });
    }

    private void checkTarget(String prefix, GrantKind kind, String clientName, Target target) {
        clients.faultOf(kind, clientName, target).ifPresent(fault -> {
            throw invalid(prefix + fault.key(), fault.reason(), fault.example());
        });
    }

    private Target target(Client client) {
        checkSubjectTokenType(client);
        checkAddress("", settings.audience(), settings.resource());
        return new Target(
                Optional.ofNullable(settings.audience()),
                Optional.ofNullable(settings.resource()),
                block.scopes("credential.scopes", settings.scopes()),
                block.scopes("credential.allow-scopes", settings.allowScopes()),
                subjectRule(settings.subject()),
                Optional.ofNullable(settings.subjectTokenType()),
                settings.then() == null ? Target.Recipient.API : Target.Recipient.AUTHORIZATION_SERVER);
    }

    private static Target.SubjectRule subjectRule(Target.@Nullable SubjectRule named) {
        return named == null ? Target.SubjectRule.SAME : named;
    }

    private void checkAddress(String prefix, @Nullable String audience, @Nullable String resource) {
        if (audience == null && resource == null) {
            throw invalid(
                    prefix + "audience", "is missing: what the API expects in aud (or resource, its address)", EXAMPLE);
        }
        if (audience != null && audience.isBlank()) {
            throw invalid(prefix + "audience", "is empty", EXAMPLE);
        }
        if (resource != null && !isAbsolute(resource)) {
            throw invalid(
                    prefix + "resource",
                    "is not an absolute URI without a fragment",
                    "resource: https://orders.example.com");
        }
    }

    /** RFC 8693 section 3: a URI. */
    private void checkSubjectTokenType(Client client) {
        String type = settings.subjectTokenType();
        if (type == null) {
            return;
        }
        String example = "subject-token-type: urn:ietf:params:oauth:token-type:jwt";
        if (!clients.takesSubjectTokenType(client.name())) {
            throw invalid("subject-token-type", "has a meaning for dialects rfc8693 and auth0 alone", example);
        }
        if (!isAbsolute(type)) {
            throw invalid("subject-token-type", "is not an absolute URI", example);
        }
    }

    /** RFC 8707 section 2: absolute, no fragment. */
    private static boolean isAbsolute(String text) {
        try {
            URI uri = URI.create(text);
            return uri.isAbsolute() && uri.getRawFragment() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void refuseOnBehalfOfOnly() {
        refuse("subject", settings.subject());
        refuse("subject-token-type", settings.subjectTokenType());
        refuse("actor", settings.actor());
        refuse("then", settings.then());
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
