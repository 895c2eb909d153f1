package dev.procura.gateway.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.token.Claims;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only whom {@code may_act} names may act, and a claim that cannot be read names nobody. */
final class MayActTest {

    private static final String ISS = CallerExample.ISSUER;
    private static final MayAct.Party GATEWAY = MayAct.Party.of(GrantExample.CLIENT);
    private static final MayAct.Party ORDERS =
            new MayAct.Party(Set.of(ISS), Optional.of("4711"), Optional.of("orders-api"));

    static Stream<Arguments> claimsAndWhetherTheyNameTheGateway() {
        return Stream.of(
                argumentSet("sub", Map.of("sub", "gateway"), true),
                argumentSet("client_id", Map.of("client_id", "gateway"), true),
                argumentSet("both", Map.of("sub", "gateway", "client_id", "gateway"), true),
                argumentSet("all", Map.of("iss", ISS, "sub", "gateway", "client_id", "gateway"), true),
                argumentSet("other members", Map.of("sub", "gateway", "exp", 1, "note", List.of()), true),
                argumentSet("another sub", Map.of("sub", "orders-api"), false),
                argumentSet("another client_id", Map.of("client_id", "orders-api"), false),
                argumentSet("two parties", Map.of("sub", "gateway", "client_id", "orders-api"), false),
                argumentSet("two parties, the other way", Map.of("sub", "alice", "client_id", "gateway"), false),
                argumentSet("another issuer", Map.of("iss", "https://evil.example", "sub", "gateway"), false),
                argumentSet("another spelling of the issuer", Map.of("iss", ISS + "/", "sub", "gateway"), false),
                argumentSet("another case", Map.of("sub", "Gateway"), false),
                argumentSet("a longer name", Map.of("sub", "gateway2"), false),
                argumentSet("spaces", Map.of("sub", " gateway"), false),
                argumentSet("nothing", Map.of(), false),
                argumentSet("the issuer alone", Map.of("iss", ISS), false),
                argumentSet("other members alone", Map.of("azp", "gateway", "email", "gateway"), false),
                argumentSet("an empty sub", Map.of("sub", ""), false),
                argumentSet("an empty sub beside", Map.of("sub", "", "client_id", "gateway"), false),
                argumentSet("a list", Map.of("sub", List.of("gateway")), false),
                argumentSet("a list beside", Map.of("sub", List.of("gateway"), "client_id", "gateway"), false),
                argumentSet("an object", Map.of("sub", Map.of("sub", "gateway")), false),
                argumentSet("a number", Map.of("client_id", 1), false),
                argumentSet("an issuer that is a list", Map.of("iss", List.of(ISS), "sub", "gateway"), false),
                argumentSet("an issuer that is null", nulled("iss", Map.of("sub", "gateway")), false),
                argumentSet("a sub that is null", nulled("sub", Map.of("client_id", "gateway")), false),
                argumentSet("one below", Map.of("may_act", Map.of("sub", "gateway")), false),
                argumentSet("a text", "gateway", false),
                argumentSet("an empty text", "", false),
                argumentSet("a list of objects", List.of(Map.of("sub", "gateway")), false),
                argumentSet("true", true, false),
                argumentSet("null", null, false));
    }

    @ParameterizedTest
    @MethodSource("claimsAndWhetherTheyNameTheGateway")
    void allowsTheNamedPartyAlone(@Nullable Object mayAct, boolean named) {
        assertThat(MayAct.allows(token(mayAct), GATEWAY)).isEqualTo(named);
    }

    @Test
    void saysNothingWhereTheTokenDoesNot() {
        assertThat(MayAct.allows(Claims.of(Map.of("sub", "alice")), GATEWAY)).isTrue();
        assertThat(MayAct.allows(Claims.of(Map.of("act", Map.of("may_act", Map.of("sub", "x")))), GATEWAY))
                .isTrue();
    }

