package dev.procura.gateway.idp;

import dev.procura.gateway.token.Secret;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One block of {@code procura.clients}: who the gateway is at an authorization server.
 *
 * @param issuer what issued tokens must say in iss, and where the token endpoint is discovered
 * @param tokenUri where to ask, beside the issuer or alone; alone, the iss of issued tokens is not judged
 * @param dialect how this server wants to be asked
 * @param tenant of an address with {tenantid}: where tokens in the gateway's own name are asked for
 * @param clientId the gateway's client id there
 * @param authentication how the client proves itself
 * @param clientSecret the client's secret
 * @param clientCapabilities entra: what the APIs behind this client can take; cp1 is a claims challenge
 * @param subjectIssuers whose callers may be acted for through this client; default all
 * @param timeout for a whole call to the token endpoint, waiting for a turn included
 * @param maxInFlight how many calls may be under way at once
 * @param insecureHttp whether the server may be asked without TLS on another machine
 */
public record ClientProperties(
        @Nullable String issuer,
        @Nullable String tokenUri,
        @Nullable DialectName dialect,
        @Nullable String tenant,
        @Nullable String clientId,
        @DefaultValue("client-secret-basic") ClientAuthentication authentication,
        @Nullable Secret clientSecret,
        @DefaultValue List<String> clientCapabilities,
        @DefaultValue List<String> subjectIssuers,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("64") int maxInFlight,
        @DefaultValue("false") boolean insecureHttp) {}
