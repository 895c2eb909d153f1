package dev.procura.gateway.e2e.vendors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.e2e.callers.EntraTokens;
import dev.procura.gateway.e2e.callers.Token;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A token that is not what was asked for stays in the gateway, whoever issued it. */
final class WrongTokensTest {

    private static final List<Vendor> VENDORS = List.of(Vendor.ENTRA_SINGLE, Vendor.AUTH0, Vendor.OKTA, Vendor.RFC8693);

    /** Who has acted before the gateway; has to be kept. */
    private static final Map<String, Object> EARLIER = Map.of("sub", "the-first-api");

    @BeforeEach
    void fresh() {
        Vendors.fresh();
    }

    static Stream<Arguments> wrongTokens() {
        return VENDORS.stream()
                .flatMap(vendor -> ways(vendor).entrySet().stream()
                        .map(way -> argumentSet(vendor.id() + ": " + way.getKey(), vendor, way.getValue())));
    }

    private static Map<String, UnaryOperator<Token>> ways(Vendor vendor) {
        boolean entra = vendor == Vendor.ENTRA_SINGLE;
        String scope = entra || vendor == Vendor.OKTA ? "scp" : "scope";
        Map<String, UnaryOperator<Token>> ways = new LinkedHashMap<>();
        ways.put("another audience", token -> token.with("aud", "https://payroll.orchid.test"));
        ways.put("no audience", token -> token.without("aud"));
        ways.put("another subject", token -> token.with(entra ? "oid" : "sub", "somebody-else"));
        ways.put("no subject", token -> token.without(entra ? "oid" : "sub"));
        ways.put("another issuer", token -> token.with("iss", "https://id.elsewhere.test"));
        ways.put("a scope is missing", token -> token.with(scope, "something.else"));
        // Rule 7: Entra gives all that was consented to for an API, so only what is of another one is too wide.
        ways.put(
                "a scope too many",
                token -> token.with(
                        scope,
                        entra
                                ? "Entries.Read api://payroll/Salaries.Read"
                                : token.claims().get(scope) instanceof List<?>
                                        ? List.of("ledger.read", "ledger.write")
                                        : token.claims().get(scope) + " ledger.write"));
        ways.put("the actors before are lost", token -> token.without("act"));
        ways.put("the actors before are others", token -> token.with("act", Map.of("sub", "another-api")));
        ways.put("expired", token -> token.with("exp", now() - 1));
        ways.put("not valid yet", token -> token.with("nbf", now() + 300));
        ways.put(
                "bound to a key",
                token -> token.with("cnf", Map.of("jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")));
        ways.put(
                "bound to a certificate",
                token -> token.with("cnf", Map.of("x5t#S256", "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2")));
        if (entra) {
            ways.put("the same object of another tenant", token -> token.with("tid", EntraTokens.LILY));
        }
        return ways;
    }

    private static long now() {
        return Vendors.clock().instant().getEpochSecond();
    }

    @ParameterizedTest
    @MethodSource("wrongTokens")
    void aWrongTokenNeverLeaves(Vendor vendor, UnaryOperator<Token> wrong) {
        Token caller = vendor.caller(Vendors.someone()).with("act", EARLIER);
        Token right = Vendors.dated(vendor.issued(caller)).with("act", Map.of("sub", "the-gateway", "act", EARLIER));
        String issued = wrong.apply(right).text();
        Vendors.answers(vendor.path(), Answer.ok(vendor.success(issued)));
        double alarms = Vendors.alarms("issued_token_refused");

        Attempt attempt = Attempt.of(vendor, caller);

        assertThat(attempt.code()).isEqualTo("issued_token_refused");
        assertThat(attempt.status()).isEqualTo(502);
        assertThat(attempt.challenges()).isEmpty();
        assertThat(Vendors.tier().received()).isEmpty();
        assertThat(Vendors.alarms("issued_token_refused") - alarms).isEqualTo(1);
        assertThat(attempt.log("procura.alarm"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("client=" + vendor.id() + " ", "issued token refused: "));
        assertThat(attempt.everything()).doesNotContain(issued, caller.text(), "somebody-else");

        // It is not kept; what the server did is told again for a short time, and then a right one is not held back.
        Vendors.answers(vendor.path(), Answer.ok(vendor.success(right.text())));
        Vendors.clock().advance(Duration.ofSeconds(10));
        assertThat(Attempt.of(vendor, caller).status()).isEqualTo(200);
        assertThat(Vendors.tier().last().bearer()).isEqualTo(right.text());
        assertThat(Vendors.asked()).hasSize(2);
    }

    static Stream<Vendor> vendors() {
        return VENDORS.stream();
    }

    @ParameterizedTest
    @MethodSource("vendors")
    void theCallersOwnTokenIsNoCredential(Vendor vendor) {
        Token caller = vendor.caller(Vendors.someone());
        Vendors.answers(vendor.path(), Answer.ok(vendor.success(caller.text())));

        Attempt attempt = Attempt.of(vendor, caller);

        assertThat(attempt.code()).isEqualTo("issued_token_refused");
        assertThat(Vendors.tier().received()).isEmpty();
    }
}
