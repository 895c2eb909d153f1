package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the log says beside a refusal when the setting is nearly right. */
class HintsTest {

    private static final Map<String, String> BLOCKS =
            Map.of("https://example.eu.auth0.com/", "auth", "https://id.example.com/realms/corp", "corp");

    @ParameterizedTest
    @CsvSource({
        "https://example.eu.auth0.com, procura.issuers.auth.issuer",
        "https://id.example.com/realms/corp/, procura.issuers.corp.issuer",
        "https://ID.example.com/realms/corp, procura.issuers.corp.issuer"
    })
    void namesTheBlockThatIsMissedByALetter(String iss, String block) {
        assertThat(Hints.aboutIssuer(iss, BLOCKS, Optional.empty(), false, false))
                .contains(block);
    }

    @Test
    void tellsTheVersionsOfEntraApart() {
        String v1 = "https://sts.windows.net/8f5c2d3e-0000-4000-8000-000000000001/";
        String v2 = "https://login.microsoftonline.com/8f5c2d3e-0000-4000-8000-000000000001/v2.0";

        assertThat(Hints.aboutIssuer(v1, BLOCKS, Optional.empty(), false, true))
                .contains("https://sts.windows.net/{tenantid}/");
        assertThat(Hints.aboutIssuer(v2, BLOCKS, Optional.empty(), true, false))
                .contains("https://login.microsoftonline.com/{tenantid}/v2.0");
        assertThat(Hints.aboutIssuer(v1, BLOCKS, Optional.empty(), true, true)).isEmpty();
        assertThat(Hints.aboutIssuer(v1, BLOCKS, Optional.empty(), false, false))
                .isEmpty();
    }

    @Test
    void namesTheListThatATenantIsMissingIn() {
        String iss = "https://login.microsoftonline.com/8f5c2d3e-0000-4000-8000-000000000001/v2.0";

        assertThat(Hints.aboutIssuer(iss, BLOCKS, Optional.of("staff"), false, true))
                .contains("procura.issuers.staff.tenants")
                .doesNotContain("8f5c2d3e");
    }

    @ParameterizedTest
    @CsvSource({"api://gateway, gateway", "gateway, api://gateway", "https://gw/, https://gw", "api://gateway/, gateway"
    })
    void tellsTwoSpellingsOfOneAudience(String found, String accepted) {
        assertThat(Hints.aboutAudience(Set.of(found, "other"), Set.of(accepted)))
                .contains("another spelling");
    }

    /** The token's words may be anything; the log repeats none of them. */
    @Test
    void repeatsNothingThatTheTokenSays() {
        assertThat(Hints.aboutIssuer("https://evil.example/\\nforged", BLOCKS, Optional.empty(), true, true))
                .isEmpty();
        assertThat(Hints.aboutIssuer("https://sts.windows.net/evil", BLOCKS, Optional.empty(), false, true))
                .doesNotContain("evil");
        assertThat(Hints.aboutAudience(Set.of("evil"), Set.of("gateway"))).isEmpty();
    }
}
