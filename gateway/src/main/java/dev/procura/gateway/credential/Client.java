package dev.procura.gateway.credential;

import dev.procura.gateway.inbound.TenantTemplate;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who the gateway is at an authorization server, without the secret that proves it.
 *
 * @param name in the configuration
 * @param id the {@code client_id}
 * @param server where tokens are asked for: the issuer to discover, or the token endpoint; may hold {@code {tenantid}}
 * @param dialect how this server wants to be asked
 * @param tenant of a client at many tenants: the one where it asks; before it asks for a caller, the one where it asks in
 *     its own name
 * @param issuers what issued tokens may say in {@code iss}; empty: not judged
 * @param traits what is peculiar to this kind of server
 * @param capabilities what the gateway's tiers can take, as Entra calls it: {@code cp1} is a claims challenge
 * @param subjectIssuers names of the issuers whose callers may be acted for; empty: all
 */
public record Client(
        String name,
        String id,
        String server,
        String dialect,
        Optional<String> tenant,
        Set<String> issuers,
        ServerTraits traits,
        Set<String> capabilities,
        Set<String> subjectIssuers) {

    public Client {
        issuers = Set.copyOf(issuers);
        capabilities = Set.copyOf(capabilities);
        subjectIssuers = Set.copyOf(subjectIssuers);
    }

    public boolean mayActForCallersOf(String issuerName) {
        return subjectIssuers.isEmpty() || subjectIssuers.contains(issuerName);
    }

    /** Whether it asks at each caller's own tenant. */
    public boolean isOfManyTenants() {
        return TenantTemplate.isTemplate(server);
    }

    /** The same client at one tenant. */
    public Client at(String oneTenant) {
        if (!TenantTemplate.isTenant(oneTenant)) {
            throw new IllegalArgumentException("not a tenant id");
        }
        return new Client(
                name,
                id,
                new TenantTemplate(server).forTenant(oneTenant),
                dialect,
                Optional.of(oneTenant),
                issuers.stream()
                        .map(issuer -> new TenantTemplate(issuer).forTenant(oneTenant))
                        .collect(Collectors.toSet()),
                traits,
                capabilities,
                subjectIssuers);
    }

    /** Where it asks when it asks for nobody but itself; the start-up has seen to it that there is such a place. */
    public Client inOwnName() {
        return isOfManyTenants() ? at(tenant.orElseThrow()) : this;
    }
}
