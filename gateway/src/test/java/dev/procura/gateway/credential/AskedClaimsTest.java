package dev.procura.gateway.credential;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.token.Scopes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AskedClaimsTest {

    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String OTHER_TENANT = "8f5c2d3e-0000-4000-8000-000000000002";
    private static final ServerTraits TAKING = new ServerTraits(Scopes.none(), false, true, Set.of("oid", "tid"), true);
    private static final ClaimsRequest CLAIMS = ClaimsRequest.parse("{\"access_token\":{\"acrs\":{\"value\":\"c1\"}}}")
            .orElseThrow();

    private static final CallerExample USER =
            CallerExample.user("alice").tenant(TENANT).identity(Map.of("oid", "0a000000-0000-4000-8000-00000000000a"));
    private static final GrantExample ALICE =
            GrantExample.of(USER).traits(TAKING).tenant(TENANT);

    private final MutableClock clock = MutableClock.at(NOW);
    private final AskedClaims asked = new AskedClaims(clock);

    private Optional<ClaimsRequest> of(GrantExample grant) {
        return asked.of(grant.client(), grant.target(), grant.subject().identity());
    }

    @Test
    void whoComesBackIsAskedForWithWhatTheTierHasSaid() {
        asked.told(ALICE.onBehalfOf(), CLAIMS);

        assertThat(of(ALICE)).contains(CLAIMS);
        assertThat(of(ALICE.subject(USER.token("a-new-token").claim("acrs", "c1"))))
                .as("with a new token")
                .contains(CLAIMS);
    }

    static Stream<Arguments> others() {
        return Stream.of(
                argumentSet("another user", ALICE.subject(USER.identity(Map.of("oid", "another")))),
                argumentSet("the same object id in another tenant", ALICE.subject(USER.tenant(OTHER_TENANT))),
                argumentSet("the same object id of another issuer", ALICE.subject(USER.iss("https://elsewhere.test"))),
                argumentSet("at another tenant", ALICE.tenant(OTHER_TENANT)),
                argumentSet("another target", ALICE.audience("billing-api")),
                argumentSet("another scope of the same target", ALICE.scopes("api://x/.default")),
                argumentSet(
                        "another client",
                        new GrantExample(
                                new Client(
                                        "other",
                                        "gateway",
                                        ALICE.client().server(),
                                        ALICE.client().dialect(),
                                        ALICE.client().tenant(),
                                        ALICE.client().issuers(),
                                        TAKING,
                                        Set.of(),
                                        Set.of()),
                                ALICE.target(),
                                ALICE.subject(),
                                Optional.empty(),
                                Optional.empty())),
                argumentSet("a server that takes none", ALICE.traits(ServerTraits.standard())));
    }

    @ParameterizedTest
    @MethodSource("others")
    void nothingOfItIsForAnybodyElse(GrantExample other) {
        asked.told(ALICE.onBehalfOf(), CLAIMS);

        assertThat(of(other)).isEmpty();
    }

    @Test
    void ofAServerThatTakesNoneNothingIsKept() {
        GrantExample standard = ALICE.traits(ServerTraits.standard());
        asked.told(standard.onBehalfOf(), CLAIMS);

        assertThat(of(standard)).isEmpty();
    }

    @Test
    void theLastWordCounts() {
        ClaimsRequest later =
                ClaimsRequest.parse("{\"access_token\":{\"nbf\":{}}}").orElseThrow();
        asked.told(ALICE.onBehalfOf(), CLAIMS);
        asked.told(ALICE.onBehalfOf(), later);

        assertThat(of(ALICE)).contains(later);
    }

    @Test
    void itIsForgottenAfterAnHour() {
        asked.told(ALICE.onBehalfOf(), CLAIMS);
        clock.advance(AskedClaims.LIFE.minusMillis(1));
        assertThat(of(ALICE)).contains(CLAIMS);

        clock.advance(AskedClaims.LIFE);
        assertThat(of(ALICE)).isEmpty();
    }
}
