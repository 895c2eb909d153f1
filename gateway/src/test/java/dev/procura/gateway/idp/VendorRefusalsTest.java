package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.GrantExample;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What each vendor's refusals mean: the error first, and its prose only where the vendor gives no better sign. */
class VendorRefusalsTest {

    private static final GrantExample ALICE = GrantExample.ofAlice();
    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String CLAIMS = "{\"access_token\":{\"polids\":{\"essential\":true}}}";

    /** Of one tenant, of the caller's tenant, and in its own name. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            interaction_required    | basic_action               | true  | 50076   | STEP_UP          | STEP_UP          | OUR_CONFIG
            interaction_required    | ''                         | false | 50079   | STEP_UP          | STEP_UP          | OUR_CONFIG
            interaction_required    | consent_required           | false | 65001   | CONSENT          | CONSENT          | OUR_CONFIG
            invalid_grant           | consent_required           | false | 65001   | CONSENT          | CONSENT          | OUR_CONFIG
            invalid_grant           | ''                         | false | 50013   | SUBJECT_REJECTED | SUBJECT_REJECTED | OUR_CONFIG
            invalid_grant           | ''                         | false | 500133  | SUBJECT_REJECTED | SUBJECT_REJECTED | OUR_CONFIG
            invalid_grant           | ''                         | false | 50173   | SUBJECT_REJECTED | SUBJECT_REJECTED | OUR_CONFIG
            invalid_grant           | ''                         | false | 70008   | SUBJECT_REJECTED | SUBJECT_REJECTED | OUR_CONFIG
            invalid_grant           | ''                         | false | 240002  | SUBJECT_REJECTED | SUBJECT_REJECTED | OUR_CONFIG
            invalid_grant           | ''                         | true  | 50076   | STEP_UP          | STEP_UP          | OUR_CONFIG
            invalid_grant           | additional_action          | false | 53000   | STEP_UP          | STEP_UP          | OUR_CONFIG
            invalid_grant           | client_mismatch            | false | 70000   | SUBJECT_REJECTED | SUBJECT_REJECTED | OUR_CONFIG
            invalid_grant           | protection_policy_required | false | 53005   | TARGET_DENIED    | TARGET_DENIED    | OUR_CONFIG
            invalid_client          | ''                         | false | 7000215 | OUR_CREDENTIALS  | OUR_CREDENTIALS  | OUR_CREDENTIALS
            invalid_client          | ''                         | false | 7000222 | OUR_CREDENTIALS  | OUR_CREDENTIALS  | OUR_CREDENTIALS
            invalid_client          | ''                         | false | 700027  | OUR_CREDENTIALS  | OUR_CREDENTIALS  | OUR_CREDENTIALS
            unauthorized_client     | ''                         | false | 700016  | OUR_CONFIG       | CONSENT          | OUR_CONFIG
            unauthorized_client     | ''                         | false | 7000114 | OUR_CONFIG       | CONSENT          | OUR_CONFIG
            invalid_resource        | ''                         | false | 500011  | OUR_CONFIG       | CONSENT          | OUR_CONFIG
            invalid_scope           | ''                         | false | 70011   | OUR_CONFIG       | OUR_CONFIG       | OUR_CONFIG
            invalid_request         | ''                         | false | 900144  | OUR_CONFIG       | OUR_CONFIG       | OUR_CONFIG
            unsupported_grant_type  | ''                         | false | 70003   | OUR_CONFIG       | OUR_CONFIG       | OUR_CONFIG
            temporarily_unavailable | ''                         | false | 90033   | UNAVAILABLE      | UNAVAILABLE      | UNAVAILABLE
            something_new           | ''                         | false | 1       | OUR_CONFIG       | OUR_CONFIG       | OUR_CONFIG
            """)
    void entra(
            String error,
            String suberror,
            boolean withClaims,
            String code,
            Outcome oneTenant,
            Outcome callersTenant,
            Outcome own) {
        Refusal refusal = new Refusal(
                400,
                error,
                "AADSTS" + code + ": words",
                suberror,
                List.of(code),
                withClaims ? Optional.of(CLAIMS) : Optional.empty(),
                "t",
                "c");
        for (DialectName name : List.of(DialectName.ENTRA, DialectName.ENTRA_V1)) {
            Dialect dialect = name.dialect();

            assertThat(dialect.classify(ALICE.onBehalfOf(), refusal)).isEqualTo(oneTenant);
            assertThat(dialect.classify(ALICE.tenant(TENANT).onBehalfOf(), refusal))
                    .isEqualTo(callersTenant);
            assertThat(dialect.classify(ALICE.clientCredentials(), refusal)).isEqualTo(own);
        }
    }

    /** Microsoft changes numbers and prose. */
    @ParameterizedTest
    @CsvSource({"interaction_required, STEP_UP", "invalid_grant, SUBJECT_REJECTED", "invalid_scope, OUR_CONFIG"})
    void noNumberOfEntraDecides(String error, Outcome outcome) {
        for (String code : List.of("7000215", "65001", "50076", "90033")) {
            Refusal refusal = new Refusal(
                    400, error, "AADSTS" + code + ": invalid_client", "", List.of(code), Optional.empty(), "", "");

            assertThat(DialectName.ENTRA.dialect().classify(ALICE.onBehalfOf(), refusal))
                    .isEqualTo(outcome);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | invalid_request      | Delegation chain (`act` claim) depth exceeds 5 | TARGET_DENIED    | OUR_CONFIG
            400 | invalid_request      | Missing audience                               | OUR_CONFIG       | OUR_CONFIG
            401 | invalid_grant        | Invalid subject token                          | SUBJECT_REJECTED | OUR_CONFIG
            401 | invalid_token        | ''                                             | SUBJECT_REJECTED | OUR_CONFIG
            401 | invalid_request      | subject token expired                          | SUBJECT_REJECTED | OUR_CONFIG
            401 | access_denied        | Unauthorized                                   | SUBJECT_REJECTED | OUR_CREDENTIALS
            401 | invalid_client       | Client authentication failed                   | OUR_CREDENTIALS  | OUR_CREDENTIALS
            403 | access_denied        | Client is not authorized                       | TARGET_DENIED    | OUR_CONFIG
            403 | unauthorized_client  | Client is not authorized                       | TARGET_DENIED    | OUR_CONFIG
            403 | mfa_required         | Multifactor authentication required            | STEP_UP          | OUR_CONFIG
            403 | consent_required     | ''                                             | CONSENT          | OUR_CONFIG
            400 | unsupported_grant_type | ''                                           | OUR_CONFIG       | OUR_CONFIG
            400 | invalid_target       | ''                                             | TARGET_DENIED    | OUR_CONFIG
            400 | server_error         | ''                                             | UNAVAILABLE      | UNAVAILABLE
            """)
    void auth0(int status, String error, String words, Outcome onBehalfOf, Outcome own) {
        assertClass(DialectName.AUTH0, status, error, words, onBehalfOf, own);
    }

    @ParameterizedTest
    @CsvSource({
        "401, invalid_client, OUR_CREDENTIALS, OUR_CREDENTIALS",
        "400, unauthorized_client, OUR_CONFIG, OUR_CONFIG",
        "400, invalid_scope, OUR_CONFIG, OUR_CONFIG",
        "400, access_denied, TARGET_DENIED, OUR_CONFIG",
        "400, invalid_grant, SUBJECT_REJECTED, OUR_CONFIG",
        "400, invalid_request, SUBJECT_REJECTED, OUR_CONFIG",
        "400, invalid_target, TARGET_DENIED, OUR_CONFIG",
        "400, invalid_dpop_proof, OUR_CONFIG, OUR_CONFIG",
        "400, unsupported_grant_type, OUR_CONFIG, OUR_CONFIG",
    })
    void okta(int status, String error, Outcome onBehalfOf, Outcome own) {
        assertClass(DialectName.OKTA, status, error, "words", onBehalfOf, own);
    }

    @ParameterizedTest
    @CsvSource({
        "401, invalid_client, OUR_CREDENTIALS",
        "400, invalid_request, SUBJECT_REJECTED",
        "400, invalid_grant, SUBJECT_REJECTED",
        "400, invalid_target, TARGET_DENIED",
        "400, access_denied, TARGET_DENIED",
    })
    void tokenX(int status, String error, Outcome onBehalfOf) {
        assertThat(DialectName.TOKENX.dialect().classify(ALICE.onBehalfOf(), new Refusal(status, error, "words")))
                .isEqualTo(onBehalfOf);
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_grant, SUBJECT_REJECTED, OUR_CONFIG",
        "400, invalid_request, OUR_CONFIG, OUR_CONFIG",
        "400, invalid_scope, TARGET_DENIED, OUR_CONFIG",
        "401, invalid_client, OUR_CREDENTIALS, OUR_CREDENTIALS",
        "400, unsupported_grant_type, OUR_CONFIG, OUR_CONFIG",
    })
    void rfc7523(int status, String error, Outcome onBehalfOf, Outcome own) {
        assertClass(DialectName.RFC7523, status, error, "words", onBehalfOf, own);
    }

    /** It was made a moment ago: a new token of the caller's would not be taken either. */
    @ParameterizedTest
    @EnumSource(
            value = DialectName.class,
            names = {"RFC7523", "KEYCLOAK"})
    void anAssertionThatIsNotTakenIsNoReasonToSignInAgain(DialectName dialect) {
        assertThat(dialect.dialect().classify(ALICE.assertion("a.b.c"), new Refusal(400, "invalid_grant", "words")))
                .isEqualTo(Outcome.TARGET_DENIED);
    }

    /** Whatever a caller can make a server say must not stop the client for everybody. */
    @ParameterizedTest
    @EnumSource(DialectName.class)
    void nothingButInvalidClientStopsTheClientOfAVendor(DialectName dialect) {
        for (String error : List.of(
                "invalid_grant",
                "invalid_request",
                "access_denied",
                "invalid_target",
                "invalid_scope",
                "mfa_required",
                "interaction_required",
                "consent_required",
                "invalid_token",
                "unheard_of",
                "")) {
            for (int status : new int[] {400, 401, 403, 404}) {
                assertThat(dialect.dialect()
                                .classify(
                                        ALICE.onBehalfOf(), new Refusal(status, error, "Unauthorized: invalid_client")))
                        .as("%s %s", status, error)
                        .isNotEqualTo(Outcome.OUR_CREDENTIALS);
            }
        }
    }

    @Test
    void everyRefusalOfADocumentedKindHasAHint() {
        for (String code : List.of(
                "50076", "50079", "50078", "50158", "53000", "53001", "53002", "53003", "65001", "50013", "500133",
                "50173", "70008", "240002", "7000215", "7000222", "700027", "50012", "700016", "7000114", "500011",
                "65005", "650057", "70011", "700022", "900144", "9002313", "50194", "9001023", "90033", "90055",
                "50196", "901002", "70003")) {
            Refusal refusal = new Refusal(400, "invalid_grant", "", "", List.of(code), Optional.empty(), "", "");

            assertThat(DialectName.ENTRA.dialect().hint(refusal)).as(code).isPresent();
        }
        for (String words : List.of(
                "Invalid token",
                "Requested audience not available: orders-api",
                "Audience not found",
                "Client is not within the token audience",
                "Invalid client or Invalid client credentials",
                "Client not enabled to retrieve service account",
                "Standard token exchange is not enabled for the requested client",
                "Missing consents for the client gateway",
                "JWT Authorization Grant is not supported for the requested client",
                "Identity Provider is not allowed for the client",
                "No Identity Provider for provided issuer",
                "Invalid signature",
                "Invalid token audience",
                "Multiple audiences not allowed",
                "User not found",
                "User is not enabled",
                "Account is not fully set up",
                "Token is not active",
                "Token was issued in the future",
                "Token was issued too far in the past to be used now")) {
            assertThat(DialectName.KEYCLOAK.dialect().hint(new Refusal(400, "invalid_request", words)))
                    .as(words)
                    .isPresent();
        }
    }

    private static void assertClass(
            DialectName dialect, int status, String error, String words, Outcome onBehalfOf, Outcome own) {
        Refusal refusal = new Refusal(status, error, words);
        Grant forAlice = ALICE.onBehalfOf();

        assertThat(dialect.dialect().classify(forAlice, refusal))
                .as("on behalf of")
                .isEqualTo(onBehalfOf);
        assertThat(dialect.dialect().classify(ALICE.clientCredentials(), refusal))
                .as("own name")
                .isEqualTo(own);
    }
}
