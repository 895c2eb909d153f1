package dev.procura.gateway.problem;

import java.util.Locale;

/** What wakes an operator and ends no request. Every one has a row in {@code docs/operations.md}. */
public enum Alarm {
    /** A credential in the shared store is not what this gateway sealed there. */
    SHARED_ENTRY_REFUSED,
    /** A revocation or a public key in the shared store is not what this gateway put there. */
    SHARED_RECORD_REFUSED,
    /** This replica does not hear of what others revoke. */
    FLEET_CUT_OFF,
    /** More is revoked than can be held: the oldest revocations have been made one that refuses more. */
    REVOCATIONS_FULL;

    /** Stable, for programs: {@code shared_entry_refused}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
