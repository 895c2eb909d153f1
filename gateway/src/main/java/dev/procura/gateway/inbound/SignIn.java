package dev.procura.gateway.inbound;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * How and when the user signed in, as far as the token says so.
 *
 * @param acr the authentication contexts that were met (RFC 9470 section 3)
 * @param time when the user last signed in actively ({@code auth_time})
 */
public record SignIn(Set<String> acr, Optional<Instant> time) {

    public SignIn {
        acr = Set.copyOf(acr);
    }

    public static SignIn untold() {
        return new SignIn(Set.of(), Optional.empty());
    }
}
