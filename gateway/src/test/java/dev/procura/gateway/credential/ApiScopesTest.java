package dev.procura.gateway.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.token.Scopes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiScopesTest {

    @ParameterizedTest(name = "asked {0}, granted {1}: lacks {2}, wider by {3}")
    @CsvSource(
            nullValues = "-",
            emptyValue = "",
            value = {
                "orders, orders, '', ''",
                "orders, '', orders, ''",
                "orders, orders admin, '', admin",
                "api://x/orders, orders, api://x/orders, orders",
                ".default, orders, .default, orders"
            })
    void whereScopesAreBareEachCounts(String asked, String granted, String missing, String wider) {
        assertJudged(false, asked, granted, missing, wider);
    }

    @ParameterizedTest(name = "asked {0}, granted {1}: lacks {2}, wider by {3}")
    @CsvSource(
            value = {
                "api://x/Read, Read, '', ''",
                "api://x/Read, api://x/Read, '', ''",
                "api://x/Read, Read Write, '', ''",
                "api://x/Read, '', Read, ''",
                "api://x/Read, read, Read, ''",
                "api://x/Read api://x/Write, Read, Write, ''",
                "api://x/.default, '', '', ''",
                "api://x/.default, Read Write, '', ''",
                "https://x.test//.default, Read, '', ''",
                "https://x.test/a/Read, Read, '', ''",
                "api://x/Read, Read api://y/Read, '', api://y/Read",
                "api://x/Read, api://y/Read, '', api://y/Read",
                "api://x/.default, Read https://graph.microsoft.com/Mail.Read, '', https://graph.microsoft.com/Mail.Read",
                "api://x/.default, api://x/y/Read, '', api://x/y/Read",
                "api://x/.default, api://X/Read, '', api://X/Read",
                "api://x/.default, /Read, '', /Read",
                "api://x/.default, api://x/, '', ''",
                "api://x/Read, .default, Read, ''",
            })
    void whereTheyNameTheirApiTheLastPartCountsAndNoOtherApi(
            String asked, String granted, String missing, String wider) {
        assertJudged(true, asked, granted, missing, wider);
    }

    private static void assertJudged(boolean nameTheirApi, String asked, String granted, String missing, String wider) {
        ApiScopes scopes = new ApiScopes(Scopes.parse(asked), nameTheirApi);

        assertThat(scopes.missingFrom(Scopes.parse(granted))).isEqualTo(Scopes.parse(missing));
        assertThat(scopes.widerIn(Scopes.parse(granted))).isEqualTo(Scopes.parse(wider));
    }
}
