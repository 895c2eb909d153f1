package dev.procura.sample.downstream;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;

/**
 * What makes a token good enough for this tier: signed by the issuer with RS256, PS256 or ES256, its {@code iss}, this
 * tier's audience, an {@code exp} that has not passed, a {@code typ} of an access token ({@code at+jwt}, {@code JWT} or
 * none), and no {@code cnf}, since this sample cannot check a proof of possession.
 *
 * <p>Not checked: scopes, roles and who the caller is (the gateway decided that), revocation, and how often an unknown
 * key id makes Spring Security fetch the issuer's keys again.
 */
final class TokenDecoders {

    private static final List<SignatureAlgorithm> ALGORITHMS =
            List.of(SignatureAlgorithm.RS256, SignatureAlgorithm.PS256, SignatureAlgorithm.ES256);
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    private TokenDecoders() {}

    /** Nothing is fetched before the first token arrives, so a tier can start before its issuer. */
    static JwtDecoder create(String issuer, @Nullable URI jwksUri, String audience, Clock clock) {
        return new SupplierJwtDecoder(() -> {
            NimbusJwtDecoder decoder = (jwksUri == null
                            ? NimbusJwtDecoder.withIssuerLocation(issuer)
                            : NimbusJwtDecoder.withJwkSetUri(jwksUri.toString()))
                    .jwsAlgorithms(algorithms -> algorithms.addAll(ALGORITHMS))
                    .build();
            decoder.setJwtValidator(validator(issuer, audience, clock));
            return decoder;
        });
    }

    private static OAuth2TokenValidator<Jwt> validator(String issuer, String audience, Clock clock) {
        JwtTimestampValidator timestamps = new JwtTimestampValidator(CLOCK_SKEW);
        timestamps.setAllowEmptyExpiryClaim(false);
        timestamps.setClock(clock);
        JwtTypeValidator type = new JwtTypeValidator("at+jwt", "application/at+jwt", "JWT");
        type.setAllowEmpty(true);
        return new DelegatingOAuth2TokenValidator<>(
                type,
                timestamps,
                new JwtIssuerValidator(issuer),
                new JwtAudienceValidator(audience),
                TokenDecoders::refuseBound);
    }

    /** A token that is bound to its sender's key is worth nothing without a proof of that key. */
    private static OAuth2TokenValidatorResult refuseBound(Jwt token) {
        return token.hasClaim("cnf")
                ? OAuth2TokenValidatorResult.failure(
                        new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN, "bound tokens are not taken here", null))
                : OAuth2TokenValidatorResult.success();
    }
}
