package dev.procura.sample.downstream;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A next tier that is reached through the gateway: with the token this tier was given, which the gateway trades for one
 * that the next tier takes, and this tier's own token in {@code Actor-Token}, which says who is asking. {@code
 * Via} goes along as it came (RFC 9110 section 7.6.3): without it, the gateway cannot see a loop. Redirects are not
 * followed, so neither token goes anywhere else.
 */
final class GatewayTier implements NextTier {

    static final String ACTOR_TOKEN = "Actor-Token";

    private static final Logger log = LoggerFactory.getLogger(GatewayTier.class);
    private static final int MAX_BODY_BYTES = 256 * 1024;

    private final URI url;
    private final OwnToken ownToken;
    private final RestClient http;
    private final JsonMapper json;

    GatewayTier(URI url, OwnToken ownToken, RestClient http, JsonMapper json) {
        this.url = url;
        this.ownToken = ownToken;
        this.http = http;
        this.json = json;
    }

    @Override
    public Optional<Answer> call(Jwt given, List<String> via) {
        String own;
        try {
            own = ownToken.value();
        } catch (RestClientException e) {
            log.warn("No own token: {}", e.getClass().getSimpleName());
            return Optional.of(Answer.failed("own_token_refused"));
        }
        try {
            return Optional.of(call(given.getTokenValue(), own, via));
        } catch (RestClientException e) {
            log.warn("{} could not be reached: {}", url, e.getClass().getSimpleName());
            return Optional.of(Answer.failed("unreachable"));
        }
    }

    private Answer call(String given, String own, List<String> via) {
        return http.get()
                .uri(url)
                .headers(headers -> {
                    headers.setBearerAuth(given);
                    headers.addAll(HttpHeaders.VIA, via);
                })
                .header(ACTOR_TOKEN, own)
                .header(HttpHeaders.ACCEPT, "application/json")
                .exchangeForRequiredValue((request, response) ->
                        Answer.of(response.getStatusCode().value(), body(response)));
    }

    private @Nullable Object body(ClientHttpResponse response) throws IOException {
        try (InputStream body = response.getBody()) {
            return json.readValue(body.readNBytes(MAX_BODY_BYTES), Object.class);
        } catch (JacksonException e) {
            return null;
        }
    }
}
