package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The JWT authorization grant (RFC 7523 section 2.1): a server that trusts the issuer of the assertion gives a token of its
 * own for it. The assertion is the caller's token, or what another server has made of it ({@code then}). The API is named
 * by {@code scope} or {@code resource}; there is no {@code audience}.
 */
final class Rfc7523Dialect implements Dialect {

    @Override
    public Set<GrantKind> grants() {
        return EnumSet.allOf(GrantKind.class);
    }

    @Override
    public Optional<String> whyFutile(Grant.OnBehalfOf grant) {
        return Jwts.looksLikeOne(grant.subject().token())
                ? Optional.empty()
                : Optional.of("the token is no JWT, so it cannot be an assertion (RFC 7523)");
    }

    /** Servers may take an assertion only once (section 3, {@code jti}), the caller's token too. */
    @Override
    public boolean mayRepeat(Grant grant) {
        return grant instanceof Grant.ClientCredentials;
    }

    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        return addTarget(TokenRequests.jwtBearer(grant.subject().token()), grant);
    }

    @Override
    public Form assertion(Grant.Assertion grant) {
        return addTarget(TokenRequests.jwtBearer(grant.assertion()), grant);
    }

    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        return addTarget(TokenRequests.clientCredentials(), grant);
    }

    private static Form addTarget(Form form, Grant grant) {
        return TokenRequests.addScopes(TokenRequests.addResource(form, grant.target()), grant.target());
    }

    @Override
    public Outcome classify(Grant grant, Refusal refusal) {
        return StandardRefusals.classify(grant, refusal);
    }
}
