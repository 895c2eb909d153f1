package dev.procura.gateway.idp;

import dev.procura.gateway.credential.ClaimsRequest;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.ServerTraits;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.inbound.EntraIssuer;
import dev.procura.gateway.inbound.IssuerProperties;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Microsoft Entra ID's on-behalf-of flow, which is RFC 7523 with words of its own. Its two endpoints differ in how the API
 * is named, see {@link EntraEndpoint}.
 */
final class EntraDialect implements Dialect {

    /** Both documented shapes: PS256 with the SHA-256 thumbprint, and RS256 with the older one. */
    private static final AssertionDefaults ASSERTIONS = AssertionDefaults.STANDARD
            .life(Duration.ofMinutes(5), Duration.ofMinutes(10))
            .withRsa(AssertionAlgorithm.PS256)
            .thumbprint(AssertionAlgorithm.PS256, AssertionThumbprint.X5T_S256)
            .thumbprint(AssertionAlgorithm.RS256, AssertionThumbprint.X5T);

    private final EntraEndpoint endpoint;

    EntraDialect(EntraEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public Optional<TargetFault> faultOf(GrantKind kind, Target target) {
        return endpoint.faultOf(kind, target);
    }

    @Override
    public Optional<String> whyNoSubjectsOf(IssuerProperties issuer) {
        return EntraSubjects.whyNot(issuer);
    }

    @Override
    public boolean asksAtTenants() {
        return true;
    }

    /** Which version a token has is up to the API that it is for, not to the endpoint that was asked. */
    @Override
    public Set<String> issuersOf(String issuer) {
        return EntraIssuer.ofBothVersions(issuer);
    }

    /** Each version has metadata of its own, which names its own endpoint. */
    @Override
    public Optional<Discovery> discoveryOf(String issuer) {
        String ofVersion = EntraIssuer.inVersion(issuer, endpoint.isVersion2());
        return Optional.of(new Discovery(ofVersion, URI.create(EntraIssuer.metadataUri(ofVersion))));
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
        Form form = TokenRequests.jwtBearer(grant.subject().token())
                .add("requested_token_use", "on_behalf_of")
                .add("client_id", grant.client().id());
        endpoint.addTargetOnBehalfOf(form, grant.target());
        claims(grant.client(), grant.claims()).ifPresent(claims -> form.add("claims", claims.toString()));
        return form;
    }

    /** What the gateway's tiers can take, and what one of them has asked for. */
    private static Optional<ClaimsRequest> claims(Client client, Optional<ClaimsRequest> asked) {
        if (client.capabilities().isEmpty()) {
            return asked;
        }
        ClaimsRequest capabilities = ClaimsRequest.ofCapabilities(client.capabilities());
        return Optional.of(asked.map(capabilities::with).orElse(capabilities));
    }

    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        Form form = TokenRequests.clientCredentials()
                .add("client_id", grant.client().id());
        endpoint.addTarget(form, grant.target());
        return form;
    }

    @Override
    public AssertionDefaults assertionDefaults() {
        return ASSERTIONS;
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
