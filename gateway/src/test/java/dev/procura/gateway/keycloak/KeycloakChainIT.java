package dev.procura.gateway.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.fixture.ShiftedClock;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An API of another trust domain, on two real realms: the token exchange of the first, then the JWT authorization grant of the
 * second, which takes an assertion once.
 */
final class KeycloakChainIT {

    private static final Duration MORE_THAN_AN_ENTRY_LIVES = Duration.ofSeconds(31);

    private static KeycloakServer keycloak;
    private static PartnerRealm partner;
    private static RecordingTier tier;
    private static RunningGateway gateway;
    private static final ShiftedClock clock = new ShiftedClock();

    @BeforeAll
    static void start() {
        keycloak = KeycloakServer.shared();
        partner = KeycloakServer.partner();
        tier = RecordingTier.start();
        gateway = RunningGateway.start(clock, """
                procura:
                  public-url: https://api.example.test
                  issuers:
                    corp: { profile: keycloak, issuer: "%1$s", audiences: [gateway] }
                  clients:
                    gateway: { issuer: "%1$s", dialect: keycloak, client-id: gateway, client-secret: "%3$s" }
                    partner: { issuer: "%2$s", dialect: keycloak, client-id: gateway, client-secret: "%4$s" }
                    partner-standard: { issuer: "%2$s", dialect: rfc7523, client-id: gateway, client-secret: "%4$s" }
                    partner-not-allowed: { issuer: "%2$s", dialect: keycloak, client-id: gateway-not-allowed, client-secret: "%5$s" }
                    partner-misconfigured: { issuer: "%2$s", dialect: keycloak, client-id: gateway, client-secret: wrong }
                  routes:
                    - id: orders
                      path: /orders/**
                      uri: %6$s
                      require: { audiences: [gateway] }
                      credential:
                        on-behalf-of: gateway
                        audience: %2$s
                        scopes: [partner]
                        then: { client: partner, audience: orders-api, scopes: [orders], subject: mapped }
                    - id: standard
                      path: /standard/**
                      uri: %6$s
                      require: { audiences: [gateway] }
                      credential:
                        on-behalf-of: gateway
                        audience: %2$s
                        scopes: [partner]
                        then: { client: partner-standard, audience: orders-api, scopes: [orders], allow-scopes: [profile, email], subject: mapped }
                    - id: same-subject
                      path: /same-subject/**
                      uri: %6$s
                      require: { audiences: [gateway] }
                      credential:
                        on-behalf-of: gateway
                        audience: %2$s
                        scopes: [partner]
                        then: { client: partner, audience: orders-api, scopes: [orders] }
                    - id: not-allowed
                      path: /not-allowed/**
                      uri: %6$s
                      require: { audiences: [gateway] }
                      credential:
                        on-behalf-of: gateway
                        audience: %2$s
                        scopes: [partner]
                        then: { client: partner-not-allowed, audience: orders-api, scopes: [orders], subject: mapped }
                    - id: misconfigured
                      path: /misconfigured/**
                      uri: %6$s
                      require: { audiences: [gateway] }
                      credential:
                        on-behalf-of: gateway
                        audience: %2$s
                        scopes: [partner]
                        then: { client: partner-misconfigured, audience: orders-api, scopes: [orders], subject: mapped }
                  cache: { max-life: 30s }
                """.formatted(
                        keycloak.issuer(),
                        partner.issuer(),
                        KeycloakServer.secretOf("gateway"),
                        PartnerRealm.secretOf("gateway"),
                        PartnerRealm.secretOf("gateway-not-allowed"),
                        tier.uri()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        tier.close();
    }

    @BeforeEach
    void forget() {
        tier.reset();
    }

    @ParameterizedTest
    @CsvSource({"/orders/1, partner", "/standard/1, partner-standard"})
    void theTierGetsATokenOfTheOtherRealmForTheLinkedUser(String path, String client) throws ParseException {
        String alice = keycloak.passwordToken("alice");
        long before = asked(client);

        assertThat(gateway.get(path, alice).statusCode()).isEqualTo(200);

        JWTClaimsSet claims = received();
        assertThat(claims.getIssuer()).isEqualTo(partner.issuer());
        assertThat(claims.getSubject())
                .isEqualTo(partner.subjectOf("alice"))
                .isNotEqualTo(SignedJWT.parse(alice).getJWTClaimsSet().getSubject());
        assertThat(claims.getAudience()).containsExactly("orders-api");
        assertThat(tier.last().everything()).doesNotContain(alice);
        assertThat(asked(client)).isEqualTo(before + 1);
    }

    @Test
    void theSecondRequestAsksNeitherRealm() {
        String alice = keycloak.passwordToken("alice");
        gateway.get("/orders/1", alice);
        String first = tier.last().bearer();
        long before = asked("gateway") + asked("partner");

        assertThat(gateway.get("/orders/2", alice).statusCode()).isEqualTo(200);

        assertThat(tier.last().bearer()).isEqualTo(first);
        assertThat(asked("gateway") + asked("partner")).isEqualTo(before);
    }

    /** Keycloak takes none twice: "Token reuse detected". */
    @Test
    void everyColdRequestMakesAnAssertionOfItsOwn() {
        String alice = keycloak.passwordToken("alice");
        gateway.get("/orders/1", alice);
        String first = tier.last().bearer();
        long stepsBefore = asked("gateway");

        clock.advance(MORE_THAN_AN_ENTRY_LIVES);

        assertThat(gateway.get("/orders/2", alice).statusCode()).isEqualTo(200);
        assertThat(tier.last().bearer()).isNotEqualTo(first);
        assertThat(asked("gateway")).isEqualTo(stepsBefore + 1);
    }

    @ParameterizedTest
    @CsvSource({"/orders/1", "/standard/1"})
    void aUserWhoIsUnknownThereIsRefusedAndNobodyIsAlarmed(String path) {
        double alarms = alarms();

        assertProblem(gateway.get(path, keycloak.passwordToken("bob")), 403, "target_denied");

        assertThat(tier.received()).isEmpty();
        assertThat(alarms()).isEqualTo(alarms);
    }

    /** Keycloak issues a token without the scope and without its audience. */
    @Test
    void aUserWhoLacksTheRoleThereIsRefusedAndNobodyIsAlarmed() {
        double alarms = alarms();

        assertProblem(gateway.get("/orders/1", keycloak.passwordToken("dave")), 403, "target_denied");

        assertThat(tier.received()).isEmpty();
        assertThat(alarms()).isEqualTo(alarms);
    }

    @Test
    void aUserWhoIsDisabledThereIsRefused() {
        partner.setEnabled("alice", false);
        try {
            assertProblem(gateway.get("/orders/1", keycloak.passwordToken("alice")), 403, "target_denied");
        } finally {
            partner.setEnabled("alice", true);
        }
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void anotherSubjectIsRefusedWhereTheRouteKnowsOfNoMapping() {
        assertProblem(gateway.get("/same-subject/1", keycloak.passwordToken("alice")), 502, "issued_token_refused");
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void afterALogoutNothingNewIsMade() {
        String alice = keycloak.passwordToken("alice");
        assertThat(gateway.get("/orders/1", alice).statusCode()).isEqualTo(200);
        keycloak.admin().logout("alice");
        tier.reset();

        clock.advance(MORE_THAN_AN_ENTRY_LIVES);

        assertProblem(gateway.get("/orders/1", alice), 401, "subject_rejected");
        assertThat(tier.received()).isEmpty();
    }

    @Test
    void whatIsSwitchedOffThereIsOursAndStopsNobodyElse() {
        double alarms = alarms();
        assertProblem(gateway.get("/not-allowed/1", keycloak.passwordToken("alice")), 502, "token_request_refused");
        assertThat(alarms()).isGreaterThan(alarms);

        partner.setTrust(false);
        try {
            assertProblem(gateway.get("/orders/1", keycloak.passwordToken("alice")), 502, "token_request_refused");
        } finally {
            partner.setTrust(true);
        }
        assertThat(tier.received()).isEmpty();
        assertThat(gateway.get("/orders/1", keycloak.passwordToken("alice")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aWrongSecretThereStopsThatClientAlone() {
        assertProblem(gateway.get("/misconfigured/1", keycloak.passwordToken("alice")), 502, "client_refused");

        assertThat(tier.received()).isEmpty();
        assertThat(gateway.get("/orders/1", keycloak.passwordToken("alice")).statusCode())
                .isEqualTo(200);
    }

    private static long asked(String client) {
        return gateway.bean(MeterRegistry.class).find("procura.token.requests").tag("client", client).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private static double alarms() {
        return gateway.bean(MeterRegistry.class).find("procura.alarms").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static JWTClaimsSet received() throws ParseException {
        return SignedJWT.parse(tier.last().bearer()).getJWTClaimsSet();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).isEqualTo(status);
    }
}
