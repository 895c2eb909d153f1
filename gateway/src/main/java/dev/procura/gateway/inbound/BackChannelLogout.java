package dev.procura.gateway.inbound;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.problem.ProblemHandler;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Where authorization servers tell of logouts (OpenID Connect Back-Channel Logout 1.0 section 2.5): a form with a logout
 * token comes in, and what was issued before it does not count any more. The token is all the authentication there is, and
 * it is enough: it is signed by the issuer that it speaks for.
 */
public final class BackChannelLogout {

    public static final String PATH = "/procura/back-channel-logout";

    private static final Logger log = LoggerFactory.getLogger("procura.revocation");

    /** A token of 16,384 characters, its name, and what else a server may send. */
    private static final int MAX_BODY = 32 * 1024;

    private static final Duration BODY_DEADLINE = Duration.ofSeconds(10);

    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Issuers issuers;
    private final LogoutTokens tokens;
    private final Revoker revoker;

    public BackChannelLogout(Issuers issuers, Revoker revoker, Clock clock) {
        this.issuers = issuers;
        this.tokens = new LogoutTokens(issuers, clock);
        this.revoker = revoker;
    }

    /** 200, or 400 with an OAuth error; 503 where another try may help. */
    public Mono<ServerResponse> receive(ServerRequest request) {
        if (!issuers.takesLogouts()) {
            return Mono.error(
                    ProblemException.of(Problem.NO_ROUTE, "no block of procura.issuers has logout, so none is taken"));
        }
        boolean form = request.headers()
                .contentType()
                .filter(MediaType.APPLICATION_FORM_URLENCODED::equalsTypeAndSubtype)
                .isPresent();
        if (!form) {
            return answer(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "A form is needed");
        }
        return body(request)
                .map(BackChannelLogout::logoutToken)
                .flatMap(tokens::validate)
                .flatMap(this::end)
                .then(Mono.defer(() ->
                        ServerResponse.ok().cacheControl(CacheControl.noStore()).build()))
                .onErrorResume(ProblemException.class, BackChannelLogout::refuse);
    }

    /** The token is used up: an authorization server that does not wait for the answer has ended everything all the same. */
    private Mono<Void> end(LogoutTokens.Logout logout) {
        return revoker.revoke(
                        logout.ended(),
                        logout.issuedAt(),
                        done -> log.info(
                                "back-channel logout: {} of issuer {} revoked, not-before={} until={} told={}",
                                done.counts().what().getClass().getSimpleName(),
                                issuerOf(done.counts().what()),
                                done.counts().notBefore(),
                                done.counts().until(),
                                done.told().code()))
                .then();
    }

    private static String issuerOf(Revocation.What what) {
        return what instanceof Revocation.What.Session session
                ? session.issuer()
                : what instanceof Revocation.What.Subject subject ? subject.issuer() : "-";
    }

    private static Mono<String> body(ServerRequest request) {
        return DataBufferUtils.join(request.exchange().getRequest().getBody(), MAX_BODY)
                .map(buffer -> {
                    String text = buffer.toString(StandardCharsets.UTF_8);
                    DataBufferUtils.release(buffer);
                    return text;
                })
                .defaultIfEmpty("")
                .timeout(BODY_DEADLINE)
                .onErrorMap(DataBufferLimitException.class, tooLarge -> malformed("is too large"))
                .onErrorMap(TimeoutException.class, late -> malformed("does not come to its end"));
    }

    /** Section 2.5: other parameters are ignored. */
    private static String logoutToken(String form) {
        List<String> found = new ArrayList<>();
        for (String parameter : form.split("&", -1)) {
            String[] parts = parameter.split("=", 2);
            if (decoded(parts[0]).equals("logout_token")) {
                found.add(parts.length == 2 ? decoded(parts[1]) : "");
            }
        }
        if (found.size() != 1) {
            throw malformed("does not have logout_token once");
        }
        return found.get(0);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw malformed("is not in form encoding");
        }
    }

    private static ProblemException malformed(String reason) {
        return ProblemException.of(Problem.BAD_REQUEST, "the form " + reason);
    }

    /** Section 2.8. What was wrong stands in the log: the answer is for anybody. */
    private static Mono<ServerResponse> refuse(ProblemException failure) {
        if (failure.problem().status() == 503) {
            ProblemHandler.log(PATH, failure);
            return answer(HttpStatus.SERVICE_UNAVAILABLE, "The logout token cannot be verified at the moment");
        }
        // With the status that is answered, and the code that the same fault has in an access token.
        ProblemHandler.log(
                PATH,
                ProblemException.of(
                        Problem.BAD_REQUEST,
                        "back-channel logout: " + failure.problem().code() + ": " + failure.reason()));
        return answer(HttpStatus.BAD_REQUEST, "The logout token is not accepted");
    }

    private static Mono<ServerResponse> answer(HttpStatus status, String description) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("error", status == HttpStatus.SERVICE_UNAVAILABLE ? "temporarily_unavailable" : "invalid_request");
        members.put("error_description", description);
        ServerResponse.BodyBuilder answer = ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore());
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            answer = answer.header(HttpHeaders.RETRY_AFTER, Long.toString(RETRY.toSeconds()));
        }
        return answer.bodyValue(JSONObjectUtils.toJSONString(members));
    }
}
