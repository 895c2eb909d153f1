package dev.procura.sample.downstream;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;

/** The tier behind this one. */
interface NextTier {

    /**
     * Calls the next tier for whoever {@code given} speaks for; empty when there is no next tier.
     *
     * @param via the way that the request has come so far, field line by field line
     */
    Optional<Answer> call(Jwt given, List<String> via);

    static NextTier none() {
        return (given, via) -> Optional.empty();
    }

    /**
     * What came back. Exactly one of {@code status} and {@code error} is there: a next tier that refuses is data for the
     * reader, and so is one that could not be asked.
     *
     * @param body the JSON that came back, problem documents included; absent when it was not JSON
     * @param error {@code own_token_refused} or {@code unreachable}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            @Nullable Integer status,
            @Nullable Object body,
            @Nullable String error) {

        static Answer of(int status, @Nullable Object body) {
            return new Answer(status, body, null);
        }

        static Answer failed(String error) {
            return new Answer(null, null, error);
        }
    }
}
