package dev.procura.gateway.console;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.inbound.Revoker;
import dev.procura.gateway.inbound.TokenUse;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.problem.Prose;
import dev.procura.gateway.route.Admission;
import dev.procura.gateway.token.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Where an operator has tokens refused, and sees which are. Nothing is read of a request, and nothing is told, before its
 * bearer token has met {@code procura.management.require}; without that block there is nothing here at all.
 */
public final class RevocationEndpoint {

    private static final Logger log = LoggerFactory.getLogger("procura.revocation");

    private static final int MAX_BODY = 8 * 1024;
    private static final int NEWEST = 100;
    private static final Duration BODY_DEADLINE = Duration.ofSeconds(10);

    private final Optional<AccessRule> rule;
    private final Admission admission;
    private final Issuers issuers;
    private final Revocations revocations;
    private final Revoker revoker;
    private final Clock clock;

    /**
     * What the endpoint works with.
     *
     * @param rule who may call; absent: nobody
     */
    public record Surroundings(
            Optional<AccessRule> rule,
            Admission admission,
            Issuers issuers,
            Revocations revocations,
            Revoker revoker,
            Clock clock) {}

    public RevocationEndpoint(Surroundings surroundings) {
        this.rule = surroundings.rule();
        this.admission = surroundings.admission();
        this.issuers = surroundings.issuers();
        this.revocations = surroundings.revocations();
        this.revoker = surroundings.revoker();
        this.clock = surroundings.clock();
    }

    /** 201 with what counts from now on. */
    public Mono<ServerResponse> revoke(ServerRequest request) {
        return permitted(
                request,
                permit -> body(request)
                        .map(text -> RevocationRequest.read(text, issuers, clock.instant()))
                        .flatMap(asked -> revoker.revoke(asked.what(), asked.notBefore(), done -> record(done, permit)))
                        .flatMap(done -> {
                            Map<String, Object> members = members(done.counts());
                            members.put("told", done.told().code());
                            return json(HttpStatus.CREATED, members);
                        })
                        .onErrorResume(RevocationRequest.Mistake.class, mistake -> mistaken(mistake, permit)));
    }

    /** How many count, and the newest of them. */
    public Mono<ServerResponse> list(ServerRequest request) {
        return permitted(request, permit -> {
            List<Revocation> all = revocations.all();
            log.info("listed {} revocations {}", all.size(), who(permit));
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("held", all.size());
            members.put(
                    "newest",
                    all.stream()
                            .sorted(Comparator.comparing(Revocation::notBefore).reversed())
                            .limit(NEWEST)
                            .map(RevocationEndpoint::members)
                            .toList());
            return json(HttpStatus.OK, members);
        });
    }

    private Mono<ServerResponse> permitted(ServerRequest request, Function<Permit, Mono<ServerResponse>> then) {
        if (rule.isEmpty()) {
            return Mono.error(
                    ProblemException.of(Problem.NO_ROUTE, "without procura.management.require the endpoint is off"));
        }
        return admission
                .admit(rule.get(), request.headers().asHttpHeaders())
                .doOnNext(RevocationEndpoint::requireAccessToken)
                .doOnError(
                        ProblemException.class,
                        refusal -> log.warn(
                                "refused {} {}: code={} {}",
                                request.method(),
                                request.path(),
                                refusal.problem().code(),
                                refusal.reason()))
                .flatMap(then);
    }

    /** An issuer may let ID tokens in: whoever runs a client that an administrator signs in to has one. */
    private static void requireAccessToken(Permit permit) {
        if (!(permit.caller() instanceof Caller.Known known) || known.use() != TokenUse.ACCESS_TOKEN) {
            throw ProblemException.of(Problem.TOKEN_TYPE_REFUSED, "the management endpoint takes access tokens alone");
        }
    }

    private static Mono<String> body(ServerRequest request) {
        boolean json = request.headers()
                .contentType()
                .filter(MediaType.APPLICATION_JSON::equalsTypeAndSubtype)
                .isPresent();
        if (!json) {
            return Mono.error(new RevocationRequest.Mistake("Send application/json"));
        }
        return DataBufferUtils.join(request.exchange().getRequest().getBody(), MAX_BODY)
                .map(buffer -> {
                    String text = buffer.toString(StandardCharsets.UTF_8);
                    DataBufferUtils.release(buffer);
                    return text;
                })
                .defaultIfEmpty("")
                .timeout(BODY_DEADLINE)
                .onErrorMap(
                        DataBufferLimitException.class,
                        e -> new RevocationRequest.Mistake("The body has more than " + MAX_BODY + " bytes"))
                .onErrorMap(
                        TimeoutException.class,
                        e -> new RevocationRequest.Mistake("The body does not come to its end"));
    }

    /** To somebody who may revoke anything: what is wrong may be said. */
    private static Mono<ServerResponse> mistaken(RevocationRequest.Mistake mistake, Permit permit) {
        String detail = String.valueOf(mistake.getMessage());
        Problem problem = Problem.REVOCATION_REFUSED;
        log.warn("refused a revocation: code={} {} {}", problem.code(), detail, who(permit));
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "urn:procura:problem:" + problem.code());
        members.put("title", problem.detail());
        members.put("status", problem.status());
        members.put("code", problem.code());
        members.put("detail", detail);
        return answer(HttpStatus.BAD_REQUEST, MediaType.APPLICATION_PROBLEM_JSON, members);
    }

    private static Map<String, Object> members(Revocation revocation) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("revoked", RevocationRequest.members(revocation.what()));
        members.put("not-before", revocation.notBefore().toString());
        members.put("until", revocation.until().toString());
        return members;
    }

    private static Mono<ServerResponse> json(HttpStatus status, Map<String, Object> members) {
        return answer(status, MediaType.APPLICATION_JSON, members);
    }

    private static Mono<ServerResponse> answer(HttpStatus status, MediaType type, Map<String, Object> members) {
        return ServerResponse.status(status)
                .contentType(type)
                .cacheControl(CacheControl.noStore())
                .bodyValue(JSONObjectUtils.toJSONString(members));
    }

    /** Also where the operator has not waited for the answer. */
    private static void record(Revoker.Done done, Permit permit) {
        log.info(
                "revoked {} not-before={} until={} told={} {}",
                described(done.counts().what()),
                done.counts().notBefore(),
                done.counts().until(),
                done.told().code(),
                who(permit));
    }

    private static String described(Revocation.What what) {
        return Prose.forLog(JSONObjectUtils.toJSONString(RevocationRequest.members(what)));
    }

    /** Enough to find the person where the people are known. */
    private static String who(Permit permit) {
        if (!(permit.caller() instanceof Caller.Known known)) {
            return "by=nobody";
        }
        return "by-issuer=" + known.issuerName() + " by="
                + Fingerprint.of(known.identity().toString().getBytes(StandardCharsets.UTF_8)) + " by-client="
                + Prose.forLog(known.clientId().orElse("-"));
    }
}
