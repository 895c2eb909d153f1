package dev.procura.gateway.inbound;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One block of {@code procura.issuers}: whose tokens are let in.
 *
 * @param profile the family of the server: where it puts client, scopes and roles, and how it marks an application's token
 * @param issuer the exact value of the iss claim; for entra also a template with {tenantid}
 * @param metadataUri where the metadata is, may hold {tenantid} or {policy}; otherwise derived from the issuer
 * @param jwksUri where the keys are, may hold {tenantid} or {policy}; skips discovery
 * @param tenants entra: whose tokens a template lets in, by tenant id; * means any
 * @param policies b2c: the user flows and custom policies whose tokens are let in
 * @param audiences every audience that some route accepts; a token must hold one of them
 * @param algorithms the signature algorithms that are accepted, asymmetric only; default by profile
 * @param tokenTypes the accepted values of the header typ, an absent one counts as jwt; default by profile
 * @param idTokens whether ID tokens are let in too, never for on-behalf-of: refuse, or accept
 * @param identity the claims that name a user inside this issuer; default by profile
 * @param clockSkew how far the clocks of the issuer and of the gateway may be apart
 * @param keys how long the issuer's keys are kept
 * @param onlyWhereNamed whether its tokens open only routes whose require.issuers names it
 * @param introspection the endpoint that is asked about tokens, opaque ones included
 * @param logout which of its logout tokens are taken; absent: none
 * @param insecureHttp whether its metadata and keys may be fetched without TLS from another machine
 */
public record IssuerProperties(
        @DefaultValue("generic") ProfileName profile,
        @Nullable String issuer,
        @Nullable String metadataUri,
        @Nullable String jwksUri,
        @DefaultValue List<String> tenants,
        @DefaultValue List<String> policies,
        @DefaultValue List<String> audiences,
        @Nullable List<String> algorithms,
        @Nullable List<String> tokenTypes,
        @DefaultValue("refuse") IdTokens idTokens,
        @Nullable List<String> identity,
        @DefaultValue("30s") Duration clockSkew,
        @DefaultValue Keys keys,
        @DefaultValue("false") boolean onlyWhereNamed,
        @Nullable Introspection introspection,
        @Nullable Logout logout,
        @DefaultValue("false") boolean insecureHttp) {

    /** What happens to ID tokens. */
    public enum IdTokens {
        REFUSE,
        ACCEPT
    }

    /**
     * How long keys are kept.
     *
     * @param refresh the age at which they are fetched again; a key that the server has withdrawn works no longer than twice this
     * @param maxAge how long the last known ones are used while the server cannot be reached
     * @param coolDown how long after a fetch for an unknown kid no other unknown kid causes one
     */
    public record Keys(
            @DefaultValue("5m") Duration refresh,
            @DefaultValue("24h") Duration maxAge,
            @DefaultValue("30s") Duration coolDown) {

        SigningKeys.Timing timing() {
            return new SigningKeys.Timing(refresh, maxAge, coolDown);
        }
    }

    /**
     * RFC 7662.
     *
     * @param uri the introspection endpoint
     * @param client the block of procura.clients as which it is asked
     * @param tokenPrefix how this issuer's opaque tokens begin, to tell whose they are
     */
    public record Introspection(
            @Nullable String uri,
            @Nullable String client,
            @DefaultValue("") String tokenPrefix) {}

    /**
     * OpenID Connect Back-Channel Logout 1.0.
     *
     * @param audiences the client ids whose logout tokens are taken
     * @param tokenTypes the accepted values of their header typ, an absent one counts as jwt
     */
    public record Logout(
            @DefaultValue List<String> audiences,
            @DefaultValue({"logout+jwt"}) List<String> tokenTypes) {}
}
