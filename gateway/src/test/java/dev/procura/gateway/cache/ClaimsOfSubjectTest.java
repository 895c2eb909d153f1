package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Json;
import dev.procura.gateway.token.Fingerprint;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands for a caller is all that its token says, and not which of several such tokens it is. */
class ClaimsOfSubjectTest {

    private final ClaimsOfSubject choice =
            new ClaimsOfSubject(issuer -> issuer.equals("corp") ? Set.of("uti", "aio", "rh") : Set.of(), 100);

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** A caller as it comes from a token with this payload; no two have the same signature. */
    private static CallerExample saying(String header, String payload, int number) {
        try {
            CallerExample caller =
                    CallerExample.user("alice").token(encoded(header) + "." + encoded(payload) + ".sig" + number);
            for (Map.Entry<String, Object> claim : Json.object(payload).values().entrySet()) {
                caller = caller.claim(claim.getKey(), claim.getValue());
            }
            return caller;
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Fingerprint of(String payload) {
        return choice.of(saying("{\"alg\":\"RS256\"}", payload, 1).known());
    }

    @Test
    void aTokenThatWasRenewedIsTheSameSubject() {
        Caller.Known first = saying(
                        "{\"alg\":\"RS256\",\"kid\":\"1\"}",
                        "{\"sub\":\"alice\",\"sid\":\"s\",\"jti\":\"1\",\"iat\":1,\"nbf\":1,\"exp\":300,\"uti\":\"u1\",\"aio\":\"a1\",\"rh\":\"r1\"}",
                        1)
                .known();
        Caller.Known renewed = saying(
                        "{\"alg\":\"RS256\",\"kid\":\"1\"}",
                        "{\"exp\":600,\"nbf\":301,\"iat\":301,\"jti\":\"2\",\"aio\":\"a2\",\"sid\":\"s\",\"sub\":\"alice\"}",
                        2)
                .expiresAt(NOW.plusSeconds(7200))
                .known();

        assertThat(choice.of(renewed)).isEqualTo(choice.of(first));
    }

    @Test
    void anythingElseThatATokenSaysMakesAnotherSubject() {
        List<String> unlike = List.of(
                "{}",
                "{\"x\":null}",
                "{\"x\":\"\"}",
                "{\"x\":[]}",
                "{\"x\":{}}",
                "{\"x\":[null]}",
                "{\"x\":[\"\"]}",
                "{\"x\":{\"\":null}}",
                "{\"x\":false}",
                "{\"x\":\"false\"}",
                "{\"x\":0}",
                "{\"x\":1}",
                "{\"x\":\"1\"}",
                "{\"x\":9223372036854775806}",
                "{\"x\":9223372036854775807}",
                "{\"x\":\"a\"}",
                "{\"x\":\"A\"}",
                "{\"x\":\"a b\"}",
                "{\"x\":[\"a\",\"b\"]}",
                "{\"x\":[\"b\",\"a\"]}",
                "{\"x\":[[\"a\"],\"b\"]}",
                "{\"x\":[\"a\",[\"b\"]]}",
                "{\"x\":{\"a\":{\"b\":\"c\"}}}",
                "{\"x\":{\"a\":{\"b\":\"d\"}}}",
                "{\"x\":{\"a\":\"b\",\"b\":\"a\"}}",
                "{\"x\":{\"a\":\"b\"}}",
                "{\"x\":\"\\ud800\"}",
                "{\"x\":\"?\"}",
                "{\"X\":\"a\"}",
                "{\"xx\":\"a\"}",
                "{\"act\":{\"sub\":\"a\",\"jti\":\"1\",\"exp\":1}}",
                "{\"act\":{\"sub\":\"a\",\"jti\":\"2\",\"exp\":1}}",
                "{\"act\":{\"sub\":\"a\",\"jti\":\"1\",\"exp\":2}}",
                "{\"JTI\":\"1\"}",
                "{\"cnf\":{\"jkt\":\"a\"}}",
                "{\"cnf\":{\"jkt\":\"b\"}}",
                "{\"sid\":\"a\"}",
                "{\"auth_time\":1}",
                "{\"auth_time\":2}");
        Set<Fingerprint> subjects = new HashSet<>();
        for (String payload : unlike) {
            assertThat(subjects.add(of(payload))).as(payload).isTrue();
        }
    }

    @Test
    void theOrderOfMembersSaysNothing() {
        assertThat(of("{\"a\":{\"x\":1,\"y\":[2]},\"b\":true}"))
                .isEqualTo(of("{\"b\":true,\"a\":{\"y\":[2],\"x\":1}}"));
    }

    /** The parser makes one double of both: what was read does not tell them apart. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"x\":12345678901234567890}",
                "{\"x\":12345678901234567891}",
                "{\"x\":0.1}",
                "{\"x\":0.1000000000000000055}",
                "{\"x\":1.0}",
                "{\"x\":[1.5]}",
                "{\"x\":{\"y\":[{\"z\":1e3}]}}",
                "{\"w\":null,\"x\":[null,1.5]}"
            })
    void aTokenWithARoundedNumberStandsForItselfAlone(String payload) {
        Caller.Known one = saying("{}", payload, 1).known();
        Caller.Known other = saying("{}", payload, 2).known();

        assertThat(choice.of(one)).isEqualTo(SubjectChoice.TOKEN.of(one)).isNotEqualTo(choice.of(other));
    }

    @Test
    void aRoundedNumberAmongWhatDoesNotCountDoesNotCount() {
        assertThat(of("{\"iat\":1.5,\"sub\":\"a\"}")).isEqualTo(of("{\"iat\":1.75,\"exp\":2.5,\"sub\":\"a\"}"));
    }

    @Test
    void numbersThatAreExactCountAsTheyAre() {
        CallerExample alice = CallerExample.user("alice");
        BigInteger large = BigInteger.valueOf(Long.MAX_VALUE).add(BigInteger.ONE);

        assertThat(choice.of(alice.claim("x", large).token("a").known()))
                .isEqualTo(choice.of(alice.claim("x", large).token("b").known()))
                .isNotEqualTo(
                        choice.of(alice.claim("x", large.add(BigInteger.ONE)).known()));
    }

    /** A server may judge by the header: an ID token and an access token can say the same. */
    @Test
    void theHeaderCounts() {
        String payload = "{\"sub\":\"alice\"}";
        Set<Fingerprint> subjects = new HashSet<>();
        for (String header : List.of(
                "{}",
                "{\"typ\":\"JWT\"}",
                "{\"typ\":\"at+jwt\"}",
                "{\"typ\":\"at+jwt\",\"kid\":\"2\"}",
                " {\"typ\":\"at+jwt\"}")) {
            assertThat(subjects.add(choice.of(saying(header, payload, 1).known())))
                    .as(header)
                    .isTrue();
            assertThat(subjects.add(choice.of(saying(header, payload, 2).known())))
                    .as(header)
                    .isFalse();
        }
    }

    /** Its claims are those of the introspection answer. */
    @Test
    void theTextOfAnOpaqueTokenDoesNotCount() {
        CallerExample alice = CallerExample.user("alice");
        Fingerprint plain = choice.of(alice.token("opaque-1").known());

        for (String text : List.of("opaque-2", "a.b", "part-1.part-2.part-3", ".x", "x.", "~.x", "AAA.x")) {
            assertThat(choice.of(alice.token(text).known())).as(text).isEqualTo(plain);
        }
    }

    @Test
    void aClaimThatOnlyAnotherFamilyWritesForItselfCounts() {
        CallerExample partner = CallerExample.user("alice").issuerName("partner");

        assertThat(choice.of(partner.claim("uti", "1").known()))
                .isNotEqualTo(choice.of(partner.claim("uti", "2").known()))
                .isNotEqualTo(choice.of(partner.known()));
    }

    @Test
    void everyTokenThatTheParserTakesHasAnAnswer() {
        int levels = 1;
        for (String payload = nested(levels); isTaken(payload); payload = nested(++levels)) {
            assertThat(of(payload)).isNotNull();
        }
        assertThat(levels).as("the parser has a bound of its own").isBetween(50, Canonical.MAX_DEPTH);
    }

    private static String nested(int levels) {
        return "{\"x\":" + "[".repeat(levels) + "]".repeat(levels) + "}";
    }

    private static boolean isTaken(String payload) {
        try {
            Json.object(payload);
            return true;
        } catch (ParseException e) {
            return false;
        }
    }

    @Test
    void aCallerIsLookedAtOnce() {
        AtomicInteger looked = new AtomicInteger();
        ClaimsOfSubject counting = new ClaimsOfSubject(
                issuer -> {
                    looked.incrementAndGet();
                    return Set.of();
                },
                100);
        Caller.Known alice = CallerExample.user("alice").known();
        Fingerprint first = counting.of(alice);

        for (int i = 0; i < 1000; i++) {
            assertThat(counting.of(alice)).isSameAs(first);
        }
        assertThat(looked).hasValue(1);
        // An equal caller of another instance is another verified token, and is looked at for itself.
        assertThat(counting.of(CallerExample.user("alice").known())).isEqualTo(first);
        assertThat(looked).hasValue(2);
    }

    @Test
    void whoeverIsForgottenIsLookedAtAgain() {
        ClaimsOfSubject small = new ClaimsOfSubject(issuer -> Set.of(), 1);
        List<Caller.Known> callers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            callers.add(CallerExample.user("user-" + i).known());
        }

        List<Fingerprint> first = callers.stream().map(small::of).toList();
        List<Fingerprint> second = callers.stream().map(small::of).toList();

        assertThat(second).isEqualTo(first).doesNotHaveDuplicates();
    }

    @Test
    void aClaimThatIsNullIsNotAbsent() {
        CallerExample alice = CallerExample.user("alice");

        assertThat(choice.of(alice.claim("x", Arrays.asList("a", null)).known()))
                .isNotEqualTo(choice.of(alice.claim("x", List.of("a")).known()));
    }
}
