package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are of Azure AD B2C. */
final class B2cEndpointTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://contoso.b2clogin.com/8f5c2d3e-0000-4000-8000-000000000001/v2.0/",
                "https://CONTOSO.B2CLOGIN.COM",
                "https://contoso.b2clogin.com:443/x",
                "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token?p=b2c_1_signin",
                "https://login.example.com/contoso.onmicrosoft.com/B2C_1A_ROPC/oauth2/v2.0/token",
                "https://login.microsoftonline.com/te/contoso.onmicrosoft.com/B2C_1_signin/oauth2/authresp",
                "https://login.example.com/tfp/8f5c2d3e/b2c_1_signin/v2.0/",
                "https://login.microsoftonline.com/tfp/8f5c2d3e/anything/v2.0/",
                "https://contoso.b2clogin.cn/8f5c2d3e-0000-4000-8000-000000000001/v2.0/",
                "https://contoso.b2clogin.us/8f5c2d3e-0000-4000-8000-000000000001/v2.0/",
                "https://contoso.b2clogin.com./8f5c2d3e/v2.0/",
                "https://contoso.b2clogin.com.",
                "https://contoso.b2clogin.com?x",
                "http://contoso.b2clogin.com",
                "https://te.cpim.windows.net/contoso.onmicrosoft.com/oauth2/v2.0/token",
                "https://login.example.com/contoso.onmicrosoft.com/B2C%5F1%5Fsignin/oauth2/v2.0/token",
                "https://login.example.com/contoso.onmicrosoft.com/oauth2/v2.0/token?p=b2c%5f1a%5fropc",
                "https://login.example.com/contoso%2FB2C_1_signin"
            })
    void isOneOfB2c(String address) {
        assertThat(B2cEndpoint.is(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://login.microsoftonline.com/8f5c2d3e-0000-4000-8000-000000000001/v2.0",
                "https://id.example.com/realms/corp",
                "https://id.example.com/realms/b2c",
                "https://id.example.com/realms/my_b2c_1_x",
                "https://id.example.com/b2c_1_",
                "https://id.example.com/contoso.b2clogin.com",
                "https://b2clogin.com.example.com/x",
                "https://contoso.b2clogin.com.example.com/x",
                "https://evilb2clogin.com/x",
                "https://evilcpim.windows.net/x",
                "https://example.com/b2clogin.com",
                "https://example.com/a.b2clogin.com",
                "https://example.com?a.b2clogin.com",
                "https://example.com#a.b2clogin.com",
                "https://contoso.b2clogin.com..example.com",
                "https://windows.net/x",
                ""
            })
    void isNotOneOfB2c(String address) {
        assertThat(B2cEndpoint.is(address)).isFalse();
    }
}
