package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.problem.Problem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which refusal means what, for each kind of server; {@code docs/rationale.md} and the protocol page say why. */
class ClassificationTest {

    private static final Grant ON_BEHALF_OF = GrantExample.ofAlice().onBehalfOf();
    private static final Grant SECOND_STEP = GrantExample.ofAlice().assertion("assertion");
    private static final Grant OWN = GrantExample.ofAlice().clientCredentials();

    private static void assertClass(
            DialectName dialect, int status, String error, String words, String onBehalfOf, String own) {
        Refusal refusal = new Refusal(status, error, words);

        assertThat(dialect.dialect().classify(ON_BEHALF_OF, refusal))
                .as("on behalf of")
                .isEqualTo(Outcome.valueOf(onBehalfOf));
        assertThat(dialect.dialect().classify(OWN, refusal)).as("own name").isEqualTo(Outcome.valueOf(own));
    }

    /** Each line of the first part was measured on Keycloak 26.7.3. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | invalid_request     | Requested audience not available: orders-api                           | TARGET_DENIED    | OUR_CONFIG
            400 | invalid_request     | Invalid token                                                          | SUBJECT_REJECTED | OUR_CONFIG
            401 | unauthorized_client | Invalid client or Invalid client credentials                           | OUR_CREDENTIALS  | OUR_CREDENTIALS
            401 | invalid_client      | Invalid client or Invalid client credentials                           | OUR_CREDENTIALS  | OUR_CREDENTIALS
            401 | unauthorized_client | Client not enabled to retrieve service account                         | OUR_CONFIG       | OUR_CONFIG
            400 | invalid_client      | Audience not found                                                     | OUR_CONFIG       | OUR_CONFIG
            400 | invalid_client      | Client authentication with signed JWT failed: Signature on JWT token failed validation | OUR_CREDENTIALS | OUR_CREDENTIALS
            400 | invalid_scope       | Invalid scopes: inventory                                              | OUR_CONFIG       | OUR_CONFIG
            403 | access_denied       | Client is not within the token audience                                | SUBJECT_REJECTED | OUR_CONFIG
            400 | invalid_request     | Standard token exchange is not enabled for the requested client        | OUR_CONFIG       | OUR_CONFIG
            400 | invalid_request     | Sender-constrained token exchange rejected as the token was not issued for the requesting client | OUR_CONFIG | OUR_CONFIG
            400 | invalid_grant       | Account disabled                                                       | SUBJECT_REJECTED | OUR_CONFIG
            400 | invalid_request     | REQUESTED AUDIENCE NOT AVAILABLE: ORDERS-API                           | TARGET_DENIED    | OUR_CONFIG
            400 | invalid_request     | Requested audience not available: parameter not enabled                | TARGET_DENIED    | OUR_CONFIG
            400 | invalid_request     | Missing parameter: subject_token                                       | OUR_CONFIG       | OUR_CONFIG
            400 | invalid_request     | ''                                                                     | SUBJECT_REJECTED | OUR_CONFIG
            400 | invalid_request     | Words that nobody has seen yet                                         | SUBJECT_REJECTED | OUR_CONFIG
            401 | invalid_token       | ''                                                                     | SUBJECT_REJECTED | OUR_CONFIG
            400 | unsupported_grant_type | Unsupported grant_type                                              | OUR_CONFIG       | OUR_CONFIG
            400 | invalid_target      | ''                                                                     | TARGET_DENIED    | OUR_CONFIG
            400 | temporarily_unavailable | ''                                                                 | UNAVAILABLE      | UNAVAILABLE
            404 | Realm does not exist | ''                                                                    | OUR_CONFIG       | OUR_CONFIG
            403 | ''                  | ''                                                                     | OUR_CONFIG       | OUR_CONFIG
            """)
    void keycloak(int status, String error, String words, String onBehalfOf, String own) {
        assertClass(DialectName.KEYCLOAK, status, error, words, onBehalfOf, own);
    }

    /** The second step of a chain. The first part was measured on Keycloak 26.7.3, the second is in its code. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | invalid_grant       | User not found                                                         | TARGET_DENIED
            400 | invalid_grant       | User is not enabled                                                    | TARGET_DENIED
            400 | invalid_grant       | Account is not fully set up                                            | TARGET_DENIED
            400 | invalid_grant       | Token is not active                                                    | SUBJECT_REJECTED
            400 | invalid_scope       | Missing consents for the client gateway                                | CONSENT
            400 | invalid_scope       | Invalid scopes: nope                                                   | OUR_CONFIG
            400 | invalid_grant       | Token reuse detected                                                   | OUR_CONFIG
            400 | invalid_grant       | The provided assertion is not a valid JWT                              | OUR_CONFIG
            400 | invalid_grant       | Invalid token audience                                                 | OUR_CONFIG
            400 | invalid_grant       | Invalid signature                                                      | OUR_CONFIG
            400 | invalid_grant       | JWT Authorization Grant is not supported for the requested client      | OUR_CONFIG
            400 | invalid_grant       | Identity Provider is not allowed for the client                        | OUR_CONFIG
            400 | invalid_grant       | No Identity Provider for provided issuer                               | OUR_CONFIG
            401 | unauthorized_client | Invalid client or Invalid client credentials                           | OUR_CREDENTIALS
            401 | invalid_client      | Invalid client or Invalid client credentials                           | OUR_CREDENTIALS
            400 | invalid_grant       | JWT Authorization Granted is not enabled for the identity provider     | OUR_CONFIG
            400 | invalid_grant       | Identity Provider is not enabled                                       | OUR_CONFIG
            400 | invalid_grant       | Identity Provider is not configured for JWT Authorization Grant        | OUR_CONFIG
            400 | invalid_grant       | Error validating JWT with identity provider                            | OUR_CONFIG
            400 | invalid_grant       | Public client not allowed to use authorization grant                   | OUR_CONFIG
            400 | invalid_grant       | Multiple audiences not allowed                                         | OUR_CONFIG
            400 | invalid_grant       | Invalid signature algorithm                                            | OUR_CONFIG
            400 | invalid_grant       | Missing claim: sub                                                     | OUR_CONFIG
            400 | invalid_grant       | Token jti claim is required                                            | OUR_CONFIG
            400 | invalid_grant       | Token was issued in the future                                         | OUR_CONFIG
            400 | invalid_grant       | Token was issued too far in the past to be used now                    | OUR_CONFIG
            400 | invalid_grant       | ''                                                                     | TARGET_DENIED
            400 | invalid_grant       | Words that nobody has seen yet                                         | TARGET_DENIED
            400 | invalid_request     | Invalid token                                                          | OUR_CONFIG
            400 | unsupported_grant_type | Unsupported grant_type                                              | OUR_CONFIG
            400 | temporarily_unavailable | ''                                                                 | UNAVAILABLE
            """)
    void keycloakTakingAnAssertion(int status, String error, String words, Outcome outcome) {
        assertThat(DialectName.KEYCLOAK.dialect().classify(SECOND_STEP, new Refusal(status, error, words)))
                .isEqualTo(outcome);
    }

    /** RFC 7523 section 3.1 has one code for all that is wrong with an assertion. */
    @ParameterizedTest
    @CsvSource({
        "400, invalid_grant, TARGET_DENIED",
        "400, invalid_target, TARGET_DENIED",
        "400, invalid_scope, TARGET_DENIED",
        "400, access_denied, TARGET_DENIED",
        "400, consent_required, CONSENT",
        "401, invalid_client, OUR_CREDENTIALS",
        "400, invalid_client, OUR_CREDENTIALS",
        "400, invalid_request, OUR_CONFIG",
        "400, unauthorized_client, OUR_CONFIG",
        "400, unsupported_grant_type, OUR_CONFIG",
        "400, server_error, UNAVAILABLE",
    })
    void aServerTakingAnAssertion(int status, String error, Outcome outcome) {
        assertThat(DialectName.RFC7523.dialect().classify(SECOND_STEP, new Refusal(status, error, "words")))
                .isEqualTo(outcome);
    }

