package dev.procura.gateway.inbound;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.procura.gateway.token.Claims;
import java.security.PublicKey;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The public keys of one issuer at one time (RFC 7517 section 5). Immutable.
 *
 * @param fetchedAt when
 * @param withdrawals how often a key had gone missing by then; a token verified under a lower number is verified again
 */
record KeySet(List<VerificationKey> keys, Instant fetchedAt, long withdrawals) {

    private static final int MAX_KEYS = 200;
    private static final int MIN_RSA_BITS = 2048;

    /**
     * @param id the {@code kid}, where the server gives one
     * @param issuer whose tokens it signs, where the server says so (Entra does): an issuer, or a template of many
     */
    record VerificationKey(
            Optional<String> id, Optional<JWSAlgorithm> algorithm, Optional<String> issuer, PublicKey key) {

        /** Whether the key may sign for this issuer's tenant. */
        boolean signsFor(String iss, Optional<String> tenant) {
            return issuer.map(TenantTemplate::new)
                    .map(template -> tenant.map(template::forTenant).orElse(template.text()))
                    .map(iss::equals)
                    .orElse(true);
        }
    }

    KeySet {
        keys = List.copyOf(keys);
    }

    /** Reads a key set; members that are no usable signature keys are left out, as RFC 7517 section 5 asks. */
    static List<VerificationKey> parse(String json) throws ParseException {
        Optional<List<Claims>> members = Json.object(json).objects("keys");
        if (members.isEmpty() || members.get().size() > MAX_KEYS) {
            throw new ParseException("not a key set of at most " + MAX_KEYS + " keys", 0);
        }
        List<VerificationKey> keys = new ArrayList<>();
        for (Claims member : members.get()) {
            read(member).ifPresent(keys::add);
        }
        return keys;
    }

    private static Optional<VerificationKey> read(Claims member) {
        try {
            JWK jwk = JWK.parse(member.values());
            boolean forSignatures = jwk.getKeyUse() == null || KeyUse.SIGNATURE.equals(jwk.getKeyUse());
            Optional<PublicKey> key = publicKey(jwk);
            if (!forSignatures || key.isEmpty()) {
                return Optional.empty();
            }
            Optional<JWSAlgorithm> algorithm =
                    Optional.ofNullable(jwk.getAlgorithm()).map(alg -> JWSAlgorithm.parse(alg.getName()));
            return Optional.of(
                    new VerificationKey(Optional.ofNullable(jwk.getKeyID()), algorithm, issuer(member), key.get()));
        } catch (ParseException | JOSEException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Empty only where there is none: one that is no text is nobody's. */
    private static Optional<String> issuer(Claims member) {
        return member.has("issuer") ? Optional.of(member.string("issuer").orElse("")) : Optional.empty();
    }

    private static Optional<PublicKey> publicKey(JWK jwk) throws JOSEException {
        if (jwk instanceof OctetKeyPair pair) {
            return EdDsaVerifier.publicKey(pair);
        }
        boolean strong = jwk instanceof ECKey || (jwk instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS);
        return strong && jwk instanceof AsymmetricJWK asymmetric
                ? Optional.of(asymmetric.toPublicKey())
                : Optional.empty();
    }

    /** The keys that may have made this signature: the named one; without a name, every one of the right kind. */
    List<VerificationKey> candidates(JWSHeader header) {
        String kid = header.getKeyID();
        return keys.stream()
                .filter(key -> kid == null || key.id().equals(Optional.of(kid)))
                .filter(key -> key.algorithm()
                        .map(algorithm -> isSame(algorithm, header.getAlgorithm()))
                        .orElse(true))
                .filter(key -> key.key().getAlgorithm().equals(keyType(header.getAlgorithm())))
                .toList();
    }

    /** RFC 9864 gave the one curve that {@code EdDSA} meant here a name of its own. */
    private static boolean isSame(JWSAlgorithm one, JWSAlgorithm other) {
        return one.equals(other) || (JWSAlgorithm.Family.ED.contains(one) && JWSAlgorithm.Family.ED.contains(other));
    }

    /** As the JDK calls it. */
    private static String keyType(JWSAlgorithm algorithm) {
        if (JWSAlgorithm.Family.ED.contains(algorithm)) {
            return "EdDSA";
        }
        return JWSAlgorithm.Family.EC.contains(algorithm) ? "EC" : "RSA";
    }

    /** Whether every key of this set is in the other one too. */
    boolean isKeptBy(List<VerificationKey> others) {
        return others.containsAll(keys);
    }
}
