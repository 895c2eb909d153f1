package dev.procura.sample.issuer;

import java.time.Duration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/** Who may ask for tokens: the app that alice and bob use, the gateway, and the API of the first tier. */
final class Clients {

    static final String NATIVE_APP = "native-app";
    static final String GATEWAY = "gateway";
    static final String ORDERS_API = "orders-api";

    private Clients() {}

    /** A public client: code and PKCE, at any port of this machine (RFC 8252 section 7.3). */
    static RegisteredClient nativeApp(Duration tokenLife) {
        return client(NATIVE_APP, tokenLife)
                .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .redirectUri("http://127.0.0.1/callback")
                .scope(Scopes.OPENID)
                .scopes(scopes -> scopes.addAll(Scopes.FRONT_DOOR))
                .clientSettings(ClientSettings.builder().requireProofKey(true).build())
                .build();
    }

    static RegisteredClient gateway(String encodedSecret, Duration tokenLife) {
        return confidential(GATEWAY, encodedSecret, tokenLife);
    }

    static RegisteredClient ordersApi(String encodedSecret, Duration tokenLife) {
        return confidential(ORDERS_API, encodedSecret, tokenLife);
    }

    private static RegisteredClient confidential(String id, String encodedSecret, Duration tokenLife) {
        return client(id, tokenLife)
                .clientSecret(encodedSecret)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .authorizationGrantType(AuthorizationGrantType.TOKEN_EXCHANGE)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .scopes(scopes -> {
                    scopes.addAll(Scopes.FRONT_DOOR);
                    scopes.addAll(Scopes.TARGET);
                })
                .build();
    }

    private static RegisteredClient.Builder client(String id, Duration tokenLife) {
        return RegisteredClient.withId(id)
                .clientId(id)
                .tokenSettings(
                        TokenSettings.builder().accessTokenTimeToLive(tokenLife).build());
    }
}
