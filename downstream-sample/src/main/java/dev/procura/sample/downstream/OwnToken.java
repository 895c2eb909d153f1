package dev.procura.sample.downstream;

import dev.procura.sample.downstream.TierProperties.Next;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * This tier's own access token, by client credentials, kept until shortly before it ends. One caller at a time asks for
 * a new one; the others wait for it, no longer than the HTTP timeouts allow.
 */
final class OwnToken {

    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final Next client;
    private final RestClient http;
    private final Clock clock;

    /** Guarded by this object's monitor. */
    private @Nullable Kept kept;

    OwnToken(Next client, RestClient http, Clock clock) {
        this.client = client;
        this.http = http;
        this.clock = clock;
    }

    /** The token's value. Throws {@link RestClientException} when there is none to be had. */
    synchronized String value() {
        Kept current = kept;
        if (current == null || !clock.instant().isBefore(current.until())) {
            current = ask();
            kept = current;
        }
        return current.value();
    }

    private Kept ask() {
        MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
        form.add("grant_type", "client_credentials");
        form.add("audience", client.audience());
        Instant asked = clock.instant();
        Map<String, Object> answer = http.post()
                .uri(client.tokenUri())
                // RFC 6749 section 2.3.1: both parts are form-encoded before they are joined.
                .headers(headers -> headers.setBasicAuth(encode(client.clientId()), encode(client.clientSecret())))
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .body(form)
                .retrieve()
                .body(new ParameterizedTypeReference<>() {});
        if (answer == null
                || !(answer.get("access_token") instanceof String value)
                || !(answer.get("expires_in") instanceof Number seconds)) {
            throw new RestClientException("The token endpoint answered without access_token or expires_in");
        }
        return Kept.of(value, asked, Duration.ofSeconds(seconds.longValue()));
    }

    private static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8);
    }

    private record Kept(String value, Instant until) {

        /** A short life gives up half of itself at most. */
        static Kept of(String value, Instant asked, Duration life) {
            Duration half = life.dividedBy(2);
            return new Kept(value, asked.plus(life).minus(half.compareTo(MARGIN) < 0 ? half : MARGIN));
        }

        @Override
        public String toString() {
            return "Kept[until=%s]".formatted(until);
        }
    }
}
