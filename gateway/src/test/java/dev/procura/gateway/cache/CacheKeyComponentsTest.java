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
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.TokenValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Walks through everything that a grant is made of, however deep, and changes one part at a time: each change has to change
 * the key. A part that somebody adds later is walked through without being listed here.
 */
class CacheKeyComponentsTest {

    /**
     * What a token says, or a block of the configuration makes of it: it cannot change while the token and the issuer's
     * block, which are in the key, stay the same. Whoever adds a component to a caller puts it into the key, or here.
     */
    private static final Set<String> FOLLOWS_FROM_TOKEN_AND_ISSUER = Set.of(
            "kind", "clientId", "audiences", "scopes", "roles", "groups", "signIn", "use", "expiresAt", "claims");

    private static final GrantExample FULL = GrantExample.of(
                    CallerExample.user("alice").tenant("acme").identity(Map.of("sub", "alice", "oid", "7")))
            .actor(CallerExample.app("orders-api"))
            .resource("https://orders.example.com")
            .scopes("orders", "orders.write")
            .allowScopes("audit")
            .grantingLess("openid")
            .claims("{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}");

    private static final GrantExample ACTED_FOR_BY_THE_GATEWAY = FULL.actor(new Actor.Gateway(
            GrantExample.ofAlice().audience("gateway").scopes("act").clientCredentials()));

    /** A record that differs from another one in a single place. */
    private record Variant(String place, Object value) {}

    @Test
    void everyPartOfAnOnBehalfOfGrantIsPartOfTheKey() throws Exception {
        assertEveryVariantHasAnotherKey(FULL.onBehalfOf());
        assertEveryVariantHasAnotherKey(GrantExample.ofAlice().onBehalfOf());
    }

    @Test
    void everyPartOfTheGatewayAsActorIsPartOfTheKey() throws Exception {
        assertEveryVariantHasAnotherKey(ACTED_FOR_BY_THE_GATEWAY.onBehalfOf());
    }

    @Test
    void everyPartOfBothStepsOfAChainIsPartOfTheKey() throws Exception {
        assertEveryVariantHasAnotherKey(
                GrantExample.ofAlice().client(GrantExample.named("partner")).after(FULL));
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

    @Test
    void everyPartOfAClientCredentialsGrantIsPartOfTheKey() throws Exception {
        assertEveryVariantHasAnotherKey(FULL.clientCredentials());
        assertEveryVariantHasAnotherKey(GrantExample.ofAlice().clientCredentials());
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

    @Test
    void theWalkReachesWhatAnAnswerDependsOn() throws Exception {
        assertThat(variants(FULL.onBehalfOf()))
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
    }

    @Test
    void whatFollowsFromTheTokenIsACallersEveryOtherPart() {
        assertThat(Arrays.stream(Caller.Known.class.getRecordComponents()).map(RecordComponent::getName))
                .containsAll(FOLLOWS_FROM_TOKEN_AND_ISSUER)
                .contains("issuerName", "identity", "token");
    }

    @Test
    void aKeyPrintsNoToken() {
        assertThat(CacheKey.of(FULL.onBehalfOf(), SubjectChoice.TOKEN).toString())
                .doesNotContain("token-of-alice")
                .doesNotContain("token-of-orders-api");
    }

    private static void assertEveryVariantHasAnotherKey(Grant grant) throws Exception {
        CacheKey key = CacheKey.of(grant, SubjectChoice.TOKEN);
        List<Variant> variants = variants(grant);

        assertThat(variants).isNotEmpty();
        for (Variant variant : variants) {
            assertThat(CacheKey.of((Grant) variant.value(), SubjectChoice.TOKEN))
                    .as(variant.place())
                    .isNotEqualTo(key);
        }
        Set<CacheKey> keys = variants.stream()
                .map(variant -> CacheKey.of((Grant) variant.value(), SubjectChoice.TOKEN))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        assertThat(keys).as("two variants share a key").hasSameSizeAs(variants);
    }

    /** The record with each of its parts, and each part of those, changed in turn. */
    private static List<Variant> variants(Object whole) throws Exception {
        List<Variant> variants = new ArrayList<>();
        RecordComponent[] components = whole.getClass().getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            if (whole instanceof Caller.Known && FOLLOWS_FROM_TOKEN_AND_ISSUER.contains(component.getName())) {
                continue;
            }
            Object part = value(component, whole);
            for (Variant changed : changes(component.getName(), component.getGenericType(), part)) {
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

    private static List<Variant> changes(String place, Type type, Object value) throws Exception {
        List<Variant> changes = new ArrayList<>();
        if (value instanceof Optional<?> optional) {
            if (optional.isPresent()) {
                changes.add(new Variant(place, Optional.empty()));
                Type inner = ((ParameterizedType) type).getActualTypeArguments()[0];
                for (Variant change : changes(place, inner, optional.get())) {
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
            for (Variant change : variants(whole)) {
                changes.add(new Variant(place + "." + change.place(), change.value()));
            }
        } else {
            throw new AssertionError(place + ": teach this walk how to change a " + value.getClass());
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
