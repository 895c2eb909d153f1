package dev.procura.sample.issuer;

import static org.springframework.security.oauth2.core.OAuth2ErrorCodes.INVALID_GRANT;
import static org.springframework.security.oauth2.core.OAuth2ErrorCodes.INVALID_SCOPE;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2TokenExchangeAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2TokenExchangeCompositeAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenClaimsContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenContext;

/**
 * What an access token of this issuer says (RFC 9068), and who may have which. This is the last step before a token is
 * made, of every grant alike, so nothing gets around it. A JWT says it itself; for an opaque token the introspection
 * endpoint does (RFC 7662).
 *
 * <p>Spring Authorization Server has already authenticated the client, found the subject token and the actor token among
 * those it issued, and refused inactive ones, subjects that are not users, and scopes the client is not registered for.
 * It checks neither for whom the subject token is, nor whose the actor token is, nor whether an exchange gains scopes;
 * and it forgets an actor that sent no token of its own. That is what is added here.
 */
final class AccessTokenRules {

    static final String TYPE = "at+jwt";

    private AccessTokenRules() {}

    static void shapeJwt(JwtEncodingContext context) {
        if (OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) {
            context.getJwsHeader().type(TYPE);
            context.getClaims().claims(claims -> shape(context, claims));
        }
    }

    static void shapeOpaque(OAuth2TokenClaimsContext context) {
        context.getClaims().claims(claims -> shape(context, claims));
    }

    private static void shape(OAuth2TokenContext context, Map<String, Object> claims) {
        String client = context.getRegisteredClient().getClientId();
        claims.put("client_id", client);
        if (!context.getAuthorizedScopes().isEmpty()) {
            claims.put("scope", String.join(" ", new TreeSet<>(context.getAuthorizedScopes())));
        }

        Authentication principal = Objects.requireNonNull(context.getPrincipal());
        Authentication grant = context.getAuthorizationGrant();
        if (grant instanceof OAuth2ClientCredentialsAuthenticationToken request) {
            Map<String, Object> parameters = request.getAdditionalParameters();
            refuseResources(values(parameters.get("resource")));
            claims.put("aud", Audiences.inItsOwnName(client, values(parameters.get("audience"))));
        } else if (grant instanceof OAuth2TokenExchangeAuthenticationToken request) {
            describeUser(context, principal, claims);
            require(actsItself(client, principal), INVALID_GRANT, "the actor token is not this client's own");
            exchange(context, client, request, claims);
        } else {
            describeUser(context, principal, claims);
            claims.put("aud", List.of(Audiences.GATEWAY));
        }
    }

    private static void describeUser(OAuth2TokenContext context, Authentication principal, Map<String, Object> claims) {
        User user = User.named(principal.getName()).orElseThrow(() -> refusal(INVALID_GRANT, "there is no such user"));
        require(
                user.scopes().containsAll(context.getAuthorizedScopes()),
                INVALID_SCOPE,
                "the user may not have these scopes");
        if (!user.roles().isEmpty()) {
            claims.put("roles", user.roles());
        }
    }

    private static void exchange(
            OAuth2TokenContext context,
            String client,
            OAuth2TokenExchangeAuthenticationToken request,
            Map<String, Object> claims) {
        OAuth2Authorization.Token<OAuth2AccessToken> subject = subject(context);
        Map<String, Object> held = Objects.requireNonNull(subject.getClaims());
        require(values(held.get("aud")).contains(client), INVALID_GRANT, "the subject token is not for this client");
        require(
                reachable(subject.getToken().getScopes()).containsAll(context.getAuthorizedScopes()),
                INVALID_SCOPE,
                "the subject token does not lead to these scopes");
        refuseResources(request.getResources());
        String issuer = context.getAuthorizationServerContext().getIssuer();
        claims.put("aud", Audiences.inAUsersName(client, List.copyOf(request.getAudiences())));
        claims.put("act", actor(issuer, client, held.get("act")));
    }

    private static OAuth2Authorization.Token<OAuth2AccessToken> subject(OAuth2TokenContext context) {
        OAuth2Authorization authorization = Objects.requireNonNull(context.getAuthorization());
        return Objects.requireNonNull(authorization.getAccessToken());
    }

    /** An actor token may come along, and then it must be the one that the requester got in its own name. */
    private static boolean actsItself(String client, Authentication principal) {
        return !(principal instanceof OAuth2TokenExchangeCompositeAuthenticationToken delegation)
                || client.equals(delegation.getActors().get(0).getSubject());
    }

    private static Set<String> reachable(Set<String> held) {
        Set<String> reachable = new HashSet<>(Scopes.TARGET);
        reachable.addAll(held);
        return reachable;
    }

    /** This server knows targets by name only, and says so instead of ignoring an address (RFC 8707). */
    private static void refuseResources(Collection<String> resources) {
        require(resources.isEmpty(), "invalid_target", "say the target as an audience");
    }

    /** RFC 8693 section 4.1: the current actor outside, the earlier ones within. */
    private static Map<String, Object> actor(String issuer, String client, @Nullable Object earlier) {
        Map<String, Object> act = new LinkedHashMap<>();
        act.put("iss", issuer);
        act.put("sub", client);
        if (earlier != null) {
            act.put("act", earlier);
        }
        return act;
    }

    /** A parameter or claim that is one value, several, or absent. */
    private static List<String> values(@Nullable Object value) {
        if (value instanceof String[] several) {
            return List.of(several);
        }
        if (value instanceof Collection<?> several) {
            return several.stream().map(String::valueOf).toList();
        }
        return value == null ? List.of() : List.of(value.toString());
    }

    private static void require(boolean holds, String code, String description) {
        if (!holds) {
            throw refusal(code, description);
        }
    }

    private static OAuth2AuthenticationException refusal(String code, String description) {
        return new OAuth2AuthenticationException(new OAuth2Error(code, description, null));
    }
}
