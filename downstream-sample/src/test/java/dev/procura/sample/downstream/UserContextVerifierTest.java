package dev.procura.sample.downstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.sample.downstream.UserContextRefused.Check;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserContextVerifierTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final String CREDENTIAL = "the.access.token";
    private static final ECKey KEY = SignedContext.newKey("gateway-1");

    private final SignedContext good = SignedContext.of(KEY, CREDENTIAL, NOW);
    private final UserContextVerifier verifier = verifier(false);

    @Test
    void acceptsARightOne() {
        assertThat(verifier.read(List.of(good.serialize()), CREDENTIAL)).hasValueSatisfying(context -> {
            assertThat(context.caller()).containsEntry("identity", Map.of("sub", "alice"));
            assertThat(context.scopes()).containsExactly("orders.read", "reports.read");
        });
    }

    @Test
    void saysWhenNoneCame() {
        assertThat(verifier.read(List.of(), CREDENTIAL)).isEmpty();
    }

    @Test
    void refusesARequestWithoutOneWhenRequired() {
        assertThatExceptionOfType(UserContextRefused.class)
                .isThrownBy(() -> verifier(true).read(List.of(), CREDENTIAL))
                .matches(refused -> refused.check() == Check.MISSING);
    }

    @Test
    void refusesTwo() {
        assertThatExceptionOfType(UserContextRefused.class)
                .isThrownBy(() -> verifier.read(List.of(good.serialize(), good.serialize()), CREDENTIAL))
                .matches(refused -> refused.check() == Check.MALFORMED);
    }

    @Test
    void refusesWhatIsNotAJwt() {
        assertRefused("alice", Check.MALFORMED);
    }

    @Test
    void refusesAnotherType() {
        assertRefused(good.typed("at+jwt").serialize(), Check.TYP);
    }

    @Test
    void refusesAnUnsignedOne() {
        assertRefused(good.unsigned(), Check.ALG);
    }

    @Test
    void refusesOneSignedWithThePublicKeyAsASecret() throws JOSEException {
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(KEY.getKeyID())
                        .type(new JOSEObjectType(UserContextVerifier.TYPE))
                        .build(),
                good.claims());
        forged.sign(new MACSigner(KEY.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
        assertRefused(forged.serialize(), Check.ALG);
    }

    @Test
    void refusesAnUnknownKey() {
        assertRefused(good.signedBy(SignedContext.newKey("gateway-2")).serialize(), Check.KEY);
    }

    @Test
    void refusesAKeyThatIsNotNamed() {
        ECKey nameless = new ECKey.Builder(KEY).keyID(null).build();
        assertRefused(good.signedBy(nameless).serialize(), Check.KEY);
    }

    @Test
    void refusesAKnownKeyIdWithAnotherKeysSignature() {
        assertRefused(good.signedBy(SignedContext.newKey(KEY.getKeyID())).serialize(), Check.SIGNATURE);
    }

    @Test
    void refusesAnotherIssuer() {
        assertRefused(
                good.with(claims -> claims.issuer("http://127.0.0.1:8081")).serialize(), Check.ISS);
    }

    @Test
    void refusesAnotherTiersAudience() {
        assertRefused(good.with(claims -> claims.audience("orders-api")).serialize(), Check.AUD);
    }

    @Test
    void refusesAnExpiredOne() {
        assertRefused(expiringAt(NOW.minusSeconds(5)).serialize(), Check.EXP);
    }

    @Test
    void toleratesAClockThatIsABitAhead() {
        assertThat(verifier.read(List.of(expiringAt(NOW.minusSeconds(4)).serialize()), CREDENTIAL))
                .isPresent();
    }

    @Test
    void refusesOneThatNeverExpires() {
        assertRefused(good.with(claims -> claims.expirationTime(null)).serialize(), Check.EXP);
    }

    @Test
    void refusesOneThatLivesTooLong() {
        assertRefused(expiringAt(NOW.plusSeconds(66)).serialize(), Check.EXP);
    }

    @Test
    void refusesOneThatBelongsToAnotherCredential() {
        assertRefused(SignedContext.of(KEY, "another.access.token", NOW).serialize(), Check.ATH);
    }

    @Test
    void refusesOneThatBelongsToNoCredential() {
        assertRefused(good.with(claims -> claims.claim("ath", null)).serialize(), Check.ATH);
    }

    @Test
    void refusesOneThatNamesNobody() {
        assertRefused(good.with(claims -> claims.claim("caller", null)).serialize(), Check.CALLER);
        assertRefused(
                good.with(claims -> claims.claim("caller", Map.of("iss", "x", "identity", Map.of(), "kind", "user")))
                        .serialize(),
                Check.CALLER);
    }

    private void assertRefused(String context, Check check) {
        assertThatExceptionOfType(UserContextRefused.class)
                .isThrownBy(() -> verifier.read(List.of(context), CREDENTIAL))
                .satisfies(refused -> assertThat(refused.check()).isEqualTo(check));
    }

    private SignedContext expiringAt(Instant expiry) {
        return good.with(claims -> claims.expirationTime(Date.from(expiry)));
    }

    private static UserContextVerifier verifier(boolean required) {
        return new UserContextVerifier(
                SignedContext.ISSUER,
                SignedContext.AUDIENCE,
                new ImmutableJWKSet<>(new JWKSet(KEY.toPublicJWK())),
                required,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }
}
