package dev.procura.gateway.route;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Counts requests of the {@link HitPath} under the names and with the tags that the full path gives them: each timer is looked
 * up once for a route, a method and a status.
 */
final class RequestMeters {

    private static final String ALL = "http.server.requests";
    private static final String ROUTED = "spring.cloud.gateway.requests";
    private static final String NONE = "none";
    private static final String UNKNOWN = "UNKNOWN";

    /** @param failure the name of what broke an answer off; "none" for nothing */
    private record Kind(String route, String method, int status, String failure) {}

    private record Timers(Timer all, Timer routed) {}

    private final MeterRegistry meters;
    private final Map<Kind, Timers> timers = new ConcurrentHashMap<>();

    RequestMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    /**
     * A request whose answer has gone out, or has broken off.
     *
     * @param untilHead nanoseconds until the tier's answer began
     * @param whole nanoseconds until its end
     * @param failure what broke it off
     */
    void answered(
            ProcuraRoute route, String method, int status, long untilHead, long whole, Optional<Throwable> failure) {
        Kind kind = new Kind(
                route.id(),
                method,
                status,
                failure.map(thrown -> thrown.getClass().getSimpleName()).orElse(NONE));
        Timers both = timers.computeIfAbsent(kind, any -> timers(route, kind));
        both.routed.record(untilHead, TimeUnit.NANOSECONDS);
        both.all.record(whole, TimeUnit.NANOSECONDS);
    }

    /**
     * A caller who has gone before the end.
     *
     * @param status 0 when no answer had begun
     */
    void abandoned(ProcuraRoute route, String method, int status, long untilHead, long whole) {
        String told = status == 0 ? UNKNOWN : Integer.toString(status);
        meters.timer(ALL, all(method, told, UNKNOWN, uri(HttpStatus.resolve(status)), NONE))
                .record(whole, TimeUnit.NANOSECONDS);
        if (status != 0) {
            timers.computeIfAbsent(new Kind(route.id(), method, status, NONE), kind -> timers(route, kind))
                    .routed
                    .record(untilHead, TimeUnit.NANOSECONDS);
        }
    }

    private Timers timers(ProcuraRoute route, Kind kind) {
        HttpStatusCode code = HttpStatusCode.valueOf(kind.status());
        HttpStatus known = HttpStatus.resolve(kind.status());
        String outcome = code.is2xxSuccessful()
                ? "SUCCESS"
                : known == null ? UNKNOWN : known.series().name();
        return new Timers(
                meters.timer(
                        ALL, all(kind.method(), Integer.toString(kind.status()), outcome, uri(known), kind.failure())),
                meters.timer(
                        ROUTED,
                        Tags.of(
                                "routeId", kind.route(),
                                "routeUri", withPort(route.uri()),
                                "httpMethod", kind.method(),
                                "httpStatusCode", Integer.toString(kind.status()),
                                "outcome",
                                        known == null
                                                ? "CUSTOM"
                                                : known.series().name(),
                                "status", known == null ? Integer.toString(kind.status()) : known.name())));
    }

    private static Tags all(String method, String status, String outcome, String uri, String failure) {
        return Tags.of(
                "method",
                method,
                "status",
                status,
                "outcome",
                outcome,
                "uri",
                uri,
                "exception",
                failure,
                "error",
                failure);
    }

    /** The gateway's routes have no pattern there. */
    private static String uri(@Nullable HttpStatus known) {
        if (known != null && known.is3xxRedirection()) {
            return "REDIRECTION";
        }
        return known == HttpStatus.NOT_FOUND ? "NOT_FOUND" : UNKNOWN;
    }

    /** As Spring Cloud Gateway writes the address of a route. */
    private static String withPort(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.toString();
        }
        int port = "https".equals(uri.getScheme()) ? 443 : 80;
        return UriComponentsBuilder.fromUri(uri).port(port).build(false).toUriString();
    }
}
