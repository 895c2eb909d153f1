package dev.procura.sample.issuer;

import static org.springframework.security.oauth2.core.AuthorizationGrantType.AUTHORIZATION_CODE;

import java.security.Principal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClaimAccessor;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContext;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.OAuth2TokenFormat;
import org.springframework.security.oauth2.server.authorization.token.DefaultOAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;
import org.springframework.util.StringUtils;

/**
 * Makes the token that an app would get by code and PKCE once the user has signed in, without the signing in. The
 * authorization is stored like a real one, since only tokens whose authorization is known can be exchanged.
 */
final class DemoTokens {

    private final RegisteredClientRepository clients;
    private final OAuth2AuthorizationService authorizations;
    private final OAuth2TokenGenerator<OAuth2Token> generator;
    private final AuthorizationServerSettings settings;

    DemoTokens(
            RegisteredClientRepository clients,
            OAuth2AuthorizationService authorizations,
            OAuth2TokenGenerator<OAuth2Token> generator,
            AuthorizationServerSettings settings) {
        this.clients = clients;
        this.authorizations = authorizations;
        this.generator = generator;
        this.settings = settings;
    }

    /** A client that people sign in to; the others get no user's token here, as they get none by code. */
    Optional<RegisteredClient> app(String id) {
        return Optional.of(id)
                .filter(StringUtils::hasText)
                .map(clients::findByClientId)
                .filter(client -> client.getAuthorizationGrantTypes().contains(AUTHORIZATION_CODE));
    }

    String issue(User user, RegisteredClient app) {
        Authentication principal = UsernamePasswordAuthenticationToken.authenticated(user.id(), null, List.of());
        Set<String> scopes = user.scopesAmong(Scopes.FRONT_DOOR);
        OAuth2Token token = Objects.requireNonNull(generator.generate(DefaultOAuth2TokenContext.builder()
                .registeredClient(app)
                .principal(principal)
                .authorizationServerContext(new Context(settings))
                .authorizedScopes(scopes)
                .tokenType(OAuth2TokenType.ACCESS_TOKEN)
                .authorizationGrantType(AUTHORIZATION_CODE)
                .build()));
        authorizations.save(OAuth2Authorization.withRegisteredClient(app)
                .principalName(user.id())
                .authorizationGrantType(AUTHORIZATION_CODE)
                .authorizedScopes(scopes)
                .attribute(Principal.class.getName(), principal)
                .token(accessToken(token, scopes), metadata -> {
                    metadata.put(OAuth2Authorization.Token.CLAIMS_METADATA_NAME, ((ClaimAccessor) token).getClaims());
                    metadata.put(OAuth2Authorization.Token.INVALIDATED_METADATA_NAME, false);
                    metadata.put(OAuth2TokenFormat.class.getName(), format(app));
                })
                .build());
        return token.getTokenValue();
    }

    private static OAuth2AccessToken accessToken(OAuth2Token token, Set<String> scopes) {
        return new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.BEARER,
                token.getTokenValue(),
                token.getIssuedAt(),
                token.getExpiresAt(),
                scopes);
    }

    private static String format(RegisteredClient app) {
        return app.getTokenSettings().getAccessTokenFormat().getValue();
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
