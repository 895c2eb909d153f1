package dev.procura.sample.issuer;

import java.security.Principal;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContext;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.OAuth2TokenFormat;
import org.springframework.security.oauth2.server.authorization.token.DefaultOAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.JwtGenerator;

/**
 * Makes the token that {@code native-app} would get by code and PKCE once the user has signed in, without the signing in.
 * The authorization is stored like a real one, since only tokens whose authorization is known can be exchanged.
 */
final class DemoTokens {

    private final RegisteredClientRepository clients;
    private final OAuth2AuthorizationService authorizations;
    private final JwtGenerator generator;
    private final AuthorizationServerSettings settings;

    DemoTokens(
            RegisteredClientRepository clients,
            OAuth2AuthorizationService authorizations,
            JwtGenerator generator,
            AuthorizationServerSettings settings) {
        this.clients = clients;
        this.authorizations = authorizations;
        this.generator = generator;
        this.settings = settings;
    }

    String issueTo(User user) {
        RegisteredClient client = Objects.requireNonNull(clients.findByClientId(Clients.NATIVE_APP));
        Authentication principal = UsernamePasswordAuthenticationToken.authenticated(user.id(), null, List.of());
        Set<String> scopes = user.scopesAmong(Scopes.FRONT_DOOR);
        Jwt jwt = Objects.requireNonNull(generator.generate(DefaultOAuth2TokenContext.builder()
                .registeredClient(client)
                .principal(principal)
                .authorizationServerContext(new Context(settings))
                .authorizedScopes(scopes)
                .tokenType(OAuth2TokenType.ACCESS_TOKEN)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .build()));
        authorizations.save(OAuth2Authorization.withRegisteredClient(client)
                .principalName(user.id())
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .authorizedScopes(scopes)
                .attribute(Principal.class.getName(), principal)
                .token(accessToken(jwt, scopes), metadata -> {
                    metadata.put(OAuth2Authorization.Token.CLAIMS_METADATA_NAME, jwt.getClaims());
                    metadata.put(OAuth2Authorization.Token.INVALIDATED_METADATA_NAME, false);
                    metadata.put(OAuth2TokenFormat.class.getName(), OAuth2TokenFormat.SELF_CONTAINED.getValue());
                })
                .build());
        return jwt.getTokenValue();
    }

    private static OAuth2AccessToken accessToken(Jwt jwt, Set<String> scopes) {
        return new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.BEARER, jwt.getTokenValue(), jwt.getIssuedAt(), jwt.getExpiresAt(), scopes);
    }

    private record Context(AuthorizationServerSettings settings) implements AuthorizationServerContext {

        @Override
        public String getIssuer() {
            return Objects.requireNonNull(settings.getIssuer());
        }

        @Override
        public AuthorizationServerSettings getAuthorizationServerSettings() {
            return settings;
        }
    }
}
