package dev.procura.gateway.policy;

import dev.procura.gateway.inbound.Caller;
import java.util.Optional;

/**
 * The proof that the policy let a caller through. Only {@link AccessPolicy} can make one, and credentials are given for
 * nothing else, so skipping the policy does not compile.
 */
public final class Permit implements Decision {

    private final Caller caller;
    private final Optional<Caller.Known> actor;

    Permit(Caller caller, Optional<Caller.Known> actor) {
        this.caller = caller;
        this.actor = actor;
    }

    public Caller caller() {
        return caller;
    }

    /** The API that calls for the caller, proven by its own token; present only where the rule asks for it. */
    public Optional<Caller.Known> actor() {
        return actor;
    }

    @Override
    public String toString() {
        return "Permit[caller=" + caller + ", actor=" + actor + "]";
    }
}
