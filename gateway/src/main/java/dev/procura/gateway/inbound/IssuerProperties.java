package dev.procura.gateway.inbound;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One block of {@code procura.issuers}: whose tokens are let in.
 *
 * @param profile where this kind of server puts client, scopes and roles, and how it marks an application's token
 * @param issuer the exact value of the iss claim
 * @param metadataUri where the metadata is; otherwise derived from the issuer (OpenID Connect, then RFC 8414)
 * @param jwksUri where the keys are; skips discovery
 * @param audiences every audience that some route accepts; a token must hold one of them
 * @param algorithms the signature algorithms that are accepted, asymmetric only
 * @param tokenTypes the accepted values of the header typ; an absent one counts as jwt
 * @param identity the claims that name a user inside this issuer
 * @param clockSkew how far the clocks of the issuer and of the gateway may be apart
 * @param onlyWhereNamed whether its tokens open only routes whose require.issuers names it
 * @param insecureHttp whether its metadata and keys may be fetched without TLS from another machine
 */
public record IssuerProperties(
        @DefaultValue("generic") ProfileName profile,
        @Nullable String issuer,
        @Nullable String metadataUri,
        @Nullable String jwksUri,
        @DefaultValue List<String> audiences,
        @DefaultValue({"RS256", "PS256", "ES256"}) List<String> algorithms,
        @DefaultValue({"at+jwt", "jwt"}) List<String> tokenTypes,
        @DefaultValue("sub") List<String> identity,
        @DefaultValue("30s") Duration clockSkew,
        @DefaultValue("false") boolean onlyWhereNamed,
        @DefaultValue("false") boolean insecureHttp) {}