    /** A user is unknown there, or his session ends: he must not be able to stop the chain for everybody. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "User not found",
                "User is not enabled",
                "Account is not fully set up",
                "Token is not active",
                "Invalid client credentials",
                ""
            })
    void noWordAboutAnAssertionIsTakenForARefusalOfTheClientNorRingsAnAlarm(String words) {
        Outcome outcome =
                DialectName.KEYCLOAK.dialect().classify(SECOND_STEP, new Refusal(400, "invalid_grant", words));

        assertThat(outcome).isIn(Outcome.SUBJECT_REJECTED, Outcome.TARGET_DENIED);
        assertThat(outcome.isAlarm()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_request, SUBJECT_REJECTED, OUR_CONFIG",
        "400, invalid_grant, SUBJECT_REJECTED, OUR_CONFIG",
        "401, invalid_token, SUBJECT_REJECTED, OUR_CONFIG",
        "400, invalid_target, TARGET_DENIED, OUR_CONFIG",
        "400, invalid_scope, TARGET_DENIED, OUR_CONFIG",
        "403, access_denied, TARGET_DENIED, OUR_CONFIG",
        "400, interaction_required, STEP_UP, OUR_CONFIG",
        "400, login_required, STEP_UP, OUR_CONFIG",
        "401, insufficient_user_authentication, STEP_UP, OUR_CONFIG",
        "403, mfa_required, STEP_UP, OUR_CONFIG",
        "400, consent_required, CONSENT, OUR_CONFIG",
        "401, invalid_client, OUR_CREDENTIALS, OUR_CREDENTIALS",
        "400, invalid_client, OUR_CREDENTIALS, OUR_CREDENTIALS",
        "400, unauthorized_client, OUR_CONFIG, OUR_CONFIG",
        "400, unsupported_grant_type, OUR_CONFIG, OUR_CONFIG",
        "400, unsupported_token_type, OUR_CONFIG, OUR_CONFIG",
        "400, temporarily_unavailable, UNAVAILABLE, UNAVAILABLE",
        "400, server_error, UNAVAILABLE, UNAVAILABLE",
        "400, slow_down, UNAVAILABLE, UNAVAILABLE",
        "400, INVALID_GRANT, OUR_CONFIG, OUR_CONFIG",
        "400, something_new, OUR_CONFIG, OUR_CONFIG",
        "404, '', OUR_CONFIG, OUR_CONFIG",
    })
    void aServerOfTheStandard(int status, String error, String onBehalfOf, String own) {
        assertClass(DialectName.RFC8693, status, error, "words", onBehalfOf, own);
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_grant, SUBJECT_REJECTED, OUR_CONFIG",
        "400, invalid_request, OUR_CONFIG, OUR_CONFIG",
        "400, invalid_scope, TARGET_DENIED, OUR_CONFIG",
        "401, invalid_client, OUR_CREDENTIALS, OUR_CREDENTIALS",
        "400, unauthorized_client, OUR_CONFIG, OUR_CONFIG",
        "400, unsupported_token_type, OUR_CONFIG, OUR_CONFIG",
        "400, unsupported_grant_type, OUR_CONFIG, OUR_CONFIG",
        "400, invalid_target, TARGET_DENIED, OUR_CONFIG",
        "400, server_error, UNAVAILABLE, UNAVAILABLE",
        "400, '', OUR_CONFIG, OUR_CONFIG",
    })
    void springAuthorizationServer(int status, String error, String onBehalfOf, String own) {
        assertClass(DialectName.SPRING, status, error, "words", onBehalfOf, own);
    }

    /** What a caller cannot mend must not ask him for a new token, nor for more rights. */
    @ParameterizedTest
    @EnumSource(DialectName.class)
    void noRefusalOfTheGatewaysOwnTokenIsTheCallersFault(DialectName dialect) {
        for (String error : new String[] {
            "invalid_grant", "invalid_request", "invalid_target", "invalid_scope", "access_denied", "consent_required",
            "interaction_required", "invalid_token", "unauthorized_client", "invalid_client", "unheard_of", ""
        }) {
            for (int status : new int[] {400, 401, 403, 404}) {
                Outcome outcome = dialect.dialect().classify(OWN, new Refusal(status, error, "Invalid token"));

                assertThat(outcome.problem().status())
                        .as("%s %s", status, error)
                        .isGreaterThanOrEqualTo(500);
            }
        }
    }

