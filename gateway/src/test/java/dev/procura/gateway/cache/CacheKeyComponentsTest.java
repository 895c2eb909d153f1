package dev.procura.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.ClaimsRequest;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Fingerprint;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Walks through everything that a grant is made of, however deep, and changes one part at a time: each change has to change
 * the key, and its digest. A part that somebody adds later is walked through without being listed here.
 */
class CacheKeyComponentsTest {

    /**
     * What a token says, or a block of the configuration makes of it: it cannot change while the token and the issuer's
     * block, which are in the key, stay the same. Whoever adds a component to a caller puts it into the key, or here.
     */
    private static final Set<String> FOLLOWS_FROM_TOKEN_AND_ISSUER = Set.of(
            "kind", "clientId", "audiences", "scopes", "roles", "groups", "signIn", "use", "expiresAt", "claims");

    /** What of a token need not be the same when it says the same: its text, and its end. */
    private static final Set<String> FOLLOWS_FROM_CLAIMS_AND_ISSUER =
            Set.of("kind", "clientId", "audiences", "scopes", "roles", "groups", "signIn", "use", "expiresAt", "token");

    /** Of RFC 7519, and of the family that the callers of this test are from. */
    private static final Set<String> TOKEN_ONLY = Set.of("jti", "iat", "nbf", "exp", "uti", "aio", "rh");

    /** Whatever makes two questions one, which a test may do wrong on purpose. */
    @FunctionalInterface
    private interface Keying {
        Object keyOf(Grant grant);
    }

    /** One of the two choices of {@code procura.cache.subject}, and what of a caller need not be walked through then. */
    private enum Mode {
        TOKEN(SubjectChoice.TOKEN, FOLLOWS_FROM_TOKEN_AND_ISSUER),
        CLAIMS(new ClaimsOfSubject(issuer -> Set.of("uti", "aio", "rh"), 10_000), FOLLOWS_FROM_CLAIMS_AND_ISSUER);

        private final SubjectChoice choice;
        private final Set<String> implied;

        Mode(SubjectChoice choice, Set<String> implied) {
            this.choice = choice;
            this.implied = implied;
        }

        CacheKey keyOf(Grant grant) {
            return CacheKey.of(grant, choice);
        }
    }

    private static final GrantExample FULL = GrantExample.of(
                    saying(CallerExample.user("alice").tenant("acme").identity(Map.of("sub", "alice", "oid", "7"))))
            .actor(saying(CallerExample.app("orders-api")))
            .resource("https://orders.example.com")
            .scopes("orders", "orders.write")
            .allowScopes("audit")
            .grantingLess("openid")
            .claims("{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}");

    private static final GrantExample ACTED_FOR_BY_THE_GATEWAY = FULL.actor(new Actor.Gateway(
            GrantExample.ofAlice().audience("gateway").scopes("act").clientCredentials()));

    private static final Grant CHAIN =
            GrantExample.ofAlice().client(GrantExample.named("partner")).after(FULL);

    /** A claim of every kind of JSON value, those that every token has, and those that are a token's own. */
    private static CallerExample saying(CallerExample caller) {
        CallerExample saying = caller.claim("iss", CallerExample.ISSUER)
                .claim("aud", List.of("gateway", "orders-api"))
                .claim("sid", "s-1")
                .claim("auth_time", 1_772_366_400L)
                .claim("email_verified", true)
                .claim("realm_access", Map.of("roles", List.of("clerk")))
                .claim("cnf", Map.of("jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"))
                .claim("act", Map.of("sub", "portal", "exp", 5L));
        for (String name : TOKEN_ONLY) {
            saying = saying.claim(name, "of-" + name);
        }
        return saying;
    }

    /** A record that differs from another one in a single place. */
    private record Variant(String place, Object value) {}

    @ParameterizedTest
    @EnumSource
    void everyPartOfAnOnBehalfOfGrantIsPartOfTheKey(Mode mode) throws Exception {
        assertEveryVariantHasAnotherKey(FULL.onBehalfOf(), mode);
        assertEveryVariantHasAnotherKey(GrantExample.ofAlice().onBehalfOf(), mode);
    }

    @ParameterizedTest
    @EnumSource
    void everyPartOfTheGatewayAsActorIsPartOfTheKey(Mode mode) throws Exception {
        assertEveryVariantHasAnotherKey(ACTED_FOR_BY_THE_GATEWAY.onBehalfOf(), mode);
    }

