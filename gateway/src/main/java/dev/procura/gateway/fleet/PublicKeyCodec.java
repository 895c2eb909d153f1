package dev.procura.gateway.fleet;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.util.Base64URL;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * A public key that signs user contexts as bytes and back: when it ends, and the two coordinates of a point of P-256. There
 * is no room for anything else, a private part least of all; what the key is for and how it is called (its thumbprint, RFC
 * 7638) are not read but made.
 */
final class PublicKeyCodec {

    /** RFC 7518 section 6.2.1.2: of each coordinate of P-256, with leading zeros. */
    private static final int COORDINATE = 32;

    private static final int LENGTH = Long.BYTES + 2 * COORDINATE;

    /** @param until in whole seconds */
    record Ending(ECKey key, Instant until) {}

    private PublicKeyCodec() {}

    static byte[] encode(ECKey key, Instant until) {
        return ByteBuffer.allocate(LENGTH)
                .putLong(until.getEpochSecond())
                .put(coordinate(key.getX()))
                .put(coordinate(key.getY()))
                .array();
    }

    /** Empty: these bytes are no point of P-256 with an end. */
    static Optional<Ending> decode(byte[] bytes) {
        if (bytes.length != LENGTH) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            Instant until = Instant.ofEpochSecond(in.getLong());
            return Optional.of(new Ending(key(next(in), next(in)), until));
        } catch (JOSEException | DateTimeException | IllegalArgumentException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    /** Refuses what is not on the curve. */
    private static ECKey key(Base64URL x, Base64URL y) throws JOSEException {
        return new ECKey.Builder(Curve.P_256, x, y)
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.ES256)
                .keyIDFromThumbprint()
                .build();
    }

    private static byte[] coordinate(Base64URL value) {
        byte[] bytes = value.decode();
        if (bytes.length != COORDINATE) {
            throw new IllegalArgumentException("no coordinate of P-256");
        }
        return bytes;
    }

    private static Base64URL next(ByteBuffer in) {
        byte[] bytes = new byte[COORDINATE];
        in.get(bytes);
        return Base64URL.encode(bytes);
    }
}
