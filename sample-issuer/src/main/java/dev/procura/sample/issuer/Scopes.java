package dev.procura.sample.issuer;

import java.util.Set;

/** Every scope there is. */
final class Scopes {

    static final String OPENID = "openid";

    /** What a user's app asks for. An exchange never adds one of these. */
    static final Set<String> FRONT_DOOR = Set.of("orders.read", "reports.read");

    /** What an exchange may ask for, on behalf of a user who may have it. */
    static final Set<String> TARGET = Set.of("orders", "inventory");

    private Scopes() {}
}
