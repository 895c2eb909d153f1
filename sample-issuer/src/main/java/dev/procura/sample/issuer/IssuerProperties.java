package dev.procura.sample.issuer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is not fixed. The secrets are never committed, so they have no defaults; whoever starts this issuer makes them up
 * and hands them over in the environment. The clients with opaque tokens exist only where they have been given theirs.
 *
 * @param issuer the {@code iss} of every token, and where this issuer is found
 * @param gatewaySecret the client {@code gateway}'s, {@code SAMPLE_GATEWAY_SECRET} in the environment
 * @param ordersApiSecret the client {@code orders-api}'s, {@code SAMPLE_ORDERS_API_SECRET} in the environment
 * @param opaqueAppSecret the client {@code opaque-app}'s, {@code SAMPLE_OPAQUE_APP_SECRET} in the environment
 * @param opaqueDaemonSecret the client {@code opaque-daemon}'s, {@code SAMPLE_OPAQUE_DAEMON_SECRET} in the environment
 * @param userPassword what alice and bob sign in with; absent, the login form lets nobody in
 * @param tokenLife how long an access token lives
 */
@ConfigurationProperties("sample")
record IssuerProperties(
        @DefaultValue("http://127.0.0.1:9000") String issuer,
        String gatewaySecret,
        String ordersApiSecret,
        @Nullable String opaqueAppSecret,
        @Nullable String opaqueDaemonSecret,
        @Nullable String userPassword,
        @DefaultValue("5m") Duration tokenLife) {

    IssuerProperties {
        require(gatewaySecret, Clients.GATEWAY, "SAMPLE_GATEWAY_SECRET");
        require(ordersApiSecret, Clients.ORDERS_API, "SAMPLE_ORDERS_API_SECRET");
    }

    private static void require(@Nullable String secret, String client, String variable) {
        if (secret == null || secret.isBlank()) {
            throw new IllegalArgumentException(
                    "The client %s has no secret. Make one up for this run, for example: export %s=$(openssl rand -hex 32)"
                            .formatted(client, variable));
        }
    }

    @Override
    public String toString() {
        return "IssuerProperties[issuer=%s, tokenLife=%s]".formatted(issuer, tokenLife);
    }
}