    @Test
    void knowsAnApiByItsOwnToken() {
        MayAct.Party orders = MayAct.Party.of(
                CallerExample.app("orders-api").claim("sub", "4711").known());

        assertThat(orders).isEqualTo(ORDERS);
        assertThat(MayAct.allows(token(Map.of("sub", "4711")), orders)).isTrue();
        assertThat(MayAct.allows(token(Map.of("client_id", "orders-api")), orders))
                .isTrue();
        // A client's id is not its sub where the server says another one: that may be a user's.
        assertThat(MayAct.allows(token(Map.of("sub", "orders-api")), orders)).isFalse();
        assertThat(MayAct.allows(token(Map.of("client_id", "4711")), orders)).isFalse();
        assertThat(MayAct.allows(token(Map.of("sub", "gateway")), orders)).isFalse();
    }

    @Test
    void takesNobodysSubForNobodysName() {
        String nobody = "Not supported currently. Use oid claim.";
        MayAct.Party orders = MayAct.Party.of(
                CallerExample.app("orders-api").claim("sub", nobody).known());

        assertThat(MayAct.allows(token(Map.of("sub", nobody)), orders)).isFalse();
        assertThat(MayAct.allows(token(Map.of("sub", nobody, "client_id", "orders-api")), orders))
                .isFalse();
    }

    @Test
    void fitsNoIssuerWhereTheClientHasNone() {
        MayAct.Party somewhere =
                MayAct.Party.of(GrantExample.ofAlice().withoutIssuer().client());

        assertThat(MayAct.allows(token(Map.of("sub", "gateway")), somewhere)).isTrue();
        assertThat(MayAct.allows(token(Map.of("iss", ISS, "sub", "gateway")), somewhere))
                .isFalse();
    }

    /** Whoever passes is named in every member that is there, and in one that tells parties apart. */
    @Test
    void letsNobodyElsePassWhateverTheClaimHolds() {
        List<@Nullable Object> values = new ArrayList<>(Arrays.asList(
                ISS,
                "gateway",
                "4711",
                "orders-api",
                "alice",
                "",
                " ",
                "GATEWAY",
                1,
                true,
                List.of("gateway"),
                Map.of("sub", "gateway")));
        values.add(null);
        List<MayAct.Party> parties = List.of(
                GATEWAY,
                ORDERS,
                new MayAct.Party(Set.of(), Optional.of("gateway"), Optional.of("gateway")),
                new MayAct.Party(Set.of(ISS), Optional.empty(), Optional.of("orders-api")),
                new MayAct.Party(Set.of(ISS), Optional.of("alice"), Optional.empty()),
                new MayAct.Party(Set.of(ISS), Optional.empty(), Optional.empty()));

        Randomly.check(random -> {
            for (int i = 0; i < 20_000; i++) {
                Map<String, @Nullable Object> mayAct = new LinkedHashMap<>();
                for (String member : List.of("iss", "sub", "client_id", "email")) {
                    if (random.nextBoolean()) {
                        mayAct.put(member, oneOf(random, values));
                    }
                }
                MayAct.Party party = Randomly.oneOf(random, parties);
                boolean named =
                        isOrAbsent(mayAct, "iss", party.issuers().stream().findFirst())
                                && isOrAbsent(mayAct, "sub", party.subject())
                                && isOrAbsent(mayAct, "client_id", party.clientId())
                                && (mayAct.containsKey("sub") || mayAct.containsKey("client_id"));

                assertThat(MayAct.allows(token(mayAct), party))
                        .as("%s for %s", mayAct, party)
                        .isEqualTo(named);
            }
        });
    }

    private static @Nullable Object oneOf(Random random, List<@Nullable Object> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static boolean isOrAbsent(Map<String, ?> mayAct, String member, Optional<String> actual) {
        return !mayAct.containsKey(member)
                || (actual.isPresent() && actual.get().equals(mayAct.get(member)));
    }

    private static Claims token(@Nullable Object mayAct) {
        Map<String, @Nullable Object> claims = new LinkedHashMap<>();
        claims.put("sub", "alice");
        claims.put("may_act", mayAct);
        return Claims.of(Collections.unmodifiableMap(claims));
    }

    private static Map<String, @Nullable Object> nulled(String member, Map<String, ?> others) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(others);
        all.put(member, null);
        return all;
    }
}
