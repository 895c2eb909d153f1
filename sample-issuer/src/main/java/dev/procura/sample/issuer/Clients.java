package dev.procura.sample.issuer;

import java.time.Duration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.OAuth2TokenFormat;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.util.StringUtils;

/**
 * Who may ask for tokens: the app that alice and bob use, the gateway, and the API of the first tier. Where they are
 * wanted, there are an app and a daemon besides, whose access tokens are opaque.
 */
final class Clients {

    static final String NATIVE_APP = "native-app";
    static final String GATEWAY = "gateway";
    static final String ORDERS_API = "orders-api";
    static final String OPAQUE_APP = "opaque-app";
    static final String OPAQUE_DAEMON = "opaque-daemon";

    /** At any port of this machine (RFC 8252 section 7.3). */
    private static final String CALLBACK = "http://127.0.0.1/callback";

    private Clients() {}

    /** A public client: code and PKCE. */
    static RegisteredClient nativeApp(Duration tokenLife) {
        return app(NATIVE_APP, tokenLife, OAuth2TokenFormat.SELF_CONTAINED)
                .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                .scope(Scopes.OPENID)
                .build();
    }

    /** A confidential client, so that it can refresh its tokens and revoke them: code and PKCE. */
    static RegisteredClient opaqueApp(String encodedSecret, Duration tokenLife) {
        return app(OPAQUE_APP, tokenLife, OAuth2TokenFormat.REFERENCE)
                .clientSecret(encodedSecret)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                .build();
    }

    static RegisteredClient opaqueDaemon(String encodedSecret, Duration tokenLife) {
        return client(OPAQUE_DAEMON, tokenLife, OAuth2TokenFormat.REFERENCE)
                .clientSecret(encodedSecret)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .scopes(scopes -> scopes.addAll(Scopes.FRONT_DOOR))
                .build();
    }

    static RegisteredClient gateway(String encodedSecret, Duration tokenLife) {
        return confidential(GATEWAY, encodedSecret, tokenLife);
    }

    /** The same without its secret. */
    static RegisteredClient gateway(GatewayProof proof, Duration tokenLife) {
        RegisteredClient.Builder client = exchanging(GATEWAY, tokenLife);
        ClientSettings.Builder settings = ClientSettings.builder();
        String keys = proof.jwkSetUri();
        if (StringUtils.hasText(keys)) {
            client.clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT)
                    .clientAuthenticationMethod(ClientAuthenticationMethod.SELF_SIGNED_TLS_CLIENT_AUTH);
            settings.jwkSetUrl(keys).tokenEndpointAuthenticationSigningAlgorithm(SignatureAlgorithm.RS256);
        }
        String subject = proof.certificateSubject();
        if (StringUtils.hasText(subject)) {
            client.clientAuthenticationMethod(ClientAuthenticationMethod.TLS_CLIENT_AUTH);
            settings.x509CertificateSubjectDN(subject);
        }
        return client.clientSettings(settings.build()).build();
    }

    static RegisteredClient ordersApi(String encodedSecret, Duration tokenLife) {
        return confidential(ORDERS_API, encodedSecret, tokenLife);
    }

    private static RegisteredClient confidential(String id, String encodedSecret, Duration tokenLife) {
        return exchanging(id, tokenLife)
                .clientSecret(encodedSecret)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .build();
    }

    private static RegisteredClient.Builder exchanging(String id, Duration tokenLife) {
        return client(id, tokenLife, OAuth2TokenFormat.SELF_CONTAINED)
                .authorizationGrantType(AuthorizationGrantType.TOKEN_EXCHANGE)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .scopes(scopes -> {
                    scopes.addAll(Scopes.FRONT_DOOR);
                    scopes.addAll(Scopes.TARGET);
                });
    }

    /** What people sign in to. */
    private static RegisteredClient.Builder app(String id, Duration tokenLife, OAuth2TokenFormat format) {
        return client(id, tokenLife, format)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .redirectUri(CALLBACK)
                .scopes(scopes -> scopes.addAll(Scopes.FRONT_DOOR))
                .clientSettings(ClientSettings.builder().requireProofKey(true).build());
    }

    private static RegisteredClient.Builder client(String id, Duration tokenLife, OAuth2TokenFormat format) {
        return RegisteredClient.withId(id)
                .clientId(id)
                .tokenSettings(TokenSettings.builder()
                        .accessTokenTimeToLive(tokenLife)
                        .accessTokenFormat(format)
                        .build());
    }
}
