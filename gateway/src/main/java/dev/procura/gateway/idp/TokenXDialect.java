package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * TokenDings, which NAV calls TokenX: RFC 8693 with the subject token as a JWT, the audience {@code
 * cluster:namespace:app}, and nothing else.
 */
final class TokenXDialect implements Dialect {

    private final Dialect standard = new Rfc8693Dialect();

    @Override
    public Set<GrantKind> grants() {
        return EnumSet.of(GrantKind.ON_BEHALF_OF);
    }

    @Override
    public Optional<TargetFault> faultOf(GrantKind kind, Target target) {
        return TargetFaults.noResource(target, "TokenX")
                .or(() -> TargetFaults.noScopes(target, "has no meaning at TokenX: its tokens have none"));
    }

    @Override
    public Optional<String> whyFutile(Grant.OnBehalfOf grant) {
        return Jwts.looksLikeOne(grant.subject().token())
                ? Optional.empty()
                : Optional.of("the token is no JWT, and TokenX takes nothing else");
    }

    @Override
    public Form onBehalfOf(Grant.OnBehalfOf grant) {
        return TokenRequests.exchange(grant, TokenRequests.JWT_TYPE)
                .add("audience", grant.target().expectedAudience());
    }

    @Override
    public Form clientCredentials(Grant.ClientCredentials grant) {
        throw new IllegalArgumentException("TokenX gives no client a token of its own");
    }

    @Override
    public Set<ClientAuthenticationMethod> authenticationMethods() {
        return EnumSet.of(ClientAuthenticationMethod.PRIVATE_KEY_JWT);
    }

    /** The issuer to the letter, and not longer than two minutes. */
    @Override
    public AssertionDefaults assertionDefaults() {
        return AssertionDefaults.STANDARD
                .audience(AssertionDefaults.Audience.ISSUER)
                .life(Duration.ofSeconds(60), Duration.ofSeconds(120));
    }

    @Override
    public Outcome classify(Grant grant, Refusal refusal) {
        return standard.classify(grant, refusal);
    }
}
