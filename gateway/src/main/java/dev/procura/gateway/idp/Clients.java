package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.inbound.Introspector;
import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.inbound.SecureUri;
import dev.procura.gateway.problem.InvalidSetting;
import java.net.URI;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import reactor.core.publisher.Mono;

/** The clients of the configuration, checked and ready: who the gateway is at each authorization server. */
public final class Clients implements Introspector.Factory {

    private final Map<String, RegisteredClient> byName = new LinkedHashMap<>();
    private final Map<String, ClientBlock> blocks = new LinkedHashMap<>();

    private Clients() {}

    /**
     * @param issuers the blocks that subject-issuers may name
     * @param bundles where ssl-bundle is looked up
     * @throws InvalidSetting for the first setting that cannot work
     */
    public static Clients of(
            Map<String, ClientProperties> properties,
            Map<String, IssuerProperties> issuers,
            SslBundles bundles,
            Clock clock) {
        Clients clients = new Clients();
        properties.forEach((name, client) -> {
            ClientBlock block = new ClientBlock(name, client, bundles, clock);
            clients.blocks.put(name, block);
            clients.byName.put(name, block.register(issuers));
        });
        return clients;
    }

    public Collection<String> names() {
        return byName.keySet();
    }

    public @Nullable Client named(String name) {
        RegisteredClient registered = byName.get(name);
        return registered == null ? null : registered.client();
    }

    /** Connections of its own: a flood of unknown tokens must not hold up the token endpoint. */
    @Override
    public Introspector create(String key, String issuerName, String clientName, URI uri) {
        RegisteredClient client = byName.get(clientName);
        ClientBlock block = blocks.get(clientName);
        if (client == null || block == null) {
            throw new InvalidSetting(key, "names no block of procura.clients: " + clientName, "client: gateway");
        }
        if (!block.properties().insecureHttp() && !SecureUri.isSecure(uri)) {
            // It is this client's secret that travels there.
            throw new InvalidSetting(
                    key,
                    "would send the secret of procura.clients." + clientName
                            + " over plain http, which that block does not allow (insecure-http)",
                    "client: gateway");
        }
        if (client.authentication() instanceof TlsClientAuth && !TlsClientAuth.isTls(uri)) {
            throw new InvalidSetting(
                    key,
                    "names a client with tls-client-auth, which needs an https address here: " + clientName,
                    "client: gateway");
        }
        return new IntrospectionEndpoint(new RegisteredClient(
                client.client(),
                client.dialect(),
                client.authentication(),
                at -> Mono.just(uri),
                block.http("introspection-" + issuerName, client.authentication())));
    }

    /** Why the server of this client can never give what is asked, whatever it is asked for; empty when it may. */
    public Optional<String> whyNo(GrantKind kind, String name) {
        RegisteredClient client = byName.get(name);
        if (client == null) {
            return Optional.empty();
        }
        boolean b2c = B2cEndpoint.is(client.client().server())
                || client.client().issuers().stream().anyMatch(B2cEndpoint::is);
        if (kind == GrantKind.ON_BEHALF_OF && b2c) {
            return Optional.of(
                    "is a client at Azure AD B2C, which has no on-behalf-of flow: use client-credentials with"
                            + " user-context: signed, or pass-through, or a client at a server that trusts B2C as its"
                            + " identity provider");
        }
        if (!client.dialect().grants().contains(kind)) {
            return Optional.of("has dialect "
                    + client.client().dialect().toLowerCase(Locale.ROOT).replace('_', '-')
                    + ", which has no such grant"
                    + (kind == GrantKind.ASSERTION ? ": a second step wants rfc7523, or keycloak for a Keycloak" : ""));
        }
        boolean nowhere = kind == GrantKind.CLIENT_CREDENTIALS
                && client.client().isOfManyTenants()
                && client.client().tenant().isEmpty();
        return nowhere
                ? Optional.of("asks at the tenant of the caller, and for the gateway's own token there is none: set"
                        + " tenant there")
                : Optional.empty();
    }

    /** What is wrong with a target, for the server of this client. */
    public Optional<TargetFault> faultOf(GrantKind kind, String name, Target target) {
        return Optional.ofNullable(byName.get(name))
                .flatMap(client -> client.dialect().faultOf(kind, target));
    }

    /** Whether the server of this client is told who acts. */
    public boolean takesActor(String name, Target target) {
        RegisteredClient client = byName.get(name);
        return client != null && client.dialect().takesActor(target);
    }

    /** Whether a route may say of what type the subject token is, for the server of this client. */
    public boolean takesSubjectTokenType(String name) {
        RegisteredClient client = byName.get(name);
        return client != null && client.dialect().takesSubjectTokenType();
    }

    /** Whether a question may be put again when nobody knows what came of the first. */
    public boolean mayRepeat(Grant grant) {
        return registered(grant.client()).dialect().mayRepeat(grant);
    }

    RegisteredClient registered(Client client) {
        RegisteredClient registered = byName.get(client.name());
        if (registered == null || !isTheSame(registered.client(), client)) {
            throw new IllegalArgumentException("not one of these clients: " + client.name());
        }
        return registered;
    }

    private static boolean isTheSame(Client registered, Client asked) {
        return registered.equals(asked)
                || (registered.isOfManyTenants()
                        && asked.tenant()
                                .filter(tenant -> registered.at(tenant).equals(asked))
                                .isPresent());
    }
}
