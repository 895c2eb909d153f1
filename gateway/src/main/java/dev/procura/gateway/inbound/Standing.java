package dev.procura.gateway.inbound;

import java.time.Instant;

/** Why a token that was found good counts as good without being judged again, and until when. */
interface Standing {

    boolean holds(Instant now);

    /**
     * A signature: it counts while the keys are fresh enough and none of them has gone since.
     *
     * @param withdrawals the count under which the signature was verified
     */
    record Signed(SigningKeys keys, long withdrawals) implements Standing {

        @Override
        public boolean holds(Instant now) {
            return keys.stillVouchFor(withdrawals);
        }
    }

    /** The word of the authorization server, which counts for a short time. */
    record Told(Instant until) implements Standing {

        @Override
        public boolean holds(Instant now) {
            return now.isBefore(until);
        }
    }

    default Standing and(Standing other) {
        return now -> holds(now) && other.holds(now);
    }
}