    @ParameterizedTest
    @EnumSource
    void everyPartOfBothStepsOfAChainIsPartOfTheKey(Mode mode) throws Exception {
        assertEveryVariantHasAnotherKey(CHAIN, mode);
    }

    @Test
    void theTwoStepsOfAChainAreNotTakenForOneAnother() {
        GrantExample one = GrantExample.ofAlice().audience("a");
        GrantExample other = one.client(GrantExample.named("partner")).audience("b");

        assertThat(CacheKey.of(one.after(other), SubjectChoice.TOKEN))
                .isNotEqualTo(CacheKey.of(other.after(one), SubjectChoice.TOKEN));
        assertThat(CacheKey.of(one.after(other), SubjectChoice.TOKEN))
                .isNotEqualTo(CacheKey.of(one.onBehalfOf(), SubjectChoice.TOKEN));
    }

    @Test
    void anAssertionHasNoKeyBecauseItCountsOnce() {
        assertThatThrownBy(() -> CacheKey.of(GrantExample.ofAlice().assertion("a.b.c"), SubjectChoice.TOKEN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource
    void everyPartOfAClientCredentialsGrantIsPartOfTheKey(Mode mode) throws Exception {
        assertEveryVariantHasAnotherKey(FULL.clientCredentials(), mode);
        assertEveryVariantHasAnotherKey(GrantExample.ofAlice().clientCredentials(), mode);
    }

    @Test
    void theTwoKindsOfGrantForTheSameClientAndTargetHaveTwoKeys() {
        assertThat(CacheKey.of(FULL.onBehalfOf(), SubjectChoice.TOKEN))
                .isNotEqualTo(CacheKey.of(FULL.clientCredentials(), SubjectChoice.TOKEN));
        assertThat(Grant.class.getPermittedSubclasses())
                .as("a new kind of grant has to be walked through here")
                .containsExactlyInAnyOrder(
                        Grant.OnBehalfOf.class,
                        Grant.ClientCredentials.class,
                        Grant.Chained.class,
                        Grant.Assertion.class);
    }

    @Tag("about-the-tests")
    @Test
    void theWalkReachesWhatAnAnswerDependsOn() throws Exception {
        assertThat(variants(FULL.onBehalfOf(), Mode.TOKEN))
                .extracting(Variant::place)
                .contains(
                        "client.id",
                        "client.server",
                        "client.dialect",
                        "target.audience",
                        "target.resource",
                        "target.scopes",
                        "target.subject",
                        "subject.issuerName",
                        "subject.identity.issuer",
                        "subject.identity.tenant",
                        "subject.identity.values",
                        "subject.token",
                        "actor",
                        "actor.caller.token",
                        "actor.caller.identity.values",
                        "claims");
        assertThat(variants(FULL.onBehalfOf(), Mode.CLAIMS))
                .extracting(Variant::place)
                .contains(
                        "subject.issuerName",
                        "subject.identity.issuer",
                        "subject.claims.sub",
                        "subject.claims.aud",
                        "subject.claims.cnf",
                        "subject.claims.realm_access",
                        "actor.caller.claims.sub")
                .doesNotContain("subject.token");
    }

    /** Leaves out each part of the key in turn, however deep: such a key would mix people up, and the walk has to see it. */
    @Tag("about-the-tests")
    @Test
    void theWalkNoticesEveryPartThatAKeyLeavesOut() throws Exception {
        List<Grant> grants =
                List.of(FULL.onBehalfOf(), ACTED_FOR_BY_THE_GATEWAY.onBehalfOf(), FULL.clientCredentials(), CHAIN);
        List<List<Map<String, Object>>> walks = new ArrayList<>();
        Set<String> places = new TreeSet<>();
        for (Grant grant : grants) {
            List<Map<String, Object>> keys = new ArrayList<>(List.of(parts(grant)));
            for (Variant variant : variants(grant, Mode.TOKEN)) {
                keys.add(parts((Grant) variant.value()));
            }
            keys.forEach(parts -> places.addAll(parts.keySet()));
            walks.add(keys);
        }
        // The kind of grant is told by the other parts too, a walk stays within one kind; a chain has two steps.
        places.removeIf(place -> place.endsWith("kind") || place.equals("first.first"));

        assertThat(places)
                .contains("client.server", "target.audience", "subject.identity.tenant", "first.subject.subject");
        assertThat(walks)
                .allSatisfy(keys -> assertThat(without("nothing", keys)).hasSameSizeAs(keys));
        for (String place : places) {
            assertThat(walks)
                    .as("a key without its part %s", place)
                    .anySatisfy(keys -> assertThat(without(place, keys)).hasSizeLessThan(keys.size()));
        }
    }

    private static Map<String, Object> parts(Grant grant) {
        return parts("", CacheKey.of(grant, SubjectChoice.TOKEN));
    }

    private static Set<Map<String, Object>> without(String left, List<Map<String, Object>> keys) {
        Set<Map<String, Object>> fewer = new HashSet<>();
        for (Map<String, Object> key : keys) {
            Map<String, Object> rest = new HashMap<>(key);
            rest.keySet().removeIf(place -> (place + ".").startsWith(left + "."));
            fewer.add(rest);
        }
        return fewer;
    }

    @Tag("about-the-tests")
    @Test
    void theWalkNoticesAClaimThatIsLeftOut() throws Exception {
        SubjectChoice careless = new ClaimsOfSubject(issuer -> Set.of("uti", "aio", "rh", "cnf"), 10);

        assertThat(overlooked(FULL.onBehalfOf(), Mode.CLAIMS, grant -> CacheKey.of(grant, careless)))
                .contains("subject.claims.cnf", "actor.caller.claims.cnf")
                .doesNotContain("subject.claims.sub");
    }

    @Tag("about-the-tests")
    @Test
    void theWalkNoticesADigestOfJoinedText() throws Exception {
        Keying joined = grant -> grant.client().issuers().stream().sorted().collect(Collectors.joining())
                + grant.target().scopes().values().stream().collect(Collectors.joining());

        assertThat(overlooked(FULL.onBehalfOf(), Mode.TOKEN, joined)).contains("client.id", "subject.token");
    }

    @Test
    void whatMakesATokenOneAmongEqualsIsNoPartOfTheKeyOfItsClaims() {
        CacheKey key = Mode.CLAIMS.keyOf(FULL.onBehalfOf());
        for (String name : TOKEN_ONLY) {
            CallerExample renewed = saying(
                            CallerExample.user("alice").tenant("acme").identity(Map.of("sub", "alice", "oid", "7")))
                    .token("another-token-of-alice")
                    .expiresAt(CallerExample.NOW.plusSeconds(7200));

            for (CallerExample same : List.of(renewed.claim(name, "another"), renewed.without(name))) {
                assertThat(Mode.CLAIMS.keyOf(FULL.subject(same).onBehalfOf()))
                        .as(name)
                        .isEqualTo(key)
                        .hasSameHashCodeAs(key);
                assertThat(Mode.TOKEN.keyOf(FULL.subject(same).onBehalfOf()))
                        .isNotEqualTo(Mode.TOKEN.keyOf(FULL.onBehalfOf()));
            }
        }
    }

    @Tag("about-the-tests")
    @Test
    void whatFollowsFromTheTokenIsACallersEveryOtherPart() {
        assertThat(Arrays.stream(Caller.Known.class.getRecordComponents()).map(RecordComponent::getName))
                .containsAll(FOLLOWS_FROM_TOKEN_AND_ISSUER)
                .containsAll(FOLLOWS_FROM_CLAIMS_AND_ISSUER)
                .contains("issuerName", "identity", "token", "claims");
    }

    /** The places of a hash table are found by it: callers, APIs that call, and targets each have to spread. */
    @Test
    void keysThatDifferInATokenOrAnAudienceHaveUnlikeHashCodes() {
        GrantExample alice = GrantExample.ofAlice();
        GrantExample called = alice.actor(CallerExample.app("orders-api"));
        GrantExample partner = alice.client(GrantExample.named("partner")).audience("partner-api");

        assertThat(List.of(
                                alice.onBehalfOf(),
                                alice.subject(CallerExample.user("bob")).onBehalfOf(),
                                alice.audience("billing-api").onBehalfOf(),
                                called.onBehalfOf(),
                                called.actor(CallerExample.app("billing-api")).onBehalfOf(),
                                partner.after(alice),
                                partner.after(alice.subject(CallerExample.user("bob"))),
                                alice.clientCredentials())
                        .stream()
                        .map(grant -> CacheKey.of(grant, SubjectChoice.TOKEN).hashCode()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aKeyPrintsNoToken() {
        assertThat(CacheKey.of(FULL.onBehalfOf(), SubjectChoice.TOKEN).toString())
                .doesNotContain("token-of-alice")
                .doesNotContain("token-of-orders-api");
    }

    private static void assertEveryVariantHasAnotherKey(Grant grant, Mode mode) throws Exception {
        assertThat(variants(grant, mode)).isNotEmpty();
        assertThat(overlooked(grant, mode, mode::keyOf)).as("not in the key").isEmpty();
        assertThat(overlooked(grant, mode, any -> mode.keyOf(any).digest()))
                .as("not in the digest")
                .isEmpty();
    }

    /** The places of the changes that do not change the key, or change it to the key of another change. */
    private static List<String> overlooked(Grant grant, Mode mode, Keying keying) throws Exception {
        Set<Object> keys = new HashSet<>();
        keys.add(keying.keyOf(grant));
        List<String> overlooked = new ArrayList<>();
        for (Variant variant : variants(grant, mode)) {
            if (!keys.add(keying.keyOf((Grant) variant.value()))) {
                overlooked.add(variant.place());
            }
        }
        return overlooked;
    }

    /** Every part of a key, however deep, by its place; a digest is one. */
    private static Map<String, Object> parts(String place, Object value) {
        Map<String, Object> parts = new TreeMap<>();
        if (value instanceof Record whole && !(value instanceof Fingerprint)) {
            for (RecordComponent component : whole.getClass().getRecordComponents()) {
                String name = place.isEmpty() ? component.getName() : place + "." + component.getName();
                try {
                    parts.putAll(parts(name, value(component, whole)));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        } else if (value instanceof Optional<?> optional && optional.isPresent()) {
            parts.putAll(parts(place, optional.get()));
        } else {
            parts.put(place, value);
        }
        return parts;
    }

    /** The record with each of its parts, and each part of those, changed in turn. */
    private static List<Variant> variants(Object whole, Mode mode) throws Exception {
        List<Variant> variants = new ArrayList<>();
        RecordComponent[] components = whole.getClass().getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            if (whole instanceof Caller.Known && mode.implied.contains(component.getName())) {
                continue;
            }
            Object part = value(component, whole);
            for (Variant changed : changes(component.getName(), component.getGenericType(), part, mode)) {
                if (!isNowhere(whole, i, changed.value()) && !isNobody(component, changed.value())) {
                    variants.add(new Variant(changed.place(), rebuilt(whole, i, changed.value())));
                }
            }
        }
        return variants;
    }

    /** A target without audience and resource cannot be made. */
    private static boolean isNowhere(Object whole, int changed, Object value) throws Exception {
        RecordComponent[] components = whole.getClass().getRecordComponents();
        if (!(whole instanceof Target) || !Optional.empty().equals(value)) {
            return false;
        }
        String other = components[changed].getName().equals("audience") ? "resource" : "audience";
        for (RecordComponent component : components) {
            if (component.getName().equals(other)) {
                return Optional.empty().equals(value(component, whole));
            }
        }
        return false;
    }

    /** Traits without a claim that names the user cannot be made. */
    private static boolean isNobody(RecordComponent component, Object value) {
        return component.getName().equals("userClaims") && Set.of().equals(value);
    }

    private static List<Variant> changes(String place, Type type, Object value, Mode mode) throws Exception {
        List<Variant> changes = new ArrayList<>();
        if (value instanceof Optional<?> optional) {
            if (optional.isPresent()) {
                changes.add(new Variant(place, Optional.empty()));
                Type inner = ((ParameterizedType) type).getActualTypeArguments()[0];
                for (Variant change : changes(place, inner, optional.get(), mode)) {
                    changes.add(new Variant(change.place(), Optional.of(change.value())));
                }
            } else {
                changes.add(new Variant(
                        place, Optional.of(example(((ParameterizedType) type).getActualTypeArguments()[0]))));
            }
        } else if (value instanceof String text) {
            changes.add(new Variant(place, text + "x"));
            changes.add(new Variant(place, text.toUpperCase(Locale.ROOT) + "Y"));
        } else if (value instanceof Boolean flag) {
            changes.add(new Variant(place, !flag));
        } else if (value instanceof Enum<?> constant) {
            for (Object other : constant.getDeclaringClass().getEnumConstants()) {
                if (other != constant) {
                    changes.add(new Variant(place, other));
                }
            }
        } else if (value instanceof ClaimsRequest) {
            changes.add(new Variant(place, ClaimsRequest.parse("{\"other\":{}}").orElseThrow()));
        } else if (value instanceof Claims claims) {
            changes.addAll(changesOfClaims(place, claims));
        } else if (value instanceof TokenValue token) {
            changes.add(new Variant(place, TokenValue.of(token.reveal() + "x")));
        } else if (value instanceof Scopes scopes) {
            changesOfSet(scopes.values()).forEach(set -> changes.add(new Variant(place, new Scopes(set))));
        } else if (value instanceof Set<?> set) {
            changesOfSet(set.stream().map(String.class::cast).collect(Collectors.toSet()))
                    .forEach(other -> changes.add(new Variant(place, other)));
        } else if (value instanceof Map<?, ?> map) {
            changesOfMap(map).forEach(other -> changes.add(new Variant(place, other)));
        } else if (value instanceof Record whole) {
            for (Variant change : variants(whole, mode)) {
                changes.add(new Variant(place + "." + change.place(), change.value()));
            }
        } else {
            throw new AssertionError(place + ": teach this walk how to change a " + value.getClass());
        }
        return changes;
    }

    /** Each claim that counts is left out, empty, and two other values; and there is one of which nobody has heard. */
    private static List<Variant> changesOfClaims(String place, Claims claims) {
        List<Variant> changes = new ArrayList<>();
        changes.add(new Variant(place + ".unheard-of", claims.with("unheard-of", "value")));
        for (String name : claims.names()) {
            if (!TOKEN_ONLY.contains(name)) {
                String where = place + "." + name;
                Object value = claims.values().get(name);
                changes.add(new Variant(where, claims.without(name)));
                changes.add(new Variant(where, claims.with(name, "")));
                changes.add(new Variant(where, claims.with(name, List.of(value))));
                changes.add(new Variant(where, claims.with(name, Map.of("x", value))));
            }
        }
        return changes;
    }

    private static List<Set<String>> changesOfSet(Set<String> set) {
        List<Set<String>> changes = new ArrayList<>();
        Set<String> more = new LinkedHashSet<>(set);
        more.add("one-more");
        changes.add(more);
        if (!set.isEmpty()) {
            Set<String> fewer = new LinkedHashSet<>(set);
            fewer.remove(set.iterator().next());
            changes.add(fewer);
        }
        return changes;
    }

    private static List<Map<String, String>> changesOfMap(Map<?, ?> map) {
        List<Map<String, String>> changes = new ArrayList<>();
        Map<String, String> more = copy(map);
        more.put("one-more", "value");
        changes.add(more);
        map.forEach((name, value) -> {
            Map<String, String> other = copy(map);
            other.put(String.valueOf(name), value + "x");
            changes.add(other);
            Map<String, String> renamed = copy(map);
            renamed.remove(String.valueOf(name));
            renamed.put(name + "x", String.valueOf(value));
            changes.add(renamed);
        });
        return changes;
    }

    private static Map<String, String> copy(Map<?, ?> map) {
        Map<String, String> copy = new LinkedHashMap<>();
        map.forEach((name, value) -> copy.put(String.valueOf(name), String.valueOf(value)));
        return copy;
    }

    private static Object example(Type type) {
        if (type == String.class) {
            return "example";
        }
        if (type == Instant.class) {
            return CallerExample.NOW;
        }
        if (type == Caller.Known.class) {
            return CallerExample.app("example").known();
        }
        if (type == Actor.class) {
            return new Actor.CallingApi(CallerExample.app("example").known());
        }
        if (type == ClaimsRequest.class) {
            return ClaimsRequest.parse("{\"example\":{}}").orElseThrow();
        }
        throw new AssertionError("teach this walk an example of " + type);
    }

    private static Object rebuilt(Object whole, int changed, Object value) throws Exception {
        RecordComponent[] components = whole.getClass().getRecordComponents();
        Object[] parts = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            parts[i] = i == changed ? value : value(components[i], whole);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        var constructor = whole.getClass().getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(parts);
    }

    private static Object value(RecordComponent component, Object whole) throws Exception {
        var accessor = component.getAccessor();
        accessor.setAccessible(true);
        return accessor.invoke(whole);
    }
}
