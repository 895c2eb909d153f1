package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntraIssuerTest {

    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String V1 = "https://sts.windows.net/" + TENANT + "/";
    private static final String V2 = "https://login.microsoftonline.com/" + TENANT + "/v2.0";

    @ParameterizedTest
    @ValueSource(
            strings = {
                V1,
                V2,
                V2 + "/",
                "https://sts.windows.net/" + TENANT,
                "https://login.microsoftonline.com/" + TENANT,
                "https://login.windows.net/" + TENANT + "/v2.0",
                "https://login.microsoft.com/" + TENANT + "/",
                "https://LOGIN.microsoftonline.com/" + TENANT + "/v2.0"
            })
    void oneTenantHasOneIssuerInEachVersion(String issuer) {
        assertThat(EntraIssuer.ofBothVersions(issuer)).containsExactlyInAnyOrder(V1, V2);
        assertThat(EntraIssuer.inVersion(issuer, false)).isEqualTo(V1);
        assertThat(EntraIssuer.inVersion(issuer, true)).isEqualTo(V2);
    }

    @ParameterizedTest
    @CsvSource({"{tenantid}", "{tenantId}", "{TENANTID}"})
    void aTemplateStaysOne(String placeholder) {
        assertThat(EntraIssuer.ofBothVersions("https://login.microsoftonline.com/" + placeholder + "/v2.0"))
                .containsExactlyInAnyOrder(
                        "https://sts.windows.net/" + placeholder + "/",
                        "https://login.microsoftonline.com/" + placeholder + "/v2.0");
    }

    /** National clouds, test servers, and what only looks like Entra. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://login.microsoftonline.us/" + TENANT + "/v2.0",
                "https://login.partner.microsoftonline.cn/" + TENANT + "/v2.0",
                "https://contoso.ciamlogin.com/" + TENANT + "/v2.0",
                "http://127.0.0.1:8080/" + TENANT + "/v2.0",
                "https://login.microsoftonline.com.evil.test/" + TENANT + "/v2.0",
                "https://evil.test/login.microsoftonline.com/" + TENANT + "/v2.0",
                "https://evil.test?https://login.microsoftonline.com/" + TENANT + "/v2.0",
                "https://login.microsoftonline.com@evil.test/" + TENANT + "/v2.0",
                "https://evil@login.microsoftonline.com/" + TENANT + "/v2.0",
                "http://login.microsoftonline.com/" + TENANT + "/v2.0",
                "https://login.microsoftonline.com",
                "login.microsoftonline.com/" + TENANT,
                "",
                " "
            })
    void whatIsNotKnownStaysAsItIs(String issuer) {
        assertThat(EntraIssuer.ofBothVersions(issuer)).containsExactly(issuer);
        assertThat(EntraIssuer.inVersion(issuer, false)).isEqualTo(issuer);
        assertThat(EntraIssuer.inVersion(issuer, true)).isEqualTo(issuer);
    }
}
