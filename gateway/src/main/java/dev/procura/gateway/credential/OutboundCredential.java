package dev.procura.gateway.credential;

import dev.procura.gateway.token.TokenValue;
import java.util.Optional;

/** What is put on the request to the tier, after everything that the caller sent has been taken off. */
public sealed interface OutboundCredential {

    /** @param userContext the signed statement about the caller, where the route sends one */
    record Bearer(TokenValue token, Optional<TokenValue> userContext) implements OutboundCredential {}

    /** The route sends no credential. */
    enum Absent implements OutboundCredential {
        ABSENT
    }
}
