package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.TokenValue;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever a server says when it refuses: facts of one short line each, and no token among them. */
class RefusalFactsTest {

    private static final String SUBJECT = "3f1c-short-opaque-subject";
    private static final String ACTOR = "9a-actor-token";
    private static final String ASSERTION = "aGVhZA.Ym9keQ.c2ln";
    private static final GrantExample ALICE =
            GrantExample.of(CallerExample.user("alice").token(SUBJECT));

    private static Map<String, String> facts(Grant grant, Map<String, ?> members) {
        Refusal refusal = Refusal.of(400, Claims.of(members));
        return RefusalFacts.of(grant, Outcome.SUBJECT_REJECTED, refusal, DialectName.ENTRA.dialect());
    }

    @Test
    void saysWhatAnOperatorLooksForInOrder() {
        assertThat(facts(
                        ALICE.onBehalfOf(),
                        Map.of(
                                "error", "invalid_grant",
                                "suberror", "bad_token",
                                "error_description",
                                        "AADSTS50013: Assertion failed \"signature\" check.\r\nTrace ID: x",
                                "error_codes", List.of(50013L),
                                "trace_id", "t-1",
                                "correlation_id", "c-1")))
                .containsEntry("client", "gateway")
                .containsEntry("audience", "orders-api")
                .containsEntry("class", "SUBJECT_REJECTED")
                .containsEntry("http_status", "400")
                .containsEntry("error", "invalid_grant")
                .containsEntry("suberror", "bad_token")
                .containsEntry("codes", "50013")
                .containsEntry("correlation_id", "c-1")
                .containsEntry("trace_id", "t-1")
                .containsEntry("description", "\"AADSTS50013: Assertion failed 'signature' check. Trace ID: x\"")
                .containsKey("hint");
    }

    @Test
    void whatTheServerRepeatsOfOurTokensIsLeftOut() {
        Actor proven = new Actor.ProvenGateway(ALICE.clientCredentials(), TokenValue.of(ACTOR));
        List<Grant> grants = List.of(
                ALICE.actor(proven).onBehalfOf(),
                ALICE.actor(CallerExample.app("orders-api").token(ACTOR)).onBehalfOf(),
                ALICE.actor(proven).assertion(ASSERTION));
        for (Grant grant : grants) {
            for (String name : List.of("error", "suberror", "error_description", "trace_id", "correlation_id")) {
                String said = "no: " + SUBJECT + " " + ACTOR + (grant instanceof Grant.Assertion ? ASSERTION : "");

                assertThat(facts(grant, Map.of(name, said)).toString())
                        .as(name)
                        .contains("no")
                        .doesNotContain(SUBJECT, ACTOR, ASSERTION);
            }
        }
    }

    @Test
    void aWordOfTheServersIsNoOtherFact() {
        Map<String, String> facts = facts(
                ALICE.onBehalfOf(),
                Map.of(
                        "error", "x class=OK\thint=\"all is well\"",
                        "suberror", "a b",
                        "error_description", "x\" class=OK \""));

        assertThat(facts.get("error")).doesNotContainAnyWhitespaces().doesNotContain("=", "\"");
        assertThat(facts.get("suberror")).isEqualTo("a_b");
        assertThat(facts.get("description")).isEqualTo("\"x' class=OK '\"");
    }

    @Test
    void codesAreAFewNumbers() {
        assertThat(facts(ALICE.onBehalfOf(), Map.of("error_codes", Collections.nCopies(100_000, 50076L)))
                        .get("codes"))
                .isEqualTo(String.join(",", Collections.nCopies(8, "50076")));
        assertThat(facts(ALICE.onBehalfOf(), Map.of("error_codes", List.of("50076", true, List.of(1), Map.of()))))
                .doesNotContainKey("codes");
        assertThat(facts(ALICE.onBehalfOf(), Map.of("error_codes", List.of(1e300, -5, 1.9)))
                        .get("codes"))
                .isEqualTo("9223372036854775807,-5,1");
        assertThat(facts(ALICE.onBehalfOf(), Map.of("error_codes", "50076"))).doesNotContainKey("codes");
        assertThat(facts(ALICE.onBehalfOf(), Map.of("error_description", "AADSTS50076: more"))
                        .get("codes"))
                .isEqualTo("50076");
        assertThat(facts(ALICE.onBehalfOf(), Map.of("error_description", "AADSTS" + "5".repeat(50))))
                .doesNotContainKey("codes");
    }

    @Test
    void whateverTheServerSaysEachFactIsOneShortLineAndLeaksNothing() {
        List<Object> values = Arrays.asList(
                null,
                "",
                7L,
                true,
                List.of("invalid_grant"),
                Map.of("error", "x"),
                "invalid_grant",
                "a\r\nlevel=ERROR code=none",
                "a\u2028b\u0085c\u0000d\u001b[31m",
                "\u202Egnp",
                SUBJECT + SUBJECT,
                "token=" + SUBJECT,
                "eyJhbGciOiJSUzI1NiJ9." + "A".repeat(400) + "." + "b".repeat(300),
                "x ".repeat(100_000));
        Randomly.check(random -> {
            for (int round = 0; round < 500; round++) {
                Map<String, Object> members = new LinkedHashMap<>();
                for (String name : List.of(
                        "error",
                        "error_description",
                        "suberror",
                        "error_codes",
                        "claims",
                        "trace_id",
                        "correlation_id")) {
                    members.put(name, Randomly.oneOf(random, values));
                }
                facts(ALICE.onBehalfOf(), members)
                        .forEach((name, value) -> assertThat(value)
                                .as("%s of %s", name, members.keySet())
                                .hasSizeLessThan(600)
                                .matches("[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]*")
                                .doesNotContain(SUBJECT, "AAAAAAAA", "bbbbbbbb"));
            }
        });
    }
}
