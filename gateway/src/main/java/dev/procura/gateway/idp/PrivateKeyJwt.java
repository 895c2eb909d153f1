package dev.procura.gateway.idp;

import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A client assertion that the gateway signs itself, a new one for every request (RFC 7523 section 2.2).
 *
 * @param key what signs now
 * @param audience a fixed one; empty: the endpoint that is asked
 * @param life from iat to exp
 * @param namesClient whether the form names the client as well
 */
record PrivateKeyJwt(
        Supplier<AssertionKey> key, Optional<String> audience, Duration life, boolean namesClient, Clock clock)
        implements ClientAuthentication {

    @Override
    public boolean mayBlock() {
        return true;
    }

    @Override
    public Optional<String> authenticate(Form form, String clientId, URI endpoint) {
        Instant now = clock.instant();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(clientId)
                .subject(clientId)
                .audience(audience.orElseGet(endpoint::toString))
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(life)))
                .build();
        ClientAssertion.add(form, key.get().sign(claims));
        if (namesClient) {
            form.addIfAbsent("client_id", clientId);
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "private-key-jwt";
    }
}
