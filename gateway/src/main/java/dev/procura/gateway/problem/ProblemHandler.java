package dev.procura.gateway.problem;

import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/**
 * The one place where failures become answers. Stands before every other exception handler, so that nothing else ever
 * writes an error; logs one line for each refusal.
 */
public final class ProblemHandler implements WebExceptionHandler, Ordered {

    private static final Logger log = LoggerFactory.getLogger("procura.refused");

    /** How deep a problem is looked for in other exceptions. */
    private static final int MAX_WRAPPINGS = 8;

    private final Function<ServerWebExchange, String> routeOf;
    private final Function<ServerWebExchange, Optional<String>> resourceMetadataOf;

    /**
     * @param routeOf the id of the route that a request was on, {@code "-"} when there is none
     * @param resourceMetadataOf where the metadata of the resource is that the request was for (RFC 9728)
     */
    public ProblemHandler(
            Function<ServerWebExchange, String> routeOf,
            Function<ServerWebExchange, Optional<String>> resourceMetadataOf) {
        this.routeOf = routeOf;
        this.resourceMetadataOf = resourceMetadataOf;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
        if (exchange.getResponse().isCommitted()) {
            // The head has gone out: the only honest thing left is to cut the connection.
            return Mono.error(thrown);
        }
        ProblemException failure = problemWithin(thrown).orElseGet(() -> translate(thrown));
        log(routeOf.apply(exchange), failure);
        forget(exchange.getResponse().getHeaders());
        boolean challenged = failure.problem().challenge() != Problem.Challenge.NONE;
        return ProblemResponse.write(
                exchange, failure, challenged ? resourceMetadataOf.apply(exchange) : Optional.empty());
    }

    /** What a filter or half an answer left behind; a single-page app needs the CORS headers to read the refusal. */
    private static void forget(HttpHeaders headers) {
        List<String> names = headers.headerNames().stream()
                .filter(name ->
                        !name.regionMatches(true, 0, "Access-Control-", 0, 15) && !name.equalsIgnoreCase("Vary"))
                .toList();
        names.forEach(headers::remove);
    }

    /** One line for a refusal, in one form, wherever it is made; its parts are fields where logs are structured. */
    public static void log(String route, ProblemException failure) {
        Problem problem = failure.problem();
        LoggingEventBuilder event = log.atLevel(level(problem))
                .addKeyValue("code", problem.code())
                .addKeyValue("status", problem.status())
                .addKeyValue("route", route);
        for (Map.Entry<String, String> fact : failure.facts().entrySet()) {
            event = event.addKeyValue(fact.getKey(), fact.getValue());
        }
        if (problem == Problem.INTERNAL_ERROR && failure.getCause() != null) {
            event = event.setCause(failure.getCause());
        }
        event.log("code={} status={} route={} {}", problem.code(), problem.status(), route, failure.reason());
    }

    private static Level level(Problem problem) {
        if (problem == Problem.INTERNAL_ERROR) {
            return Level.ERROR;
        }
        return problem.status() >= 500 ? Level.WARN : Level.INFO;
    }

    /** The problem document, for an answer that is written outside of the web framework. */
    public static byte[] document(Problem problem) {
        return ProblemResponse.document(problem).getBytes(StandardCharsets.UTF_8);
    }

    /** Custom code may wrap what it is told, in an exhausted retry for example: the reason stays the reason. */
    private static Optional<ProblemException> problemWithin(Throwable thrown) {
        Throwable one = thrown;
        for (int depth = 0; one != null && depth < MAX_WRAPPINGS; depth++) {
            if (one instanceof ProblemException problem) {
                return Optional.of(problem);
            }
            one = one.getCause();
        }
        return Optional.empty();
    }

    private static ProblemException translate(Throwable thrown) {
        if (thrown instanceof ResponseStatusException status) {
            return ofStatus(status);
        }
        if (thrown instanceof TimeoutException) {
            return ProblemException.of(Problem.TIER_TIMEOUT, "the tier did not answer in time");
        }
        boolean connectionFault = thrown instanceof IOException
                || thrown instanceof Http2Exception
                || thrown instanceof CodecException
                // Either side of us may have gone away; if it was the caller, nobody reads the answer.
                || thrown instanceof AbortedException;
        if (connectionFault) {
            return ProblemException.of(
                    Problem.TIER_UNREACHABLE,
                    "the connection to the tier failed: " + thrown.getClass().getSimpleName());
        }
        return ProblemException.of(
                        Problem.INTERNAL_ERROR,
                        "unexpected " + thrown.getClass().getName())
                .causedBy(thrown);
    }

    private static ProblemException ofStatus(ResponseStatusException thrown) {
        int status = thrown.getStatusCode().value();
        Problem problem = switch (status) {
            case 404 -> Problem.NO_ROUTE;
            case 504 -> Problem.TIER_TIMEOUT;
            default -> status < 500 ? Problem.BAD_REQUEST : Problem.INTERNAL_ERROR;
        };
        ProblemException failure = ProblemException.of(problem, problem.detail());
        return problem == Problem.INTERNAL_ERROR ? failure.causedBy(thrown) : failure;
    }
}
