package dev.procura.gateway.credential;

import static dev.procura.gateway.credential.IssuedTokenExample.assertDoesNotFit;
import static dev.procura.gateway.credential.IssuedTokenExample.assertFits;
import static dev.procura.gateway.credential.IssuedTokenExample.judge;
import static dev.procura.gateway.fixture.CallerExample.NOW;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.token.Scopes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of Entra, where a user is object id and tenant, and sub is another one for each application. */
class IssuedEntraTokenTest {

    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String OTHER_TENANT = "8f5c2d3e-0000-4000-8000-000000000002";
    private static final String OID = "0a000000-0000-4000-8000-00000000000a";
    private static final String API = "11aa22bb-0000-4000-8000-00000000000b";
    private static final String V1 = "https://sts.windows.net/" + TENANT + "/";
    private static final String V2 = "https://login.microsoftonline.com/" + TENANT + "/v2.0";

    private static final GrantExample ALICE = GrantExample.of(CallerExample.user("pairwise-of-the-gateway")
                    .claim("oid", OID)
                    .claim("tid", TENANT))
            .traits(new ServerTraits(Scopes.none(), false, true, Set.of("oid", "tid"), true))
            .tenant(TENANT)
            .issuers(V1, V2)
            .audience(API)
            .scopes("api://orders/.default");

    private static Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", V2);
        claims.put("aud", API);
        claims.put("sub", "pairwise-of-the-api");
        claims.put("oid", OID);
        claims.put("tid", TENANT);
        claims.put("scp", "Orders.Read Orders.Write");
        claims.put("exp", NOW.plusSeconds(300).getEpochSecond());
        return claims;
    }

    private static Map<String, Object> with(String name, Object value) {
        Map<String, Object> claims = claims();
        claims.put(name, value);
        return claims;
    }

    private static Map<String, Object> without(String name) {
        Map<String, Object> claims = claims();
        claims.remove(name);
        return claims;
    }

    @Test
    void theSameUserFitsWhateverSubItIs() {
        assertFits(judge(ALICE.onBehalfOf(), claims()));
        assertFits(judge(ALICE.onBehalfOf(), without("sub")));
    }

    @ParameterizedTest
    @ValueSource(strings = {V1, V2})
    void eitherVersionOfTheIssuerFits(String issuer) {
        assertFits(judge(ALICE.onBehalfOf(), with("iss", issuer)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://sts.windows.net/" + OTHER_TENANT + "/",
                "https://login.microsoftonline.com/" + OTHER_TENANT + "/v2.0",
                "https://login.microsoftonline.com/" + TENANT,
                "https://login.microsoftonline.com/" + TENANT + "/v2.0/",
                "https://sts.windows.net/" + TENANT,
                "https://login.microsoftonline.com/common/v2.0",
                "https://login.microsoftonline.com.evil.test/" + TENANT + "/v2.0"
            })
    void noOtherIssuerFits(String issuer) {
        assertDoesNotFit(judge(ALICE.onBehalfOf(), with("iss", issuer)), "iss");
    }

    @Test
    void theSameObjectIdInAnotherTenantIsAnotherUser() {
        assertDoesNotFit(judge(ALICE.onBehalfOf(), with("tid", OTHER_TENANT)), "tid is not the caller's");
    }

    @Test
    void anotherObjectIdIsAnotherUserWithTheSameSubToo() {
        Map<String, Object> claims = with("oid", "0b000000-0000-4000-8000-00000000000b");
        claims.put("sub", "pairwise-of-the-gateway");

        assertDoesNotFit(judge(ALICE.onBehalfOf(), claims), "oid is not the caller's");
    }

    @ParameterizedTest
    @CsvSource({"oid", "tid"})
    void aTokenThatDoesNotNameTheUserDoesNotFit(String claim) {
        assertDoesNotFit(judge(ALICE.onBehalfOf(), without(claim)), claim);
        assertDoesNotFit(judge(ALICE.onBehalfOf(), with(claim, 7)), claim);
        assertDoesNotFit(judge(ALICE.onBehalfOf(), with(claim, "")), claim);
    }

    /** Two absences are not the same user. */
    @ParameterizedTest
    @CsvSource({"oid", "tid"})
    void aCallerWhoIsNotNamedGetsNoTokenThatNamesNobody(String claim) {
        CallerExample nameless =
                CallerExample.user("a").claim("oid", OID).claim("tid", TENANT).without(claim);

        assertDoesNotFit(judge(ALICE.subject(nameless).onBehalfOf(), without(claim)), claim);
        assertDoesNotFit(judge(ALICE.subject(nameless).onBehalfOf(), claims()), claim);
    }

    @Test
    void scopesOfTheSameApiMayComeAlongAndThoseOfAnotherMayNot() {
        assertFits(judge(ALICE.scopes("api://orders/Orders.Read").onBehalfOf(), claims()));
        assertDoesNotFit(judge(ALICE.scopes("api://orders/Orders.Delete").onBehalfOf(), claims()), "scope lacks");
        assertDoesNotFit(
                judge(ALICE.onBehalfOf(), with("scp", "Orders.Read https://graph.microsoft.com/Mail.Read")),
                "Mail.Read");
    }

    @Test
    void theApplicationsOwnTokenNamesNoUserAndNoScope() {
        Map<String, Object> own = without("scp");
        own.put("oid", "0c000000-0000-4000-8000-00000000000c");
        own.put("roles", List.of("Orders.Read.All"));

        assertFits(judge(ALICE.clientCredentials(), own));
        assertDoesNotFit(judge(ALICE.onBehalfOf(), own), "oid");
    }

    @Test
    void theApplicationsOwnTokenOfAnotherTenantDoesNotFit() {
        assertDoesNotFit(
                judge(
                        ALICE.clientCredentials(),
                        with("iss", "https://login.microsoftonline.com/" + OTHER_TENANT + "/v2.0")),
                "iss");
    }
}
