package dev.procura.gateway.e2e.vendors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.e2e.callers.B2cTokens;
import dev.procura.gateway.e2e.callers.EntraTokens;
import dev.procura.gateway.e2e.callers.OtherTokens;
import dev.procura.gateway.e2e.callers.Token;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Applications cannot be acted for: they are refused or served in the gateway's own name, and no vendor is asked else. */
final class AppCallersTest {

    @BeforeEach
    void fresh() {
        Vendors.fresh();
    }

    private static Token application(Vendor vendor) {
        return Vendors.dated(
                switch (vendor) {
                    case ENTRA, ENTRA_SINGLE, ENTRA_CAPABLE -> EntraTokens.daemonV2(EntraTokens.ORCHID);
                    case ENTRA_V1 -> EntraTokens.daemonV1(EntraTokens.ORCHID).with("aud", "https://api.orchid.test");
                    case B2C -> B2cTokens.daemon();
                    case AUTH0, AUTH0_CUSTOM -> OtherTokens.auth0Machine(Vendors.origin());
                    case OKTA -> OtherTokens.oktaMachine(Vendors.origin());
                    case TOKENX, RFC7523, RFC8693 ->
                        OtherTokens.generic(Vendors.origin(), EntraTokens.DAEMON)
                                .with("client_id", EntraTokens.DAEMON);
                });
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void anApplicationIsRefusedWhereUsersAreMeant(Vendor vendor) {
        Attempt attempt = Attempt.of(vendor, application(vendor));

        assertThat(attempt.code()).isEqualTo("caller_kind_refused");
        assertThat(attempt.status()).isEqualTo(403);
        assertThat(Vendors.asked()).isEmpty();
        assertThat(Vendors.tier().received()).isEmpty();
    }

    @Test
    void anApplicationThatMayComeInIsStillNotActedFor() {
        Attempt attempt = Attempt.of("entra-any", application(Vendor.ENTRA));

        assertThat(attempt.code()).isEqualTo("caller_cannot_be_acted_for");
        assertThat(attempt.status()).isEqualTo(403);
        assertThat(attempt.log("procura.refused")).singleElement().asString().contains("credential.app-callers");
        assertThat(Vendors.asked()).isEmpty();
        assertThat(Vendors.tier().received()).isEmpty();
    }

    static Stream<Arguments> ownNames() {
        String grant = "grant_type=client_credentials";
        String id = "client_id=" + EntraTokens.API;
        String secret = "client_secret=" + Asked.SECRET;
        return Stream.of(
                argumentSet("entra", Vendor.ENTRA, List.of(grant, id, "scope=api://ledger/.default", secret)),
                argumentSet(
                        "entra-v1",
                        Vendor.ENTRA_V1,
                        List.of(grant, id, "resource=https://ledger.contoso.test", secret)),
                argumentSet(
                        "auth0",
                        Vendor.AUTH0,
                        List.of(grant, "audience=https://ledger.orchid.test", "client_id=gwAPI01", secret)),
                argumentSet("okta", Vendor.OKTA, List.of(grant, "scope=ledger.read")),
                argumentSet("rfc8693", Vendor.RFC8693, List.of(grant, "audience=ledger-api", "scope=entries.read")));
    }

    @ParameterizedTest
    @MethodSource("ownNames")
    void anApplicationIsServedInTheGatewaysOwnNameWhereTheRouteSaysSo(Vendor vendor, List<String> fields) {
        Token application = application(vendor);
        String issued = Vendors.issues(vendor, application, Duration.ofSeconds(60));

        for (int i = 0; i < 2; i++) {
            Attempt attempt = Attempt.of(vendor.id() + "-apps", application);

            assertThat(attempt.status()).isEqualTo(200);
            assertThat(Vendors.tier().last().bearer()).isEqualTo(issued);
        }
        assertThat(Vendors.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.path()).isEqualTo(vendor.path());
            assertThat(asked.fields()).containsExactlyInAnyOrderElementsOf(fields);
        });
    }
}
