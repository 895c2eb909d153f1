package dev.procura.gateway;

import dev.procura.gateway.cache.CacheProperties;
import dev.procura.gateway.console.ManagementProperties;
import dev.procura.gateway.idp.ClientProperties;
import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.route.RouteProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Everything under {@code procura}. A key that is not here stops the start-up, see {@link ConfigurationCheck}.
 *
 * @param publicUrl the address that callers use; the issuer of signed user contexts
 * @param issuers whose tokens are let in, by a name of your own
 * @param clients who the gateway is at each authorization server, by a name of your own
 * @param routes where requests go; the first that fits gets the request
 * @param cache how much is remembered, and for how long
 * @param userContext the keys that sign user contexts
 * @param delegation how far a request may be handed on
 * @param management who may change what the gateway does while it runs
 * @param drain how long a gateway that ends still takes new requests: until whoever sends them has seen that it is not ready
 */
@ConfigurationProperties("procura")
public record ProcuraProperties(
        @Nullable String publicUrl,
        @DefaultValue Map<String, IssuerProperties> issuers,
        @DefaultValue Map<String, ClientProperties> clients,
        @DefaultValue List<RouteProperties> routes,
        @DefaultValue CacheProperties cache,
        @DefaultValue UserContextProperties userContext,
        @DefaultValue DelegationProperties delegation,
        @DefaultValue ManagementProperties management,
        @DefaultValue("0s") Duration drain) {

    /**
     * {@code procura.user-context}: what signs the statements about callers.
     *
     * @param keys names of spring.ssl.bundle entries with a P-256 key; the first signs, all are published
     */
    public record UserContextProperties(@DefaultValue List<String> keys) {}
}
