package dev.procura.gateway.e2e.callers;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.RecordingTier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table: every shape of token that the supported issuers write, and what has to come of it. */
final class CallersTest {

    /** The rows of the requirements that a caller's token can show; the others of the list have tests of their own. */
    private static final Set<Integer> SEEDS = Set.of(1, 2, 3, 4, 5, 6, 9, 11, 12, 15, 16, 20, 22, 25, 28, 31);

    /** A block of an issuer or of a client, or a key below it; a key of a route. */
    private static final Pattern KEY = Pattern.compile(
            "procura\\.(?:issuers|clients)\\.[a-z0-9*-]+(?:\\.([a-z-]+))?|\\b(?:require|credential)\\.([a-z-]+)");

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    static Stream<Row> rows() {
        String origin = Callers.fresh().issuers().origin();
        return Stream.of(
                        EntraRows.rows(origin),
                        B2cRows.rows(origin),
                        OtherRows.rows(origin),
                        OtherKindRows.rows(origin))
                .flatMap(rows -> rows);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aCallerIsJudgedByTheShapeOfTheToken(Row row) {
        Callers callers = Callers.fresh();

        Attempt attempt = Attempt.of(callers, row);

        if (row.outcome() instanceof Row.Outcome.Refused refused) {
            assertRefused(callers, row, attempt, refused);
        } else {
            assertThat(attempt.log()).noneMatch(line -> line.startsWith("procura.refused"));
            assertThat(attempt.answer().statusCode()).isEqualTo(200);
            assertThat(callers.tier().received()).hasSize(1);
            assertLetIn(callers, row, callers.tier().last());
        }
    }

    @Test
    void everyRequirementThatATokenCanShowHasARow() {
        Set<Integer> shown = new TreeSet<>();
        rows().forEach(row -> shown.addAll(row.seeds()));

        assertThat(shown).containsExactlyInAnyOrderElementsOf(SEEDS);
    }

    @Test
    void noTwoRowsAreTheSame() {
        assertThat(rows().map(row -> row.token() + " " + row.route())).doesNotHaveDuplicates();
    }

    private static void assertLetIn(Callers callers, Row row, RecordingTier.Received received) {
        if (row.outcome() instanceof Row.Outcome.Described described) {
            assertThat(description(received)).isEqualTo(described.description());
        }
        if (row.outcome() == Row.Outcome.PassedOn.PASSED_ON) {
            assertThat(received.bearer()).isEqualTo(row.token());
            return;
        }
        assertThat(received.everything()).doesNotContain(row.token());
        if (row.outcome() == Row.Outcome.Exchanged.EXCHANGED) {
            assertThat(callers.server().tokenRequests())
                    .extracting(request -> request.get("subject_token"))
                    .containsExactly(row.token());
            assertThat(received.header("Procura-User-Context")).isEmpty();
        }
        if (row.outcome() == Row.Outcome.InOwnName.IN_OWN_NAME) {
            assertThat(received.header("Procura-User-Context")).isEmpty();
        }
    }

    private static void assertRefused(Callers callers, Row row, Attempt attempt, Row.Outcome.Refused refused) {
        HttpResponse<String> answer = attempt.answer();
        assertThat(answer.body()).contains("\"code\":\"" + refused.code() + "\"");
        assertThat(answer.statusCode()).isEqualTo(refused.status());
        assertThat(callers.tier().received()).isEmpty();
        assertThat(callers.server().tokenRequests()).isEmpty();

        List<String> reasons = attempt.log().stream()
                .filter(line -> line.startsWith("procura.refused"))
                .toList();
        assertThat(reasons).singleElement().satisfies(line -> {
            assertThat(line).contains("code=" + refused.code() + " ", "route=" + row.route() + " ");
            assertNamesSettings(line);
        });
        String everything = answer.body() + answer.headers().map() + attempt.log();
        assertThat(row.secrets(callers.configuration()))
                .allSatisfy(secret -> assertThat(everything).doesNotContain(secret));
        assertChallenged(answer, row, refused);
    }

    /** At least one, and none that an operator would look for in vain. */
    private static void assertNamesSettings(String line) {
        assertThat(line).containsPattern(KEY);
        KEY.matcher(line)
                .results()
                .forEach(key -> Stream.of(key.group(1), key.group(2))
                        .filter(name -> name != null)
                        .forEach(name -> assertThat(page()).contains("| `" + name + "` |")));
    }

    private static String page() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertChallenged(HttpResponse<String> answer, Row row, Row.Outcome.Refused refused) {
        List<String> challenges = answer.headers().allValues("WWW-Authenticate");
        if (refused.status() == 503) {
            assertThat(challenges).isEmpty();
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            return;
        }
        String error = refused.status() == 403 ? "insufficient_scope" : "invalid_token";
        assertThat(challenges)
                .singleElement()
                .satisfies(challenge -> assertThat(challenge)
                        .contains("resource_metadata=\"https://api.example.test/.well-known/oauth-protected-resource/"
                                + row.route() + "\"")
                        .matches(row.token().isEmpty() ? "(?!.*error).*" : ".* error=\"" + error + "\".*"));
    }

    /** What the API is told of the caller. */
    static Map<String, Object> description(RecordingTier.Received received) {
        try {
            return SignedJWT.parse(received.header("Procura-User-Context").orElseThrow())
                    .getJWTClaimsSet()
                    .getJSONObjectClaim("caller");
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
