package dev.procura.gateway.route;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The media types of answers that go on until somebody ends them. */
final class Streams {

    private static final Set<String> TYPES = Set.of(
            "text/event-stream",
            "application/x-ndjson",
            "application/ndjson",
            "application/stream+json",
            "application/json-seq",
            "multipart/x-mixed-replace");

    private Streams() {}

    /** @param contentType of an answer, as it was sent */
    static boolean isStream(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        int parameters = contentType.indexOf(';');
        String type = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        // RFC 8091: any type made of a sequence of JSON texts.
        return TYPES.contains(type) || type.startsWith("application/grpc") || type.endsWith("+json-seq");
    }
}
