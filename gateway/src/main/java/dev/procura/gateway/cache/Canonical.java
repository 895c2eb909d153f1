package dev.procura.gateway.cache;

import dev.procura.gateway.token.Fingerprint;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One spelling in bytes for each value, and no two values with the same: every part is written with its kind and its length,
 * never as joined text. Records are walked through by their components, so that a new one is written without being listed
 * here; what is of an unknown kind is refused rather than left out.
 */
final class Canonical {

    private Canonical() {}

    static Fingerprint digest(Object value) {
        return Fingerprint.of(bytes(value));
    }

    /** @throws IllegalArgumentException for a value of a kind that has no one spelling */
    static byte[] bytes(@Nullable Object value) {
        if (value == null) {
            return part('n');
        }
        if (value instanceof String text) {
            return part('s', text.getBytes(StandardCharsets.UTF_8));
        }
        if (value instanceof Boolean truth) {
            return part('b', new byte[] {(byte) (truth ? 1 : 0)});
        }
        if (value instanceof Number number) {
            // By its own kind: 1 and 1.0 may be read differently.
            return part('#', (number.getClass().getName() + " " + number).getBytes(StandardCharsets.UTF_8));
        }
        if (value instanceof Enum<?> choice) {
            return part('e', bytes(choice.getDeclaringClass().getName()), bytes(choice.name()));
        }
        if (value instanceof Class<?> type) {
            return part('c', bytes(type.getName()));
        }
        if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? part('o', bytes(optional.get())) : part('o');
        }
        if (value instanceof Set<?> set) {
            return part('S', sorted(set));
        }
        if (value instanceof Map<?, ?> map) {
            return part('M', entries(map));
        }
        if (value instanceof List<?> list) {
            return part('L', list.stream().map(Canonical::bytes).toArray(byte[][]::new));
        }
        if (value instanceof Record entity) {
            return part('r', components(entity));
        }
        throw new IllegalArgumentException("no spelling for " + value.getClass());
    }

    private static byte[][] sorted(Collection<?> values) {
        byte[][] parts = values.stream().map(Canonical::bytes).toArray(byte[][]::new);
        Arrays.sort(parts, Arrays::compare);
        return parts;
    }

    private static byte[][] entries(Map<?, ?> map) {
        List<byte[]> parts = new ArrayList<>();
        map.forEach((key, value) -> parts.add(part('m', bytes(key), bytes(value))));
        parts.sort(Arrays::compare);
        return parts.toArray(byte[][]::new);
    }

    private static byte[][] components(Record entity) {
        List<byte[]> parts = new ArrayList<>();
        parts.add(bytes(entity.getClass().getName()));
        for (RecordComponent component : entity.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                parts.add(bytes(component.getName()));
                parts.add(bytes(component.getAccessor().invoke(entity)));
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException("unreadable: " + component, e);
            }
        }
        return parts.toArray(byte[][]::new);
    }

    /** The kind, how many parts, and each with its length. */
    private static byte[] part(char kind, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(kind);
        out.writeBytes(number(parts.length));
        for (byte[] one : parts) {
            out.writeBytes(number(one.length));
            out.writeBytes(one);
        }
        return out.toByteArray();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }
}
