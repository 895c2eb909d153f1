package dev.procura.gateway.e2e.vendors;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A question as it arrived at a token endpoint.
 *
 * @param target method, path and query
 * @param fields of the form, decoded, each {@code name=value}, in the order in which they came
 * @param authorization the header; empty when there is none
 */
record Asked(String target, List<String> fields, String authorization, String contentType, String accept) {

    /** With characters that a form and HTTP Basic have to encode. */
    static final String SECRET = "s3cr3t of the gateway: 100% & +";

    static Asked of(LoggedRequest request) {
        return new Asked(
                request.getMethod() + " " + request.getUrl(),
                Stream.of(request.getBodyAsString().split("&", -1))
                        .map(Asked::decode)
                        .map(Asked::readable)
                        .toList(),
                text(request.getHeader("Authorization")),
                text(request.getHeader("Content-Type")),
                text(request.getHeader("Accept")));
    }

    /** HTTP Basic as RFC 6749 section 2.3.1 wants it: both are encoded before they are joined. */
    static String basic(String encodedClientId) {
        String pair = encodedClientId + ":s3cr3t+of+the+gateway%3A+100%25+%26+%2B";
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }

    /** A client assertion is another one each time: what it says is what counts. */
    private static String readable(String field) {
        String name = "client_assertion=";
        if (!field.startsWith(name)) {
            return field;
        }
        try {
            SignedJWT jwt = SignedJWT.parse(field.substring(name.length()));
            JWSHeader header = jwt.getHeader();
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            return name + header.getAlgorithm() + " " + header.getType()
                    + (header.getX509CertSHA256Thumbprint() == null ? "" : " x5t#S256")
                    + (claims.getIssuer().equals(claims.getSubject()) ? " of " : " NOT OF ") + claims.getIssuer()
                    + " for " + String.join(" ", claims.getAudience()) + " within "
                    + Duration.between(
                            claims.getIssueTime().toInstant(),
                            claims.getExpirationTime().toInstant());
        } catch (ParseException e) {
            return field;
        }
    }

    String path() {
        return target.substring(target.indexOf(' ') + 1);
    }

    private static String text(@Nullable String header) {
        return header == null ? "" : header;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
