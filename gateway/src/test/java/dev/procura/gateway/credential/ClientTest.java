package dev.procura.gateway.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.token.Scopes;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTest {

    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String OTHER = "8f5c2d3e-0000-4000-8000-000000000002";

    private static Client ofManyTenants(Optional<String> tenant) {
        return new Client(
                "gateway",
                "11aa22bb-0000-4000-8000-00000000000a",
                "https://login.example.com/{tenantId}/v2.0",
                "ENTRA",
                tenant,
                Set.of("https://login.example.com/{tenantId}/v2.0", "https://sts.example.com/{TENANTID}/"),
                ServerTraits.standard(),
                Set.of("cp1"),
                Set.of("corp"));
    }

    @Test
    void atATenantItAsksThereAndTakesThatTenantsTokensAlone() {
        Client at = ofManyTenants(Optional.of(OTHER)).at(TENANT);

        assertThat(at)
                .isEqualTo(new Client(
                        "gateway",
                        "11aa22bb-0000-4000-8000-00000000000a",
                        "https://login.example.com/" + TENANT + "/v2.0",
                        "ENTRA",
                        Optional.of(TENANT),
                        Set.of(
                                "https://login.example.com/" + TENANT + "/v2.0",
                                "https://sts.example.com/" + TENANT + "/"),
                        ServerTraits.standard(),
                        Set.of("cp1"),
                        Set.of("corp")));
        assertThat(at.isOfManyTenants()).isFalse();
        assertThat(at).isNotEqualTo(ofManyTenants(Optional.empty()).at(OTHER));
    }

    /** What is put into an address is a tenant id and nothing else, whoever says so. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "common",
                "organizations",
                "contoso.onmicrosoft.com",
                "8F5C2D3E-0000-4000-8000-000000000001",
                "8f5c2d3e-0000-4000-8000-000000000001/",
                "8f5c2d3e-0000-4000-8000-000000000001\n",
                "../8f5c2d3e-0000-4000-8000-000000000001",
                "8f5c2d3e-0000-4000-8000-000000000001@evil.test",
                "8f5c2d3e000040008000000000000001",
                "$1",
                "{tenantid}"
            })
    void whatIsNoTenantIdIsPutIntoNoAddress(String tenant) {
        assertThatThrownBy(() -> ofManyTenants(Optional.empty()).at(tenant))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("evil");
    }

    @Test
    void inItsOwnNameItAsksAtItsOwnTenant() {
        assertThat(ofManyTenants(Optional.of(TENANT)).inOwnName())
                .isEqualTo(ofManyTenants(Optional.empty()).at(TENANT));
        assertThat(GrantExample.CLIENT.inOwnName()).isSameAs(GrantExample.CLIENT);
    }

    /** The start-up refuses it; should it come this far, nobody is asked. */
    @Test
    void withoutATenantOfItsOwnItHasNoPlaceToAsk() {
        assertThatThrownBy(() -> ofManyTenants(Optional.empty()).inOwnName())
                .isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void itActsForTheCallersOfItsIssuersAlone() {
        assertThat(ofManyTenants(Optional.empty()).mayActForCallersOf("corp")).isTrue();
        assertThat(ofManyTenants(Optional.empty()).mayActForCallersOf("partner"))
                .isFalse();
        assertThat(ofManyTenants(Optional.empty()).at(TENANT).mayActForCallersOf("partner"))
                .isFalse();
        assertThat(GrantExample.CLIENT.mayActForCallersOf("anyone")).isTrue();
    }

    @Test
    void aServerWithoutAClaimThatNamesAUserIsNone() {
        assertThatThrownBy(() -> new ServerTraits(Scopes.none(), false, false, Set.of(), false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void traitsKeepWhatTheyWereWhenOneIsAdded() {
        ServerTraits entra = new ServerTraits(Scopes.none(), false, true, Set.of("oid", "tid"), true);

        assertThat(entra.adding(Scopes.of("openid")).grantingLess())
                .isEqualTo(new ServerTraits(Scopes.of("openid"), true, true, Set.of("oid", "tid"), true));
        assertThat(ServerTraits.standard())
                .isEqualTo(new ServerTraits(Scopes.none(), false, false, Set.of("sub"), false));
    }
}
