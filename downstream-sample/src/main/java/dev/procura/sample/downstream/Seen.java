package dev.procura.sample.downstream;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this tier saw of one request: who it was told is asking, and the names of what came along, never a token or the
 * value of a header.
 *
 * @param client the {@code client_id} or {@code azp} of the token
 * @param actors who acts for the subject, the current one first
 * @param headers sorted, in lower case
 * @param userContext verified; absent when none came
 * @param unverified headers that claim something about the caller and that this tier was not told how to verify
 * @param next the next tier's answer; absent when this is the last
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Seen(
        String tier,
        String method,
        String path,
        List<String> audience,
        @Nullable String subject,
        @Nullable String client,
        List<String> actors,
        List<String> scopes,
        List<String> headers,
        @Nullable UserContext userContext,
        @Nullable List<String> unverified,
        NextTier.@Nullable Answer next) {}
