package dev.procura.gateway.fleet;

/** The store has answered, and what it says is no: to this command, not to all of them. An outcome, no stack trace. */
public final class Refused extends RuntimeException {

    /** @param reason a word of the store's, without names and values */
    Refused(String reason) {
        super(reason, null, false, false);
    }
}
