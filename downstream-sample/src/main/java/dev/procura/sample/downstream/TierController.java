package dev.procura.sample.downstream;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers every path and method with what this tier saw, once its token and its user context have been verified. */
@RestController
final class TierController {

    private final String name;
    private final UserContexts userContexts;
    private final NextTier next;

    TierController(String name, UserContexts userContexts, NextTier next) {
        this.name = name;
        this.userContexts = userContexts;
        this.next = next;
    }

    @RequestMapping("/**")
    Seen answer(HttpServletRequest request, JwtAuthenticationToken caller) {
        Jwt token = caller.getToken();
        List<String> contexts = Collections.list(request.getHeaders(UserContexts.HEADER));
        Optional<UserContext> context = userContexts.read(contexts, token.getTokenValue());
        return new Seen(
                name,
                request.getMethod(),
                request.getRequestURI(),
                Claims.list(token.getAudience()),
                token.getSubject(),
                Claims.client(token),
                Claims.actors(token),
                Claims.scopes(token),
                headerNames(request),
                context.orElse(null),
                contexts.isEmpty() || context.isPresent() ? null : List.of(UserContexts.HEADER),
                next.call(token, Collections.list(request.getHeaders(HttpHeaders.VIA)))
                        .orElse(null));
    }

    private static List<String> headerNames(HttpServletRequest request) {
        return Collections.list(request.getHeaderNames()).stream()
                .map(header -> header.toLowerCase(Locale.ROOT))
                .distinct()
                .sorted()
                .toList();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refuse(UserContextRefused refused) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.UNAUTHORIZED, refused.check().meaning());
        problem.setTitle("The user context was refused");
        problem.setProperty("code", refused.check().code());
        return ResponseEntity.of(problem)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .build();
    }
}
