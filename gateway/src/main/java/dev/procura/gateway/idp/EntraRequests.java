package dev.procura.gateway.idp;

import dev.procura.gateway.credential.ClaimsRequest;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.inbound.EntraIssuer;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** The fields that both of Entra's endpoints take. */
final class EntraRequests {

    /** Both documented shapes: PS256 with the SHA-256 thumbprint, and RS256 with the older one. */
    static final AssertionDefaults ASSERTIONS = AssertionDefaults.STANDARD
            .life(Duration.ofMinutes(5), Duration.ofMinutes(10))
            .withRsa(AssertionAlgorithm.PS256)
            .thumbprint(AssertionAlgorithm.PS256, AssertionThumbprint.X5T_S256)
            .thumbprint(AssertionAlgorithm.RS256, AssertionThumbprint.X5T);

    private EntraRequests() {}

    /** Each version has metadata of its own, which names its own endpoint. */
    static Dialect.Discovery discovery(String issuer, boolean version2) {
        String ofVersion = EntraIssuer.inVersion(issuer, version2);
        return new Dialect.Discovery(ofVersion, URI.create(EntraIssuer.metadataUri(ofVersion)));
    }

    static Form onBehalfOf(Grant.OnBehalfOf grant) {
        return TokenRequests.jwtBearer(grant.subject().token())
                .add("requested_token_use", "on_behalf_of")
                .add("client_id", grant.client().id());
    }

    static Form clientCredentials(Grant.ClientCredentials grant) {
        return TokenRequests.clientCredentials().add("client_id", grant.client().id());
    }

    /** What the gateway's tiers can take, and what one of them has asked for. */
    static Form addClaims(Form form, Grant.OnBehalfOf grant) {
        claims(grant.client(), grant.claims()).ifPresent(claims -> form.add("claims", claims.toString()));
        return form;
    }

    private static Optional<ClaimsRequest> claims(Client client, Optional<ClaimsRequest> asked) {
        if (client.capabilities().isEmpty()) {
            return asked;
        }
        ClaimsRequest capabilities = ClaimsRequest.ofCapabilities(client.capabilities());
        return Optional.of(asked.map(capabilities::with).orElse(capabilities));
    }
}
