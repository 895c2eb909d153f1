package dev.procura.gateway.idp;

import dev.procura.gateway.token.Secret;
import java.nio.file.Path;
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
 * @param clientSecretFile a file with the client's secret, read anew for each request
 * @param sslBundle the bundle with the client's key and certificate
 * @param keyId what the header of a client assertion names the key
 * @param assertionAudience whom a client assertion is meant for; default by dialect
 * @param assertionAlgorithm what signs a client assertion; default by dialect and key
 * @param assertionLife from iat to exp of a client assertion; default by dialect
 * @param assertionThumbprint by which thumbprint a client assertion names the certificate; default by dialect
 * @param assertionFile a file with a token that another system renews, read anew for each request
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
        @DefaultValue("client-secret-basic") ClientAuthenticationMethod authentication,
        @Nullable Secret clientSecret,
        @Nullable Path clientSecretFile,
        @Nullable String sslBundle,
        @Nullable String keyId,
        @Nullable String assertionAudience,
        @Nullable AssertionAlgorithm assertionAlgorithm,
        @Nullable Duration assertionLife,
        @Nullable AssertionThumbprint assertionThumbprint,
        @Nullable Path assertionFile,
        @DefaultValue List<String> clientCapabilities,
        @DefaultValue List<String> subjectIssuers,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("64") int maxInFlight,
        @DefaultValue("false") boolean insecureHttp) {}
