package dev.procura.gateway.problem;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Writes a {@link ProblemException} as HTTP: status, challenge (RFC 6750 section 3) and problem document (RFC 9457). All
 * of it is made of the problem's own public words, so nothing else can leak.
 */
final class ProblemResponse {

    private static final Duration RETRY_SOON = Duration.ofSeconds(1);

    private ProblemResponse() {}

    /** @param resourceMetadata where the caller's client learns what it needs (RFC 9728 section 5.1) */
    static Mono<Void> write(ServerWebExchange exchange, ProblemException failure, Optional<String> resourceMetadata) {
        Problem problem = failure.problem();
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(problem.status()));
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setCacheControl("no-store");
        if (problem.challenge() != Problem.Challenge.NONE) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, challenge(failure, resourceMetadata));
        }
        retryAfter(failure)
                .ifPresent(
                        delay -> headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, delay.toSeconds()))));

        byte[] document = document(problem).getBytes(StandardCharsets.UTF_8);
        headers.setContentLength(document.length);
        if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
            return response.setComplete();
        }
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(document)));
    }

    /** What is unavailable now is worth another try; when, the server may have said. */
    private static Optional<Duration> retryAfter(ProblemException failure) {
        return failure.problem().status() == 503
                ? failure.retryAfter().or(() -> Optional.of(RETRY_SOON))
                : failure.retryAfter();
    }

    /** One challenge, every parameter once; a request without credentials gets no error code (RFC 6750 section 3.1). */
    private static String challenge(ProblemException failure, Optional<String> resourceMetadata) {
        Problem problem = failure.problem();
        if (failure.remedy().claims().isPresent()) {
            return claimsChallenge(failure.remedy().claims().get(), resourceMetadata);
        }
        StringBuilder challenge = new StringBuilder("Bearer realm=\"procura\"");
        if (!problem.challenge().error().isEmpty()) {
            challenge.append(", error=\"").append(problem.challenge().error());
            challenge
                    .append("\", error_description=\"")
                    .append(problem.detail())
                    .append('"');
        }
        ProblemException.Remedy remedy = failure.remedy();
        if (!remedy.scopes().isEmpty()) {
            parameter(challenge, "scope", remedy.scopes().toString());
        }
        if (!remedy.acr().isEmpty()) {
            parameter(challenge, "acr_values", String.join(" ", remedy.acr()));
        }
        remedy.maxAge().ifPresent(age -> parameter(challenge, "max_age", Long.toString(age.toSeconds())));
        resourceMetadata.ifPresent(address -> parameter(challenge, "resource_metadata", address));
        return challenge.toString();
    }

    /** In the form that Microsoft's client libraries look for: its own error, and nothing beside what it needs. */
    private static String claimsChallenge(ProblemException.ClaimsChallenge needed, Optional<String> resourceMetadata) {
        StringBuilder challenge = new StringBuilder("Bearer realm=\"\"");
        parameter(challenge, "authorization_uri", needed.authorizationUri().toString());
        parameter(challenge, "error", "insufficient_claims");
        parameter(challenge, "claims", needed.claims());
        resourceMetadata.ifPresent(address -> parameter(challenge, "resource_metadata", address));
        return challenge.toString();
    }

    /** The values come out of the checked configuration: none holds a quote, a backslash or a control character. */
    private static void parameter(StringBuilder challenge, String name, String value) {
        challenge.append(", ").append(name).append("=\"").append(value).append('"');
    }

    /** The values are ours and hold no character that JSON would have to escape; a test reads each one back. */
    static String document(Problem problem) {
        return "{\"type\":\"urn:procura:problem:%s\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"}"
                .formatted(problem.code(), problem.detail(), problem.status(), problem.code());
    }
}
