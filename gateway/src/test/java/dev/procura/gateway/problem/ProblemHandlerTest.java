package dev.procura.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.token.Scopes;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ResponseStatusException;
import reactor.netty.channel.AbortedException;
import reactor.test.StepVerifier;

/** Every failure becomes an answer made of the problem's own words, and nothing else. */
final class ProblemHandlerTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String SECRET = "eyJhbGciOi.secret";
    private static final Pattern PARAMETER = Pattern.compile("([a-z_]+)=\"([^\"\\\\]*)\"");

    private final ProblemHandler handler = new ProblemHandler(exchange -> "orders", exchange -> Optional.empty());

    /** Custom code may have tried again, or wrapped what it was told. */
    @Test
    void findsTheProblemInWhatItWasWrappedIn() {
        ProblemException problem = ProblemException.of(Problem.SCOPE_MISSING, "require.scopes");
        Throwable wrapped = new IllegalStateException("retries exhausted", new RuntimeException(problem));

        assertThat(answer(wrapped).getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
        assertThat(answer(new IllegalStateException("its own", new RuntimeException("fault")))
                        .getStatusCode())
                .isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
    }

    @ParameterizedTest
    @EnumSource
    void writesAProblemDocumentOfTheProblemsOwnWordsAndNothingElse(Problem problem) throws ParseException {
        MockServerHttpResponse response = answer(ProblemException.of(problem, "reason: " + SECRET));

        String body = response.getBodyAsString().blockOptional(SOON).orElseThrow();
        assertThat(JSONObjectUtils.parse(body))
                .isEqualTo(Map.of(
                        "type",
                        "urn:procura:problem:" + problem.code(),
                        "title",
                        problem.detail(),
                        "status",
                        (long) problem.status(),
                        "code",
                        problem.code()));
        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.valueOf(problem.status()));
        assertThat(response.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(response.getHeaders().getContentLength()).isEqualTo(body.length());
        assertThat(response.getHeaders().getCacheControl()).isEqualTo("no-store");
        assertThat(response.getHeaders().toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @EnumSource
    void challengesWithEachParameterOnceAndQuoted(Problem problem) {
        MockServerHttpResponse response = answer(ProblemException.of(problem, SECRET)
                .needing(ProblemException.Remedy.scopes(Scopes.of("orders.read", "orders.write"))));

        List<String> challenges = response.getHeaders().getOrEmpty(HttpHeaders.WWW_AUTHENTICATE);
        switch (problem.challenge()) {
            case NONE -> assertThat(challenges).isEmpty();
            case BARE ->
                assertThat(challenges).containsExactly("Bearer realm=\"procura\", scope=\"orders.read orders.write\"");
            case INVALID_REQUEST, INVALID_TOKEN, INSUFFICIENT_SCOPE, STEP_UP ->
                assertThat(challenges)
                        .containsExactly(
                                "Bearer realm=\"procura\", error=\"%s\", error_description=\"%s\", scope=\"%s\""
                                        .formatted(
                                                problem.challenge().error(),
                                                problem.detail(),
                                                "orders.read orders.write"));
        }
        challenges.forEach(ProblemHandlerTest::assertWellFormed);
    }

    /** The address is looked for in what the caller wrote, so it is not looked for in vain. */
    @ParameterizedTest
    @EnumSource
    void asksWhereTheMetadataIsForAChallengeAlone(Problem problem) {
        AtomicInteger asked = new AtomicInteger();
        ProblemHandler counting = new ProblemHandler(exchange -> "orders", exchange -> {
            asked.incrementAndGet();
            return Optional.of("https://api.example.com/metadata");
        });
        MockServerWebExchange exchange = exchange(HttpMethod.GET);

        StepVerifier.create(counting.handle(exchange, ProblemException.of(problem, "reason")))
                .expectComplete()
                .verify(SOON);

        boolean challenged = problem.challenge() != Problem.Challenge.NONE;
        assertThat(asked).hasValue(challenged ? 1 : 0);
        assertThat(exchange.getResponse().getHeaders().getOrEmpty(HttpHeaders.WWW_AUTHENTICATE))
                .hasSize(challenged ? 1 : 0)
                .allSatisfy(challenge ->
                        assertThat(challenge).contains("resource_metadata=\"https://api.example.com/metadata\""));
    }

    @Test
    void tellsARequestWithoutCredentialsNoErrorCode() {
        assertThat(challenge(ProblemException.of(Problem.TOKEN_MISSING, "none")))
                .isEqualTo("Bearer realm=\"procura\"");
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_AUTHORIZATION, invalid_request",
        "TOKEN_EXPIRED, invalid_token",
        "SCOPE_MISSING, insufficient_scope",
        "STEP_UP_REQUIRED, insufficient_user_authentication"
    })
    void namesTheErrorOfTheStandards(Problem problem, String error) {
        assertThat(challenge(ProblemException.of(problem, "reason"))).contains("error=\"" + error + "\"");
    }

    @Test
    void answersHeadWithoutABody() {
        MockServerWebExchange exchange = exchange(HttpMethod.HEAD);

        handle(exchange, ProblemException.of(Problem.TOKEN_MISSING, "none"));

        MockServerHttpResponse response = exchange.getResponse();
        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(response.getHeaders().getFirst(HttpHeaders.WWW_AUTHENTICATE)).isNotNull();
        assertThat(response.getHeaders().getContentLength()).isPositive();
        StepVerifier.create(response.getBody()).expectComplete().verify(SOON);
    }

    @ParameterizedTest
    @CsvSource({"PT30S, 30", "PT1M, 60", "PT0S, 1", "PT0.2S, 1", "PT-5S, 1"})
    void tellsWhenToTryAgainInWholeSecondsAndNeverAtOnce(Duration delay, String header) {
        MockServerHttpResponse response =
                answer(ProblemException.of(Problem.ROUTE_BUSY, "full").retryAfter(delay));

        assertThat(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo(header);
    }

    @ParameterizedTest
    @EnumSource
    void alwaysTellsThatAnotherTryIsWorthwhileWhenSomethingIsUnavailable(Problem problem) {
        HttpHeaders headers = answer(ProblemException.of(problem, "reason")).getHeaders();

        assertThat(headers.getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo(problem.status() == 503 ? "1" : null);
    }

    @Test
    void dropsTheHeadersThatWereSetBeforeTheFailure() {
        MockServerWebExchange exchange = exchange(HttpMethod.GET);
        exchange.getResponse().getHeaders().set("X-Of-The-Tier", SECRET);
        exchange.getResponse().getHeaders().set(HttpHeaders.SET_COOKIE, SECRET);
        exchange.getResponse().getHeaders().set(HttpHeaders.ETAG, SECRET);
        exchange.getResponse().getHeaders().set(HttpHeaders.CONTENT_ENCODING, "gzip");

        handle(exchange, ProblemException.of(Problem.TIER_UNREACHABLE, "gone"));

        assertThat(exchange.getResponse().getHeaders().headerNames())
                .containsExactlyInAnyOrder(
                        HttpHeaders.CONTENT_TYPE, HttpHeaders.CACHE_CONTROL, HttpHeaders.CONTENT_LENGTH);
    }

    @Test
    void keepsTheHeadersWithoutWhichAPageCannotReadTheRefusal() {
        MockServerWebExchange exchange = exchange(HttpMethod.GET);
        exchange.getResponse().getHeaders().set("access-control-allow-origin", "https://app.example.com");
        exchange.getResponse().getHeaders().set(HttpHeaders.VARY, "Origin");

        handle(exchange, ProblemException.of(Problem.TOKEN_EXPIRED, "exp"));

        assertThat(exchange.getResponse().getHeaders().headerNames())
                .contains("access-control-allow-origin", HttpHeaders.VARY, HttpHeaders.WWW_AUTHENTICATE);
    }

    @Test
    void cutsTheConnectionWhenTheHeadHasGoneOut() {
        MockServerWebExchange exchange = exchange(HttpMethod.GET);
        exchange.getResponse().setComplete().block(SOON);
        IOException thrown = new IOException("reset");

        StepVerifier.create(handler.handle(exchange, thrown))
                .expectErrorSatisfies(error -> assertThat(error).isSameAs(thrown))
                .verify(SOON);
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @MethodSource("foreignFailures")
    void translatesWhatOthersThrowWithoutRepeatingAWord(Throwable thrown, Problem problem) {
        MockServerHttpResponse response = answer(thrown);

        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.valueOf(problem.status()));
        assertThat(response.getBodyAsString().block(SOON))
                .contains("\"code\":\"" + problem.code() + "\"")
                .doesNotContain(SECRET, thrown.getClass().getSimpleName());
        assertThat(response.getHeaders().toString()).doesNotContain(SECRET);
    }

    static Stream<Arguments> foreignFailures() {
        return Stream.of(
                Arguments.of(status(HttpStatus.NOT_FOUND), Problem.NO_ROUTE),
                Arguments.of(status(HttpStatus.BAD_REQUEST), Problem.BAD_REQUEST),
                Arguments.of(status(HttpStatus.METHOD_NOT_ALLOWED), Problem.BAD_REQUEST),
                Arguments.of(status(HttpStatus.CONTENT_TOO_LARGE), Problem.BAD_REQUEST),
                Arguments.of(status(HttpStatus.UNSUPPORTED_MEDIA_TYPE), Problem.BAD_REQUEST),
                Arguments.of(status(HttpStatus.GATEWAY_TIMEOUT), Problem.TIER_TIMEOUT),
                Arguments.of(status(HttpStatus.INTERNAL_SERVER_ERROR), Problem.INTERNAL_ERROR),
                Arguments.of(status(HttpStatus.SERVICE_UNAVAILABLE), Problem.INTERNAL_ERROR),
                Arguments.of(new TimeoutException(SECRET), Problem.TIER_TIMEOUT),
                Arguments.of(new IOException(SECRET), Problem.TIER_UNREACHABLE),
                Arguments.of(new ConnectException(SECRET), Problem.TIER_UNREACHABLE),
                Arguments.of(new FileNotFoundException(SECRET), Problem.TIER_UNREACHABLE),
                Arguments.of(new TooLongFrameException(SECRET), Problem.TIER_UNREACHABLE),
                Arguments.of(new AbortedException(SECRET), Problem.TIER_UNREACHABLE),
                Arguments.of(new Http2Exception(Http2Error.PROTOCOL_ERROR, SECRET), Problem.TIER_UNREACHABLE),
                Arguments.of(new IllegalStateException(SECRET), Problem.INTERNAL_ERROR),
                Arguments.of(new NullPointerException(SECRET), Problem.INTERNAL_ERROR),
                Arguments.of(new StackOverflowError(SECRET), Problem.INTERNAL_ERROR));
    }

    @Test
    void standsBeforeEveryOtherHandler() {
        assertThat(handler.getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
    }

    /** One line for each refusal: code, status, route, reason. */
    @ExtendWith(OutputCaptureExtension.class)
    static final class Log {

        private final ProblemHandler handler = new ProblemHandler(exchange -> "orders", exchange -> Optional.empty());

        @ParameterizedTest
        @CsvSource({
            "SCOPE_MISSING, INFO, code=scope_missing status=403 route=orders because",
            "TIER_TIMEOUT, WARN, code=tier_timeout status=504 route=orders because",
            "INTERNAL_ERROR, ERROR, code=internal_error route=orders because"
        })
        void saysOnceWhatWasRefusedAndWhere(Problem problem, String level, String line, CapturedOutput output) {
            handler.handle(exchange(HttpMethod.GET), ProblemException.of(problem, "because"))
                    .block(SOON);

            assertThat(output.getAll().lines().filter(text -> text.contains("code=")))
                    .singleElement()
                    .asString()
                    .contains(level, line);
        }
    }

    private static ResponseStatusException status(HttpStatus status) {
        return new ResponseStatusException(status, SECRET, new IllegalStateException(SECRET));
    }

    private String challenge(ProblemException failure) {
        return String.valueOf(answer(failure).getHeaders().getFirst(HttpHeaders.WWW_AUTHENTICATE));
    }

    private MockServerHttpResponse answer(Throwable thrown) {
        MockServerWebExchange exchange = exchange(HttpMethod.GET);
        handle(exchange, thrown);
        return exchange.getResponse();
    }

    private void handle(MockServerWebExchange exchange, Throwable thrown) {
        StepVerifier.create(handler.handle(exchange, thrown)).expectComplete().verify(SOON);
    }

    private static MockServerWebExchange exchange(HttpMethod method) {
        return MockServerWebExchange.from(MockServerHttpRequest.method(method, "/orders/1"));
    }

    private static void assertWellFormed(String challenge) {
        assertThat(challenge).matches("Bearer [a-z_]+=\"[^\"\\\\]*\"(, [a-z_]+=\"[^\"\\\\]*\")*");
        Matcher parameters = PARAMETER.matcher(challenge);
        assertThat(parameters.results().map(result -> result.group(1))).doesNotHaveDuplicates();
    }
}
