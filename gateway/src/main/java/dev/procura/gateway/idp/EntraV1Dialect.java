package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.ServerTraits;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.inbound.EntraIssuer;
import dev.procura.gateway.inbound.IssuerProperties;
import java.util.Optional;
import java.util.Set;

/** The same flow at the endpoint of version 1.0 (Azure AD): the API is named by {@code resource}. */
final class EntraV1Dialect implements Dialect {

    private static final String EXAMPLE =
            "credential: { on-behalf-of: gateway, resource: 'https://orders.contoso.com' }";

    @Override
    public Optional<TargetFault> faultOf(GrantKind kind, Target target) {
        if (target.resource().isEmpty()) {
            return Optional.of(new TargetFault(
                    "resource",
                    "is missing: the endpoint of version 1.0 is told the API's application ID URI",
                    EXAMPLE));
        }
        return TargetFaults.noScopes(target, "is not taken by the endpoint of version 1.0, which gives all of them");
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
        return Optional.of(EntraRequests.discovery(issuer, false));
    }

    @Override
    public ServerTraits traits() {
        return EntraSubjects.TRAITS;
    }

    @Override
    public Optional<String> whyFutile(Grant.OnBehalfOf grant) {
        return EntraSubjects.whyFutile(grant);
    }

    /** {@code scope=openid} is listed as required; the unsigned ID token that it brings is dropped unread. */
    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        Form form = TokenRequests.addResource(EntraRequests.onBehalfOf(grant), grant.target())
                .add("scope", "openid");
        return EntraRequests.addClaims(form, grant);
    }

    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        return TokenRequests.addResource(EntraRequests.clientCredentials(grant), grant.target());
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