    /** Whoever can make a caller's token bad must not be able to stop the client for everybody. */
    @ParameterizedTest
    @ValueSource(strings = {"Invalid token", "Requested audience not available: client credentials", "", "x"})
    void noWordAboutASubjectIsTakenForARefusalOfTheClient(String words) {
        assertThat(DialectName.KEYCLOAK.dialect().classify(ON_BEHALF_OF, new Refusal(400, "invalid_request", words)))
                .isIn(Outcome.SUBJECT_REJECTED, Outcome.TARGET_DENIED);
    }

    @ParameterizedTest
    @CsvSource({
        "SUBJECT_REJECTED, SUBJECT_REJECTED, 401, false",
        "STEP_UP, STEP_UP_REQUIRED, 401, false",
        "CONSENT, CONSENT_REQUIRED, 403, false",
        "TARGET_DENIED, TARGET_DENIED, 403, false",
        "OUR_CONFIG, TOKEN_REQUEST_REFUSED, 502, true",
        "OUR_CREDENTIALS, CLIENT_REFUSED, 502, true",
        "UNAVAILABLE, AUTHORIZATION_SERVER_UNAVAILABLE, 503, false",
    })
    void eachClassHasItsAnswerToTheCaller(Outcome outcome, Problem problem, int status, boolean alarm) {
        assertThat(outcome.problem()).isEqualTo(problem);
        assertThat(outcome.problem().status()).isEqualTo(status);
        assertThat(outcome.isAlarm()).isEqualTo(alarm);
    }
}
