package dev.procura.gateway.e2e.callers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.route.TestRoutes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the documentation of an issuer rules out is refused before the first request. */
final class NoStartTest {

    private static final String B2C = """
            issuers:
              b2c: { profile: b2c, issuer: "https://orchid.b2clogin.com/f06c2fe8-709f-4030-85dc-38a4bfd9e82d/v2.0/", metadata-uri: "https://orchid.b2clogin.com/orchid.onmicrosoft.com/{policy}/v2.0/.well-known/openid-configuration", policies: [B2C_1A_ROPC_Auth], audiences: [gateway] }
            clients:
              gateway: { token-uri: "TOKEN-URI", dialect: rfc8693, client-id: gateway, client-secret: s3cr3t }
            routes:
              - { id: orders, path: "/orders/**", uri: "http://127.0.0.1:9", credential: { CREDENTIAL } }
            """;

    @ParameterizedTest
    @CsvSource({
        "https://orchid.b2clogin.com/orchid.onmicrosoft.com/B2C_1A_ROPC_Auth/oauth2/v2.0/token",
        "https://login.microsoftonline.com/orchid.onmicrosoft.com/B2C_1A_ROPC_Auth/oauth2/v2.0/token",
        "https://login.microsoftonline.com/orchid.onmicrosoft.com/oauth2/v2.0/token?p=b2c_1_signin",
        "https://login.orchid.test/orchid.onmicrosoft.com/B2C_1_signin/oauth2/v2.0/token"
    })
    void b2cCannotBeAskedToActForItsUsers(String tokenUri) {
        assertThatThrownBy(() -> TestRoutes.of(b2c(tokenUri, "on-behalf-of: gateway, audience: orders-api")))
                .isInstanceOfSatisfying(InvalidSetting.class, invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.routes[0].credential.on-behalf-of");
                    assertThat(invalid.reason())
                            .contains(
                                    "no on-behalf-of flow",
                                    "client-credentials",
                                    "user-context: signed",
                                    "pass-through");
                });
    }

    /** The ways that are left: the gateway's own name, the caller's own token, another server that trusts B2C. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://orchid.b2clogin.com/orchid.onmicrosoft.com/B2C_1_signin/oauth2/v2.0/token | client-credentials: gateway, audience: orders-api, user-context: signed",
                "https://orchid.b2clogin.com/orchid.onmicrosoft.com/B2C_1_signin/oauth2/v2.0/token | pass-through: true",
                "https://id.orchid.test/token | on-behalf-of: gateway, audience: orders-api"
            })
    void b2cUsersAreServedInOtherWays(String tokenUri, String credential) {
        assertThat(TestRoutes.of(b2c(tokenUri, credential)).routes().all()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "https://login.windows.net/common, issuer",
        "https://login.microsoftonline.com/organizations/v2.0, issuer",
        "https://login.microsoftonline.com/consumers/v2.0, issuer",
        "https://login.microsoftonline.com/orchid.onmicrosoft.com/v2.0, issuer",
        "https://login.microsoftonline.com/{tenantid}/v2.0, tenants"
    })
    void noTokenSaysCommonSoNoIssuerMay(String issuer, String key) {
        assertThatThrownBy(() -> TestRoutes.of(
                        "issuers: { entra: { profile: entra, issuer: \"" + issuer + "\", audiences: [gateway] } }"))
                .isInstanceOfSatisfying(
                        InvalidSetting.class,
                        invalid -> assertThat(invalid.key()).isEqualTo("procura.issuers.entra." + key));
    }

    /** Any application of a tenant gets a token for any API of it. */
    @Test
    void applicationsOfATenantAreNotLetInWithoutARoleOrAList() {
        String route = """
                issuers: { entra: { profile: entra, issuer: "https://login.microsoftonline.com/{tenantid}/v2.0", tenants: [0a1b2c3d-0000-4000-8000-00000000000a], audiences: [gateway] } }
                routes:
                  - { id: orders, path: "/orders/**", uri: "http://127.0.0.1:9", require: { caller: app REST }, credential: { none: true } }
                """;

        assertThatThrownBy(() -> TestRoutes.of(route.replace("REST", "")))
                .isInstanceOfSatisfying(
                        InvalidSetting.class,
                        invalid -> assertThat(invalid.key()).isEqualTo("procura.routes[0].require.caller"));
        assertThat(TestRoutes.of(route.replace("REST", ", roles: [orders.process]"))
                        .routes()
                        .all())
                .hasSize(1);
    }

    private static String b2c(String tokenUri, String credential) {
        return B2C.replace("TOKEN-URI", tokenUri).replace("CREDENTIAL", credential);
    }
}
