package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.Randomly;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tenant's id takes the place of the placeholder, and nothing else ever does. */
final class TenantTemplateTest {

    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final TenantTemplate TEMPLATE =
            new TenantTemplate("https://login.microsoftonline.com/{tenantid}/v2.0");
    private static final List<String> PARTS = List.of(
            "",
            "/",
            "a",
            ".",
            ".*",
            "$",
            "$1",
            "\\",
            "\\E",
            "\\Q",
            "(",
            "[a-z]",
            "^",
            "|",
            "{",
            "}",
            "{policy}",
            "%7B",
            "é",
            "https://login.example.com/",
            "/v2.0",
            "-",
            "0");

    @Test
    void givesBackTheTenantThatWasPutIn() {
        Randomly.check(random -> {
            for (int i = 0; i < 5_000; i++) {
                TenantTemplate template = new TenantTemplate(text(random) + "{tenantid}" + text(random));
                String tenant = guid(random);

                assertThat(template.tenantOf(template.forTenant(tenant)))
                        .as(template.text())
                        .contains(tenant);
            }
        });
    }

    @Test
    void findsNoTenantInAnythingElse() {
        Randomly.check(random -> {
            for (int i = 0; i < 5_000; i++) {
                String tenant = guid(random);
                String issuer = TEMPLATE.forTenant(tenant);
                int at = random.nextInt(issuer.length());
                char c = Randomly.oneOf(random, List.of('$', '.', '/', '{', ' ', 'g', '\n', '-', '0', 'é'));
                String changed = random.nextBoolean()
                        ? issuer.substring(0, at) + c + issuer.substring(at + 1)
                        : issuer.substring(0, at) + c + issuer.substring(at);

                TEMPLATE.tenantOf(changed)
                        .ifPresent(
                                found -> assertThat(TEMPLATE.forTenant(found)).isEqualTo(changed));
                assertThat(TEMPLATE.tenantOf(changed).isPresent())
                        .as(changed)
                        .isEqualTo(
                                changed.length() == issuer.length()
                                        && changed.matches(
                                                "https://login\\.microsoftonline\\.com/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/v2\\.0"));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://login.microsoftonline.com/{tenantid}/v2.0",
                "https://login.microsoftonline.com/tenant/v2.0",
                "https://login.microsoftonline.com//v2.0",
                "https://login.microsoftonline.com/v2.0",
                "https://login.microsoftonline.com/common/v2.0",
                "https://login.microsoftonline.com/" + TENANT + "/v2.0/",
                "https://login.microsoftonline.com/" + TENANT + "/" + TENANT + "/v2.0",
                "https://login.microsoftonline.com/" + TENANT + "/v2.0?",
                "https://login.microsoftonline.com/" + TENANT + "\n/v2.0",
                "https://login.microsoftonline.com/" + TENANT,
                "https://login.microsoftonlineXcom/" + TENANT + "/v2.0",
                "http://login.microsoftonline.com/" + TENANT + "/v2.0",
                "x https://login.microsoftonline.com/" + TENANT + "/v2.0",
                TENANT
            })
    void isNotFooledBy(String issuer) {
        assertThat(TEMPLATE.tenantOf(issuer)).isEmpty();
    }

    @Test
    void isNeverItsOwnTenantWhateverTheCaseOfThePlaceholder() {
        for (String text : List.of("{tenantid}", "a{TenantId}b", "{TENANTID}")) {
            assertThat(TenantTemplate.isTemplate(text)).isTrue();
            assertThat(new TenantTemplate(text).tenantOf(text)).isEmpty();
        }
    }

    /** Beginning and end may not share characters. */
    @Test
    void doesNotReadOneCharacterTwice() {
        assertThat(new TenantTemplate("aa{tenantid}aa").tenantOf("aaa")).isEmpty();
    }

    @Test
    void hasNoTenantWithoutAPlaceholderOrWithTwo() {
        assertThat(new TenantTemplate("https://a/" + TENANT).tenantOf("https://a/" + TENANT))
                .isEmpty();
        TenantTemplate two = new TenantTemplate("{tenantid}/{tenantid}");
        assertThat(two.tenantOf(two.forTenant(TENANT))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://a/{tenantid}, https://a/{tenantId}, true",
        "https://a/{tenantid}, https://a/{tenantid}/, false",
        "https://a/b, https://a/b, true",
        "https://a/{tenantid}, https://a/8f5c2d3e-0000-4000-8000-000000000001, false",
        "https://a/{tenantid}, https://A/{tenantid}, false"
    })
    void isTheSameWhateverTheCaseOfThePlaceholder(String text, String other, boolean same) {
        assertThat(new TenantTemplate(text).isSameAs(other)).isEqualTo(same);
        assertThat(new TenantTemplate(text).equals(new TenantTemplate(other))).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "8f5c2d3e-0000-4000-8000-000000000001, true",
        "8F5C2D3E-0000-4000-8000-000000000001, false",
        "8f5c2d3e000040008000000000000001, false",
        "8f5c2d3e-0000-4000-8000-00000000000, false",
        "8f5c2d3e-0000-4000-8000-0000000000011, false",
        "'{8f5c2d3e-0000-4000-8000-000000000001}', false",
        "contoso.onmicrosoft.com, false",
        "common, false"
    })
    void takesAGuidForATenant(String text, boolean tenant) {
        assertThat(TenantTemplate.isTenant(text)).isEqualTo(tenant);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(Randomly.oneOf(random, PARTS));
        }
        return text.toString();
    }

    private static String guid(Random random) {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
