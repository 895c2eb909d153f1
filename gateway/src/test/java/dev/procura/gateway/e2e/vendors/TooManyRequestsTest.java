package dev.procura.gateway.e2e.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.e2e.callers.Token;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that asks for time gets it, however many callers there are, and those who need nothing of it notice nothing. */
final class TooManyRequestsTest {

    private static final int MANY = 20;

    @BeforeEach
    void fresh() {
        Vendors.fresh();
    }

    @ParameterizedTest
    @EnumSource(names = {"ENTRA", "AUTH0", "OKTA"})
    void noStormMeetsAServerThatAskedForTime(Vendor vendor) {
        List<Token> warm = people(vendor);
        for (Token caller : warm) {
            Vendors.issues(vendor, caller);
            assertThat(Attempt.of(vendor, caller).status()).isEqualTo(200);
        }
        Vendors.answers(
                vendor.path(),
                Answer.json(429, Bodies.plain("too_many_requests")).retryAfter("30"));
        int before = Vendors.asked().size();

        List<Token> cold = people(vendor);
        List<HttpResponse<String>> first = atOnce(vendor, warm, cold);
        int afterFirst = Vendors.asked().size();
        List<HttpResponse<String>> second = atOnce(vendor, warm, cold, cold, people(vendor));

        assertThat(first.subList(0, MANY)).allMatch(answer -> answer.statusCode() == 200);
        assertThat(second.subList(0, MANY)).allMatch(answer -> answer.statusCode() == 200);
        assertThat(Stream.concat(first.stream().skip(MANY), second.stream().skip(MANY)))
                .hasSize(4 * MANY)
                .allSatisfy(answer -> {
                    assertThat(answer.statusCode()).isEqualTo(503);
                    assertThat(answer.headers().firstValue("Retry-After").map(Integer::valueOf))
                            .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(1, 30));
                });
        // At worst each of the first wave was under way before the first answer was back; then nobody asks.
        assertThat(afterFirst - before).isBetween(2, MANY);
        assertThat(Vendors.asked()).hasSize(afterFirst);

        Vendors.clock().advance(Duration.ofSeconds(31));
        Vendors.issues(vendor, cold.get(0));
        assertThat(Attempt.of(vendor, cold.get(0)).status()).isEqualTo(200);
        assertThat(Vendors.asked()).hasSize(afterFirst + 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"ENTRA", "AUTH0", "OKTA"})
    void oneCallerManyTimesIsOneQuestion(Vendor vendor) {
        Token caller = vendor.caller(Vendors.someone());
        Vendors.answers(
                vendor.path(),
                Answer.json(429, Bodies.plain("too_many_requests")).retryAfter("30"));

        List<HttpResponse<String>> answers =
                atOnce(vendor, Stream.generate(() -> caller).limit(MANY).toList());

        assertThat(answers).allMatch(answer -> answer.statusCode() == 503);
        assertThat(Vendors.asked()).hasSize(1);
    }

    private static List<Token> people(Vendor vendor) {
        return Stream.generate(() -> vendor.caller(Vendors.someone()))
                .limit(MANY)
                .toList();
    }

    @SafeVarargs
    private static List<HttpResponse<String>> atOnce(Vendor vendor, List<Token>... callers) {
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (List<Token> some : callers) {
            for (Token caller : some) {
                calls.add(Vendors.gateway()
                        .sendAsync(Vendors.gateway()
                                .request("/" + vendor.id() + "/1")
                                .header("Authorization", "Bearer " + caller.text())
                                .build()));
            }
        }
        return calls.stream().map(CompletableFuture::join).toList();
    }
}
