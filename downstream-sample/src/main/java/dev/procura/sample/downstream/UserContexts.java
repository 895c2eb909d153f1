package dev.procura.sample.downstream;

import java.util.List;
import java.util.Optional;

/** Reads the user context that the gateway puts beside a credential in its own name. */
interface UserContexts {

    String HEADER = "Procura-User-Context";

    /**
     * The user context of a request; empty when none came.
     *
     * @param values every value of {@link #HEADER} on the request
     * @param credential the access token beside it, which the caller of this method has validated
     * @throws UserContextRefused when one came and fails a check, or none came and one is required
     */
    Optional<UserContext> read(List<String> values, String credential);

    /** Looks at nothing, and so believes nothing. */
    static UserContexts unread() {
        return (values, credential) -> Optional.empty();
    }
}
