package dev.procura.gateway.cache;

import dev.procura.gateway.credential.ClaimsRequest;
import dev.procura.gateway.token.Fingerprint;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One spelling in bytes for each value, and no two values with the same: every value begins with its kind, and says how many
 * bytes or parts follow; nothing is ever joined. Records are walked through by their components, so that a new one is written
 * without being listed here; what is of an unknown kind is refused rather than left out.
 *
 * <p>The spelling is the same in every JVM. The names of classes, components and constants are part of it, and so is the
 * order of components: another version of the gateway may spell a key in another way, and then does not find what this one
 * has left. That costs calls and mixes nobody up.
 */
final class Canonical {

    /** Deeper than anything that the JSON parser lets in, and far from the end of a stack. */
    static final int MAX_DEPTH = 300;

    /** Reflection costs more than everything else here. */
    private static final ClassValue<List<Method>> ACCESSORS = new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
            return Stream.of(type.getRecordComponents())
                    .map(RecordComponent::getAccessor)
                    .peek(accessor -> accessor.setAccessible(true))
                    .toList();
        }
    };

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Canonical() {}

    static Fingerprint digest(@Nullable Object value) {
        return Fingerprint.of(bytes(value));
    }

    /** @throws IllegalArgumentException for a value of a kind that has no one spelling, or of too many levels */
    static byte[] bytes(@Nullable Object value) {
        Canonical canonical = new Canonical();
        canonical.write(value, 0);
        return canonical.out.toByteArray();
    }

    private void write(@Nullable Object value, int level) {
        if (level > MAX_DEPTH) {
            throw new IllegalArgumentException("more than " + MAX_DEPTH + " levels");
        }
        if (value == null) {
            begin('0', 0);
        } else if (value instanceof String text) {
            leaf('s', units(text));
        } else if (value instanceof Boolean truth) {
            begin('b', truth ? 1 : 0);
        } else if (value instanceof Number number) {
            writeNumber(number);
        } else if (value instanceof Enum<?> choice) {
            begin('e', 2);
            leaf('c', units(choice.getDeclaringClass().getName()));
            leaf('s', units(choice.name()));
        } else if (value instanceof Class<?> type) {
            leaf('c', units(type.getName()));
        } else if (value instanceof ClaimsRequest request) {
            leaf('q', units(request.toString()));
        } else if (value instanceof Optional<?> optional) {
            composite('o', level, optional.stream().toArray());
        } else if (value instanceof List<?> list) {
            composite('l', level, list.toArray());
        } else if (value instanceof Set<?> set) {
            writeSet(set, level);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map, level);
        } else if (value instanceof Record whole) {
            writeRecord(whole, level);
        } else {
            throw new IllegalArgumentException("no spelling for " + value.getClass());
        }
    }

    /** By its own kind: 1 and 1.0 may be read differently. */
    private void writeNumber(Number number) {
        if (number instanceof Double real) {
            // The text of a real number differs between versions of Java.
            leaf('d', ByteBuffer.allocate(Long.BYTES).putDouble(real).array());
        } else if (number instanceof Long
                || number instanceof Integer
                || number instanceof BigInteger
                || number instanceof BigDecimal) {
            begin('n', 2);
            leaf('c', units(number.getClass().getName()));
            leaf('s', units(number.toString()));
        } else {
            throw new IllegalArgumentException("no spelling for " + number.getClass());
        }
    }

    private void writeRecord(Record whole, int level) {
        List<Method> accessors = ACCESSORS.get(whole.getClass());
        begin('r', accessors.size());
        leaf('c', units(whole.getClass().getName()));
        for (Method accessor : accessors) {
            leaf('s', units(accessor.getName()));
            try {
                write(accessor.invoke(whole), level + 1);
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException("unreadable: " + accessor, e);
            }
        }
    }

    private void writeSet(Set<?> set, int level) {
        List<byte[]> members = new ArrayList<>(set.size());
        for (Object member : set) {
            Canonical one = new Canonical();
            one.write(member, level + 1);
            members.add(one.out.toByteArray());
        }
        sorted('t', members);
    }

    private void writeMap(Map<?, ?> map, int level) {
        List<byte[]> entries = new ArrayList<>(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Canonical one = new Canonical();
            one.write(entry.getKey(), level + 1);
            one.write(entry.getValue(), level + 1);
            entries.add(one.out.toByteArray());
        }
        sorted('m', entries);
    }

    /** In the order of their spellings: the order in memory differs from JVM to JVM. */
    private void sorted(char kind, List<byte[]> parts) {
        parts.sort(Arrays::compare);
        begin(kind, parts.size());
        parts.forEach(out::writeBytes);
    }

    private void composite(char kind, int level, Object... parts) {
        begin(kind, parts.length);
        for (Object part : parts) {
            write(part, level + 1);
        }
    }

    private void leaf(char kind, byte[] content) {
        begin(kind, content.length);
        out.writeBytes(content);
    }

    private void begin(char kind, int count) {
        out.write(kind);
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(count).array());
    }

    /** The text as it is in memory: half of a surrogate pair, which JSON may hold, would be a question mark in UTF-8. */
    private static byte[] units(String text) {
        byte[] units = new byte[2 * text.length()];
        for (int i = 0; i < text.length(); i++) {
            units[2 * i] = (byte) (text.charAt(i) >>> 8);
            units[2 * i + 1] = (byte) text.charAt(i);
        }
        return units;
    }
}
