package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.token.TokenValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

/** Nothing of the caller's credentials leaves, in whatever spelling; everything else does, unchanged. */
final class HeaderHygieneTest {

    private static final List<String> PROTECTED = List.of(
            "Authorization",
            "Proxy-Authorization",
            "DPoP",
            "Txn-Token",
            "Actor-Token",
            "Client-Cert",
            "Client-Cert-Chain",
            "Procura-User-Context",
            "Cookie");

    @ParameterizedTest
    @MethodSource("spellings")
    void removesAProtectedHeaderInEverySpelling(String name) {
        HttpHeaders headers = new HttpHeaders();
        headers.add(name, "secret");
        headers.add(name, "another");
        headers.add("X-Other", "stays");

        HttpHeaders clean = HeaderHygiene.stripped(headers, Set.of());

        assertThat(clean.headerNames()).containsExactly("X-Other");
    }

    static Stream<String> spellings() {
        List<String> names = new ArrayList<>();
        for (String name : PROTECTED) {
            for (String spelling : List.of(
                    name,
                    name.replace('-', '_'),
                    name.replace('-', '.'),
                    name.replaceFirst("-", "_"),
                    name.replaceFirst("-", "."))) {
                names.add(spelling);
                names.add(spelling.toLowerCase(Locale.ROOT));
                names.add(spelling.toUpperCase(Locale.ROOT));
            }
        }
        return names.stream().distinct();
    }

    @Test
    void doesNotDependOnTheLanguageOfTheMachine() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr"));
        try {
            HttpHeaders headers = new HttpHeaders();
            headers.add("AUTHORIZATION", "secret");
            headers.add("CLIENT-CERT", "secret");

            assertThat(HeaderHygiene.stripped(headers, Set.of()).isEmpty()).isTrue();
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void leavesEverythingElseAsItWas() {
        HttpHeaders headers = new HttpHeaders();
        headers.addAll("Accept", List.of("text/html;q=0.5", "application/json"));
        headers.add("x-Trace_Id", "a, b");
        headers.add("X-Empty", "");
        headers.add("X-Authorization", "not ours");
        headers.add("Authorization-Info", "not ours");
        headers.add("X-Actor-Token", "not ours");
        headers.add("Cookies", "not ours");
        headers.add("If-None-Match", "\"a\", \"b\"");

        HttpHeaders clean = HeaderHygiene.stripped(headers, Set.of());

        assertThat(clean).isEqualTo(headers);
        assertThat(clean.get("Accept")).containsExactly("text/html;q=0.5", "application/json");
        assertThat(clean.headerNames()).contains("x-Trace_Id");
    }

    @Test
    void doesNotTouchTheHeadersItWasGiven() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Authorization", "Bearer x");

        HeaderHygiene.stripped(headers, Set.of()).add("X-New", "y");

        assertThat(headers.headerNames()).containsExactly("Authorization");
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "locale=de|locale=de",
                "session=1; locale=de; theme=dark|locale=de; theme=dark",
                "session=1;locale=de|locale=de",
                "' locale = de '|locale = de",
                "locale=a=b|locale=a=b",
                "locale=|locale=",
                "locale|locale",
                "locale=de; locale=en|locale=de; locale=en",
                "locale=de; ; |locale=de",
                "Locale=de|",
                "xlocale=de|",
                "locale2=de|",
                "session=locale=de|",
                "session=1|",
                "''|",
                ";;;|"
            })
    void letsTheCookiesPassThatTheRouteNames(String sent, String passed) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("cookie", sent);

        HttpHeaders clean = HeaderHygiene.stripped(headers, Set.of("locale", "theme"));

        assertThat(clean.getFirst("Cookie")).isEqualTo(passed);
        assertThat(clean.headerNames()).hasSize(passed == null ? 0 : 1);
    }

    @Test
    void joinsCookiesOfSeveralHeaders() {
        HttpHeaders headers = new HttpHeaders();
        headers.addAll("Cookie", List.of("session=1; locale=de", "theme=dark"));

        assertThat(HeaderHygiene.stripped(headers, Set.of("locale", "theme")).get("Cookie"))
                .containsExactly("locale=de; theme=dark");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Coo_kie", "Coo.kie", "Cookie2", "Set-Cookie"})
    void findsNoCookiesToLetPassInOtherHeaders(String name) {
        HttpHeaders headers = new HttpHeaders();
        headers.add(name, "locale=de");

        assertThat(HeaderHygiene.stripped(headers, Set.of("locale")).get("Cookie"))
                .isNull();
    }

    @Test
    void setsTheRoutesOwnCredential() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("X-Other", "stays");

        HeaderHygiene.set(
                headers, new OutboundCredential.Bearer(TokenValue.of("tier"), Optional.of(TokenValue.of("who"))));

        assertThat(headers.get("Authorization")).containsExactly("Bearer tier");
        assertThat(headers.get("Procura-User-Context")).containsExactly("who");
        assertThat(headers.get("X-Other")).containsExactly("stays");
    }

    @Test
    void putsItsCredentialInThePlaceOfAnyOther() {
        HttpHeaders headers = new HttpHeaders();
        headers.addAll("authorization", List.of("Bearer a", "Bearer b"));
        headers.add("procura-user-context", "forged");

        HeaderHygiene.set(
                headers, new OutboundCredential.Bearer(TokenValue.of("tier"), Optional.of(TokenValue.of("who"))));

        assertThat(headers.get("Authorization")).containsExactly("Bearer tier");
        assertThat(headers.get("Procura-User-Context")).containsExactly("who");
    }

    @Test
    void setsNothingWhereTheRouteSendsNoCredential() {
        HttpHeaders headers = new HttpHeaders();

        HeaderHygiene.set(headers, OutboundCredential.Absent.ABSENT);

        assertThat(headers.isEmpty()).isTrue();
    }

    @Test
    void setsNoUserContextWhereThereIsNone() {
        HttpHeaders headers = new HttpHeaders();

        HeaderHygiene.set(headers, new OutboundCredential.Bearer(TokenValue.of("tier"), Optional.empty()));

        assertThat(headers.headerNames()).containsExactly("Authorization");
    }
}
