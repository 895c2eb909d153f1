package dev.procura.gateway.idp;

import dev.procura.gateway.credential.ApiScopes;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.ServerTraits;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.inbound.EntraIssuer;
import dev.procura.gateway.inbound.IssuerProperties;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Microsoft Entra ID's on-behalf-of flow at the endpoint of version 2.0. The API is named by the scopes, {@code
 * api://…/.default} or named ones of one API.
 */
final class EntraDialect implements Dialect {

    private static final String EXAMPLE =
            "credential: { on-behalf-of: gateway, audience: 11aa22bb-0000-4000-8000-00000000000b, scopes:"
                    + " ['api://orders.example.com/.default'] }";

    private static final String ALL = "/.default";

    @Override
    public Optional<TargetFault> faultOf(GrantKind kind, Target target) {
        Set<String> scopes = target.scopes().values();
        if (scopes.isEmpty()) {
            return Optional.of(new TargetFault("scopes", "is missing: Entra is told the API by its scopes", EXAMPLE));
        }
        Set<Optional<String>> apis = scopes.stream().map(ApiScopes::api).collect(Collectors.toSet());
        if (apis.size() > 1 || apis.contains(Optional.<String>empty())) {
            return Optional.of(new TargetFault(
                    "scopes", "does not name one API: each scope begins with the same application ID URI", EXAMPLE));
        }
        boolean all = scopes.stream().anyMatch(scope -> scope.endsWith(ALL));
        if (all && scopes.size() > 1) {
            return Optional.of(new TargetFault(
                    "scopes", "holds .default, which stands for all scopes, and others beside it", EXAMPLE));
        }
        if (kind == GrantKind.CLIENT_CREDENTIALS && !all) {
            return Optional.of(new TargetFault(
                    "scopes", "names single scopes, and an application gets .default alone at Entra", EXAMPLE));
        }
        return TargetFaults.noResource(target, "the endpoint of version 2.0 (dialect entra-v1 takes it)");
    }

    @Override
    public Optional<String> whyNoSubjectsOf(IssuerProperties issuer) {
        return EntraSubjects.whyNot(issuer);
    }

    @Override
    public boolean asksAtTenants() {
        return true;
    }

    @Override
    public Set<String> issuersOf(String issuer) {
        return EntraIssuer.ofBothVersions(issuer);
    }

    @Override
    public Optional<Discovery> discoveryOf(String issuer) {
        return Optional.of(EntraRequests.discovery(issuer, true));
    }

    @Override
    public ServerTraits traits() {
        return EntraSubjects.TRAITS;
    }

    @Override
    public Optional<String> whyFutile(Grant.OnBehalfOf grant) {
        return EntraSubjects.whyFutile(grant);
    }

    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        Form form = TokenRequests.addScopes(EntraRequests.onBehalfOf(grant), grant.target());
        return EntraRequests.addClaims(form, grant);
    }

    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        return TokenRequests.addScopes(EntraRequests.clientCredentials(grant), grant.target());
    }

    @Override
    public AssertionDefaults assertionDefaults() {
        return EntraRequests.ASSERTIONS;
    }

    @Override
    public Outcome classify(Grant grant, Refusal refusal) {
        return EntraRefusals.classify(grant, refusal);
    }

    @Override
    public Optional<String> hint(Refusal refusal) {
        return EntraHints.of(refusal);
    }
}
