package dev.procura.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.credential.ClaimsRequest;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.token.Scopes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each value has one spelling, and no two values have the same one. */
class CanonicalTest {

    private record One(Object value) {}

    private record Other(Object value) {}

    private record Named(Object name) {}

    private record Two(Object one, Object two) {}

    private record Broken() {
        private record Part(String value) {
            @Override
            public String value() {
                throw new IllegalStateException("no value");
            }
        }
    }

    private enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "RED";
            }
        }
    }

    private enum Light {
        RED
    }

    private static Object mapOf(Object key, Object value) {
        Map<Object, Object> map = new HashMap<>();
        map.put(key, value);
        return map;
    }

    private static List<Object> unlikeValues() {
        List<Object> values = new ArrayList<>(List.of(
                "",
                "a",
                "A",
                "ab",
                "a\u0000",
                "\u0000a",
                "null",
                "1",
                "true",
                "é",
                "e\u0301",
                "?",
                "\ufffd",
                "\ud800",
                "\udc00",
                "\ud83d\ude00",
                "\ude00\ud83d"));
        values.addAll(List.of(
                true,
                false,
                0,
                1,
                1L,
                -1L,
                1.0,
                0.0,
                -0.0,
                Double.NaN,
                Double.MIN_VALUE,
                Long.MAX_VALUE,
                (double) Long.MAX_VALUE,
                BigInteger.ONE,
                BigInteger.valueOf(Long.MAX_VALUE).add(BigInteger.ONE),
                BigInteger.valueOf(Long.MAX_VALUE).add(BigInteger.TWO),
                new BigDecimal("1"),
                new BigDecimal("1.0"),
                new BigDecimal("0.1"),
                0.1));
        values.addAll(List.of(
                List.of(),
                List.of(""),
                List.of("", ""),
                List.of("a"),
                List.of("a", "b"),
                List.of("b", "a"),
                List.of("ab"),
                List.of("a", "a"),
                List.of("a", List.of("b")),
                List.of(List.of("a"), "b"),
                List.of(List.of("a", "b")),
                List.of(List.of()),
                List.of(List.of(), List.of())));
        values.addAll(List.of(
                Set.of(),
                Set.of("a"),
                Set.of("a", "b"),
                Set.of("ab"),
                Set.of(List.of("a", "b")),
                Map.of(),
                Map.of("a", "b"),
                Map.of("b", "a"),
                Map.of("a", "b", "b", "a"),
                Map.of("ab", ""),
                Map.of("", "ab"),
                Map.of("a", List.of("b")),
                Map.of("a", Map.of("b", "")),
                Optional.empty(),
                Optional.of(""),
                Optional.of("a"),
                Optional.of(Optional.empty()),
                Optional.of(List.of())));
        values.addAll(List.of(
                new One("a"),
                new Other("a"),
                new Named("a"),
                new One(Optional.of("a")),
                new One(Optional.empty()),
                new One(List.of()),
                new One(new One("a")),
                new Two("a", "b"),
                new Two("ab", ""),
                new Two("", "ab"),
                new Two(List.of("a"), List.of()),
                new Two(List.of(), List.of("a")),
                Colour.RED,
                Colour.GREEN,
                Light.RED,
                String.class,
                "java.lang.String",
                Scopes.of("a", "b"),
                Scopes.of("a b"),
                ClaimsRequest.parse("{\"a\":{}}").orElseThrow(),
                ClaimsRequest.parse("{\"b\":{}}").orElseThrow(),
                "{\"a\":{}}"));
        values.add(Arrays.asList((Object) null));
        values.add(Arrays.asList(null, null));
        values.add(mapOf("a", null));
        values.add(mapOf(null, "a"));
        values.add(new One(null));
        values.add(new HashSet<>(Arrays.asList((Object) null)));
        values.add(null);
        return values;
    }

    @Test
    void noTwoValuesHaveOneSpelling() {
        List<Object> values = unlikeValues();
        for (int i = 0; i < values.size(); i++) {
            for (int j = 0; j < values.size(); j++) {
                assertThat(Arrays.equals(Canonical.bytes(values.get(i)), Canonical.bytes(values.get(j))))
                        .as("%s and %s", values.get(i), values.get(j))
                        .isEqualTo(i == j);
            }
        }
    }

    /** The spelling of one value is never the beginning of another's, so that spellings one after the other are no riddle. */
    @Test
    void noSpellingIsTheBeginningOfAnother() {
        List<byte[]> spellings = unlikeValues().stream().map(Canonical::bytes).toList();
        for (byte[] one : spellings) {
            for (byte[] other : spellings) {
                if (one != other && one.length <= other.length) {
                    assertThat(Arrays.copyOf(other, one.length)).isNotEqualTo(one);
                }
            }
        }
    }

    @Test
    void theOrderOfMembersAndElementsOfASetDoesNotMatter() {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("b", 1L);
        one.put("aa", new LinkedHashSet<>(List.of("x", "y", "zz")));
        Map<String, Object> other = new LinkedHashMap<>();
        other.put("aa", new LinkedHashSet<>(List.of("zz", "y", "x")));
        other.put("b", 1L);

        assertThat(Canonical.bytes(one)).isEqualTo(Canonical.bytes(other));
    }

    @Test
    void twoValuesHaveOneSpellingExactlyWhenTheyAreEqual() {
        Randomly.check(random -> {
            for (int round = 0; round < Randomly.rounds(20_000); round++) {
                Object one = value(random, 3);
                Object other = random.nextBoolean() ? copy(one, random) : value(random, 3);

                assertThat(Arrays.equals(Canonical.bytes(one), Canonical.bytes(other)))
                        .as("%s and %s", one, other)
                        .isEqualTo(one.equals(other));
            }
        });
    }

    private static Object value(Random random, int depth) {
        int kinds = depth == 0 ? 4 : 8;
        return switch (random.nextInt(kinds)) {
            case 0 -> Randomly.oneOf(random, List.of("", "a", "b", "ab", "\ud800", "?"));
            case 1 -> (long) random.nextInt(3);
            case 2 -> random.nextInt(3) / 2.0;
            case 3 -> random.nextBoolean();
            case 4 -> values(random, depth);
            case 5 -> new HashSet<>(values(random, depth));
            case 6 -> members(random, depth);
            default -> Optional.of(value(random, depth - 1));
        };
    }

    private static List<Object> values(Random random, int depth) {
        List<Object> values = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            values.add(value(random, depth - 1));
        }
        return values;
    }

    private static Map<Object, Object> members(Random random, int depth) {
        Map<Object, Object> members = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            members.put(Randomly.oneOf(random, List.of("", "a", "b", "ab")), value(random, depth - 1));
        }
        return members;
    }

    /** An equal value whose members and elements stand in another order, where it does not matter. */
    private static Object copy(Object value, Random random) {
        if (value instanceof Map<?, ?> map) {
            List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
            Collections.shuffle(entries, random);
            Map<Object, Object> copy = new LinkedHashMap<>();
            entries.forEach(entry -> copy.put(entry.getKey(), copy(entry.getValue(), random)));
            return copy;
        }
        if (value instanceof Set<?> set) {
            List<Object> elements = new ArrayList<>(set);
            Collections.shuffle(elements, random);
            return new LinkedHashSet<>(elements);
        }
        if (value instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        return value instanceof Optional<?> optional ? Optional.of(copy(optional.get(), random)) : value;
    }

    @Test
    void whatIsOfAnUnknownKindIsRefused() {
        for (Object unknown : List.of(
                new AtomicLong(1), 1.0f, (short) 1, (byte) 1, 'a', new byte[] {1}, new Object(), new StringBuilder())) {
            assertThatThrownBy(() -> Canonical.bytes(unknown))
                    .as("%s", unknown.getClass())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no spelling for " + unknown.getClass());
            assertThatThrownBy(() -> Canonical.bytes(List.of(new One(Map.of("a", unknown)))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aPartThatCannotBeReadIsNotLeftOut() {
        assertThatThrownBy(() -> Canonical.bytes(new Broken.Part("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unreadable");
    }

    private static Object nested(int levels, int shape) {
        Object value = "core";
        for (int i = 0; i < levels; i++) {
            value = switch (shape) {
                case 0 -> List.of(value);
                case 1 -> Map.of("a", value);
                case 2 -> Optional.of(value);
                case 3 -> new One(value);
                case 4 -> Map.of(value, "a");
                default -> Set.of(value);
            };
        }
        return value;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void whatIsNestedTooDeeplyIsRefusedBeforeTheStackEnds(int shape) {
        assertThat(Canonical.bytes(nested(Canonical.MAX_DEPTH, shape))).isNotEmpty();
        assertThatThrownBy(() -> Canonical.bytes(nested(Canonical.MAX_DEPTH + 1, shape)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("levels");
    }

    @Test
    void whatHoldsItselfIsRefused() {
        List<Object> ring = new ArrayList<>();
        ring.add(ring);

        assertThatThrownBy(() -> Canonical.bytes(ring)).isInstanceOf(IllegalArgumentException.class);
    }

    /**
     * The spelling of today. Entries that replicas share are found by it: when it has to change (a part was added to the key,
     * a class was renamed, or this class spells in another way), put the new digest here, and raise the version of the format
     * in which the package {@code fleet} shares entries, so that nobody looks for the old ones.
     */
    @Test
    void theSpellingOfAKeyHasNotChangedByAccident() {
        CacheKey key = CacheKey.of(
                GrantExample.of(CallerExample.user("alice").tenant("acme").identity(Map.of("sub", "alice", "oid", "7")))
                        .actor(CallerExample.app("orders-api"))
                        .resource("https://orders.example.com")
                        .scopes("orders", "orders.write")
                        .claims("{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}")
                        .onBehalfOf(),
                SubjectChoice.TOKEN);

        assertThat(key.digest().base64Url()).isEqualTo("JXN5-46IFIJegp6j-sRIE7sn-k5OKpfecxFntakrmS4");
    }
}
