package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a token endpoint was sent. No field stands twice.
 *
 * @param connection the port at the other end
 */
record Received(
        Optional<String> authorization, Map<String, String> form, List<Certificate> certificates, int connection) {

    /** What the dialect rfc8693 sends of its own, on behalf of alice. */
    static final List<String> FIELDS_OF_THE_GRANT =
            List.of("grant_type", "subject_token", "subject_token_type", "requested_token_type", "audience");

    static Received of(HttpExchange request) throws IOException {
        List<Certificate> certificates = request instanceof HttpsExchange https
                ? List.of(https.getSSLSession().getPeerCertificates())
                : List.of();
        Map<String, String> form = new LinkedHashMap<>();
        String body = new String(request.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
        for (String field : body.split("&", -1)) {
            String[] pair = field.split("=", 2);
            String before = form.put(decoded(pair[0]), decoded(pair[1]));
            assertThat(before).as("a field twice: " + pair[0]).isNull();
        }
        return new Received(
                Optional.ofNullable(request.getRequestHeaders().getFirst("Authorization")),
                form,
                certificates,
                request.getRemoteAddress().getPort());
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** The fields beside those of the grant, in their order. */
    Map<String, String> added() {
        Map<String, String> added = new LinkedHashMap<>(form);
        assertThat(added.keySet()).containsAll(FIELDS_OF_THE_GRANT);
        added.keySet().removeAll(FIELDS_OF_THE_GRANT);
        return added;
    }

    SignedJWT assertion() {
        try {
            return SignedJWT.parse(form.get("client_assertion"));
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
