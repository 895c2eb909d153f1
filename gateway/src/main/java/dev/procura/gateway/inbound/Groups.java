package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.Set;

/** The groups of a caller. A token that leaves them out for want of room says nothing; it does not say "none". */
public sealed interface Groups {

    /** Every group that the token names; it may name none. */
    record Listed(Set<String> names) implements Groups {

        public Listed {
            names = Set.copyOf(names);
        }
    }

    /** There are more than the token could hold, and it only points at them. */
    enum Untold implements Groups {
        UNTOLD
    }

    /**
     * The claim {@code groups}; untold where the token has a distributed claim in its place (OpenID Connect Core section
     * 5.6.2: {@code _claim_names}), or Entra's mark for the implicit flow ({@code hasgroups}).
     */
    static Groups of(Claims claims) {
        boolean pointed =
                claims.object("_claim_names").map(names -> names.has("groups")).orElse(false)
                        || claims.has("hasgroups")
                        || claims.has("groups:src1");
        return pointed ? Untold.UNTOLD : new Listed(Set.copyOf(claims.strings("groups")));
    }
}
