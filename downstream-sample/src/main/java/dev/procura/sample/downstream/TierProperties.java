package dev.procura.sample.downstream;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which tier this process plays.
 *
 * @param name what this tier calls itself in its answers
 * @param audience what {@code aud} must hold for a token to be for this tier
 * @param issuer whose tokens it trusts, exactly as {@code iss} says it
 * @param jwksUri where that issuer's keys are; absent, they are found by discovery, at the first request
 * @param next the tier behind this one, absent for the last
 * @param userContext how to verify the gateway's signed user context; absent, the header is not looked into
 */
@ConfigurationProperties("sample")
record TierProperties(
        String name,
        String audience,
        String issuer,
        @Nullable URI jwksUri,
        @Nullable Next next,
        @Nullable UserContextKeys userContext) {

    TierProperties {
        require(name, "sample.name", "orders");
        require(audience, "sample.audience", "orders-api");
        require(issuer, "sample.issuer", "http://127.0.0.1:9000");
    }

    /**
     * The next tier, and who this tier is when it calls it.
     *
     * @param url the next tier's address <em>at the gateway</em>
     * @param tokenUri where this tier gets its own access token, by client credentials
     * @param audience whom that token is for: the gateway
     */
    record Next(URI url, URI tokenUri, String clientId, String clientSecret, String audience) {

        Next {
            require(url, "sample.next.url", "http://127.0.0.1:8080/inventory/1");
            require(tokenUri, "sample.next.token-uri", "http://127.0.0.1:9000/oauth2/token");
            require(clientId, "sample.next.client-id", "orders-api");
            require(clientSecret, "sample.next.client-secret", "${SAMPLE_ORDERS_API_SECRET}");
            require(audience, "sample.next.audience", "gateway");
        }

        @Override
        public String toString() {
            return "Next[url=%s, tokenUri=%s, clientId=%s, audience=%s]".formatted(url, tokenUri, clientId, audience);
        }
    }

    /**
     * Whose user context is believed.
     *
     * @param jwksUri where the gateway publishes the keys
     * @param issuer the gateway's public address, exactly as {@code iss} says it
     * @param required whether a request without a user context is refused
     */
    record UserContextKeys(
            URI jwksUri,
            String issuer,
            @DefaultValue("false") boolean required) {

        UserContextKeys {
            require(jwksUri, "sample.user-context.jwks-uri", "http://127.0.0.1:8080/.well-known/jwks.json");
            require(issuer, "sample.user-context.issuer", "http://127.0.0.1:8080");
        }
    }

    private static void require(@Nullable Object value, String key, String example) {
        if (value == null || value.toString().isBlank()) {
            throw new IllegalArgumentException("%s is missing, for example: %s: %s".formatted(key, key, example));
        }
    }
}
