package dev.procura.gateway.e2e.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.e2e.callers.Token;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table: every answer that the vendors' token endpoints are documented to give, and what has to come of it. */
final class VendorAnswersTest {

    private static final Duration SHORT_LIFE = Duration.ofSeconds(60);

    /** Beyond the margin of a short life, and before its end. */
    private static final Duration MOST_OF_IT = Duration.ofSeconds(40);

    /** The default of {@code procura.cache.negative-ttl}. */
    private static final Duration NEGATIVE_TTL = Duration.ofSeconds(10);

    private static final Duration LONGER_THAN_A_PAUSE = Duration.ofSeconds(11);

    private static final Set<String> HEADERS = Set.of(
            "cache-control", "content-length", "content-type", "www-authenticate", "retry-after", "date", "connection");

    @BeforeEach
    void fresh() {
        Vendors.fresh();
    }

    static Stream<Row> rows() {
        return Stream.concat(EntraRows.rows(), OtherRows.rows());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void anAnswerBecomesWhatItsClassSays(Row row) {
        Vendor vendor = row.vendor();
        Token caller = vendor.caller(Vendors.someone());
        boolean mayBeWarm = row.ending() == Ending.UNAVAILABLE && row.effect() != Effect.PAUSED;
        if (mayBeWarm) {
            aStillValidTokenIsServed(row);
        }
        Vendors.answers(vendor.path(), row.answer());
        int before = Vendors.asked().size();
        double alarms = Vendors.alarms();

        if (mayBeWarm && vendor.isInOwnName()) {
            // One token for all: who came first has it still.
            Vendors.clock().advance(SHORT_LIFE);
        }
        Attempt attempt = Attempt.of(vendor, caller);

        assertRefused(row, caller, attempt);
        assertThat(Vendors.asked()).hasSize(before + 1);
        assertThat(Vendors.asked()).extracting(Asked::path).containsOnly(vendor.path());
        assertThat(Vendors.alarms() - alarms).isEqualTo(row.ending().isAlarm() ? 1 : 0);
        if (row.ending().isAlarm()) {
            assertThat(attempt.log("procura.alarm"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("code=" + row.ending().code() + " ")
                            .contains("client=" + vendor.id() + " "));
        } else {
            assertThat(attempt.log("procura.alarm")).isEmpty();
        }
        assertEffect(row, caller);
    }

    private static void assertRefused(Row row, Token caller, Attempt attempt) {
        Ending ending = row.ending();
        assertThat(attempt.code()).isEqualTo(ending.code());
        assertThat(attempt.status()).isEqualTo(ending.status());
        assertThat(String.join("\n", attempt.challenges())).isEqualTo(row.challenge());
        assertThat(attempt.answer().body())
                .matches(
                        "\\{\"type\":\"urn:procura:problem:%1$s\",\"title\":\"[A-Za-z ,.-]+\",\"status\":%2$d,\"code\":\"%1$s\"}"
                                .formatted(ending.code(), ending.status()));
        assertThat(attempt.answer().headers().map().keySet())
                .allSatisfy(name -> assertThat(HEADERS).contains(name.toLowerCase(Locale.ROOT)));
        assertThat(attempt.answer().headers().firstValue("Retry-After").isPresent())
                .isEqualTo(ending == Ending.UNAVAILABLE);
        assertThat(Vendors.tier().received())
                .filteredOn(received -> received.target().endsWith("/1"))
                .as("what reached the API")
                .hasSize(ending == Ending.UNAVAILABLE && row.effect() != Effect.PAUSED ? 2 : 0);
        assertThat(attempt.log("procura.refused"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(row.facts()));
        assertThat(row.secrets())
                .allSatisfy(secret -> assertThat(attempt.answer().body()
                                + attempt.answer().headers().map())
                        .doesNotContain(secret));
        assertThat(attempt.everything())
                .doesNotContain(caller.text(), Asked.SECRET, Bodies.REFRESH_TOKEN, Bodies.UNSIGNED_ID_TOKEN);
    }

    private static void assertEffect(Row row, Token caller) {
        switch (row.effect()) {
            case REMEMBERED -> assertIsRemembered(row, caller);
            case ASKED_AGAIN, STILL_SERVED -> assertIsAskedAgain(row.vendor(), caller);
            case WAITED_FOR -> assertIsWaitedFor(row, caller);
            case PAUSED -> assertPauses(row);
        }
    }

    /** Of this caller alone, and not for long. */
    private static void assertIsRemembered(Row row, Token caller) {
        Vendor vendor = row.vendor();
        int before = Vendors.asked().size();
        Attempt again = Attempt.of(vendor, caller);
        assertThat(again.code()).isEqualTo(row.ending().code());
        assertThat(again.challenges()).isEqualTo(Attempt.of(vendor, caller).challenges());
        assertThat(again.log("procura.alarm")).isEmpty();
        assertThat(Vendors.asked()).hasSize(before);

        Token other = vendor.caller(Vendors.someone());
        assertIsAskedAgain(vendor, other);

        Vendors.clock().advance(NEGATIVE_TTL);
        assertIsAskedAgain(vendor, caller);
    }

    private static void assertIsAskedAgain(Vendor vendor, Token caller) {
        int before = Vendors.asked().size();
        String issued = Vendors.issues(vendor, caller);

        assertThat(Attempt.of(vendor, caller).status()).isEqualTo(200);
        assertThat(Vendors.tier().last().bearer()).isEqualTo(issued);
        assertThat(Vendors.asked()).hasSize(before + 1);
    }

    /** Somebody whose token is old, but valid, does not notice that there is no other. */
    private static void aStillValidTokenIsServed(Row row) {
        Token warm = row.vendor().caller(Vendors.someone());
        String issued = Vendors.issues(row.vendor(), warm, SHORT_LIFE);
        assertThat(Attempt.of(row.vendor(), warm).status()).isEqualTo(200);
        Vendors.clock().advance(MOST_OF_IT);
        Vendors.answers(row.vendor().path(), row.answer());

        Attempt attempt = Attempt.of(row.vendor(), warm);

        assertThat(attempt.status()).isEqualTo(200);
        assertThat(attempt.log("procura.refused")).isEmpty();
        assertThat(Vendors.tier().last().bearer()).isEqualTo(issued);
        assertThat(Vendors.asked()).hasSize(2);
    }

    /** Two have been sent away: the one whose token was valid still, and the caller. */
    private static void assertIsWaitedFor(Row row, Token caller) {
        int before = Vendors.asked().size();
        for (Token one : new Token[] {caller, row.vendor().caller(Vendors.someone())}) {
            Attempt attempt = Attempt.of(row.vendor(), one);

            assertThat(attempt.code()).isEqualTo(row.ending().code());
            assertThat(attempt.answer().headers().firstValue("Retry-After").map(Integer::valueOf))
                    .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(1, 7));
        }
        assertThat(Vendors.asked()).hasSize(before);
        assertOthersGoOn(row.vendor());

        Vendors.clock().advance(LONGER_THAN_A_PAUSE);
        assertIsAskedAgain(row.vendor(), caller);
    }

    private static void assertPauses(Row row) {
        Vendor vendor = row.vendor();
        Token other = vendor.caller(Vendors.someone());
        Vendors.issues(vendor, other);
        int before = Vendors.asked().size();

        Attempt attempt = Attempt.of(vendor, other);

        assertThat(attempt.code()).isEqualTo(row.ending().code());
        assertThat(Vendors.asked()).hasSize(before);
        assertOthersGoOn(vendor);

        Vendors.clock().advance(LONGER_THAN_A_PAUSE);
        assertIsAskedAgain(vendor, other);
    }

    private static void assertOthersGoOn(Vendor paused) {
        Vendor other = paused == Vendor.RFC8693 ? Vendor.OKTA : Vendor.RFC8693;
        assertIsAskedAgain(other, other.caller(Vendors.someone()));
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void theDocumentedSuccessIsServedAgain(Vendor vendor) {
        Token caller = vendor.caller(Vendors.someone());
        String issued = Vendors.issues(vendor, caller);

        for (int i = 1; i <= 3; i++) {
            Attempt attempt = Attempt.of(vendor, caller);

            assertThat(attempt.status()).isEqualTo(200);
            assertThat(Vendors.tier().received()).hasSize(i);
            assertThat(Vendors.tier().last().bearer()).isEqualTo(issued);
            assertThat(Vendors.tier().last().everything()).doesNotContain(caller.text());
            assertThat(attempt.everything())
                    .doesNotContain(
                            caller.text(), issued, Asked.SECRET, Bodies.REFRESH_TOKEN, Bodies.UNSIGNED_ID_TOKEN);
        }
        assertThat(Vendors.asked()).hasSize(1);
    }

    @Test
    void everyVendorHasRowsAndEveryEndingToo() {
        Map<Ending, Set<String>> seen = new EnumMap<>(Ending.class);
        rows().forEach(row -> seen.computeIfAbsent(row.ending(), ending -> new TreeSet<>())
                .add(row.vendor().id()));

        assertThat(seen).containsOnlyKeys(Ending.values());
        assertThat(seen.get(Ending.UNAVAILABLE))
                .containsAll(Stream.of(Vendor.values())
                        .filter(vendor -> vendor != Vendor.ENTRA_SINGLE && vendor != Vendor.ENTRA_CAPABLE)
                        .map(Vendor::id)
                        .toList());
        assertThat(rows().map(Row::toString)).doesNotHaveDuplicates();
    }
}
