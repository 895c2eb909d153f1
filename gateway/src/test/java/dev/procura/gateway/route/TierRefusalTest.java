package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of a tier's challenges are the caller's, and which are the gateway's to meet. */
class TierRefusalTest {

    private static final String CLAIMS = "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}";

    private static TierRefusal of(boolean namesCaller, String... headers) {
        return TierRefusal.of(ChallengeParser.parse(List.of(headers)), namesCaller);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> claims(String parameter) {
        TierRefusal refusal = of(true, "Bearer error=\"insufficient_claims\", claims=\"" + parameter + "\"");
        return ((TierRefusal.CallersTurn) refusal).claims();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer error=\"insufficient_claims\"",
                "bearer ERROR=insufficient_user_authentication, max_age=300",
                "Negotiate, Bearer realm=x, error=\"insufficient_claims\", Basic realm=y"
            })
    void whatTheCallerCanMeetIsTheCallers(String header) {
        assertThat(of(true, header))
                .isInstanceOfSatisfying(
                        TierRefusal.CallersTurn.class,
                        turn -> assertThat(turn.challenges())
                                .singleElement()
                                .satisfies(challenge ->
                                        assertThat(challenge.isBearer()).isTrue()));
        assertThat(of(false, header))
                .as("the gateway's own credential")
                .isEqualTo(TierRefusal.GatewaysTurn.GATEWAYS_TURN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer error=\"invalid_token\"",
                "Bearer error=\"insufficient_scope\"",
                "Bearer error=\"INSUFFICIENT_CLAIMS\"",
                "Bearer error=\"insufficient_claims \"",
                "Bearer realm=\"error=insufficient_claims\"",
                "Basic error=\"insufficient_claims\"",
                "DPoP error=\"insufficient_user_authentication\"",
                "Bearer error=\"invalid_token\", error=\"insufficient_claims\"",
                "Bearer error=\"insufficient_claims\" trailing"
            })
    void everythingElseIsTheGateways(String header) {
        assertThat(of(true, header)).isEqualTo(TierRefusal.GatewaysTurn.GATEWAYS_TURN);
    }

    @Test
    void onlyTheCallersChallengesAreLeft() {
        TierRefusal refusal = of(
                true,
                "Bearer error=\"invalid_token\"",
                "Bearer error=\"insufficient_claims\", claims=\"" + base64(CLAIMS) + "\"",
                "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa\"");

        assertThat(((TierRefusal.CallersTurn) refusal).challenges())
                .extracting(challenge -> challenge.parameter("error").orElseThrow())
                .containsExactly("insufficient_claims", "insufficient_user_authentication");
        assertThat(((TierRefusal.CallersTurn) refusal).claims()).contains(CLAIMS);
    }

    @Test
    void claimsAreReadInEitherAlphabet() {
        String json = "{\"a\":\"~~~???ÿÿ\"}";
        String standard = base64(json);
        String url = Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));

        assertThat(standard).containsAnyOf("+", "/");
        assertThat(claims(standard)).contains(json);
        assertThat(claims(url)).contains(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "\"text\"", "{", "{\"a\":1} x", "4711", "plain words"})
    void claimsThatAreNoJsonObjectAreIgnoredAndTheChallengePasses(String json) {
        assertThat(claims(base64(json))).isEmpty();
    }

    @Test
    void claimsOfMoreThan4KiBAreIgnored() {
        String most = "{\"a\":\"" + "x".repeat(TierRefusal.MAX_CLAIMS - 8) + "\"}";

        assertThat(claims(base64(most))).contains(most);
        assertThat(claims(base64(most.replace("\"a\"", "\"aa\"")))).isEmpty();
        assertThat(claims("not Base64!")).isEmpty();
    }
}
