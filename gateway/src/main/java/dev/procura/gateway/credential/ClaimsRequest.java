package dev.procura.gateway.credential;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.inbound.Json;
import java.text.ParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The {@code claims} parameter (OpenID Connect Core section 5.5): what a token has to say. One request has one spelling:
 * minified, members sorted.
 *
 * <p>Not checked: what the members mean; that is between the tier, the authorization server and the caller's client.
 */
public final class ClaimsRequest {

    /** Characters. Entra's own are a few hundred. */
    static final int MAX_LENGTH = 4096;

    private final Map<String, Object> members;
    private final String json;

    private ClaimsRequest(Map<String, Object> members) {
        this.members = members;
        this.json = JSONObjectUtils.toJSONString(members);
    }

    /** Empty when the text is no JSON object with members, or is longer than {@link #MAX_LENGTH}. */
    public static Optional<ClaimsRequest> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            ClaimsRequest request = new ClaimsRequest(sorted(Json.object(text).values()));
            return request.members.isEmpty() || request.json.length() > MAX_LENGTH
                    ? Optional.empty()
                    : Optional.of(request);
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    /** The client capabilities of Entra: a token that may be challenged before its end. */
    public static ClaimsRequest ofCapabilities(Set<String> capabilities) {
        Map<String, Object> values =
                Map.of("values", capabilities.stream().sorted().toList());
        return new ClaimsRequest(sorted(Map.of("access_token", Map.of("xms_cc", values))));
    }

    /** Both together: objects are joined, lists too, and of two other values the one of the other request counts. */
    public ClaimsRequest with(ClaimsRequest other) {
        return new ClaimsRequest(joined(members, other.members));
    }

    private static Map<String, Object> joined(Map<String, Object> one, Map<String, Object> other) {
        Map<String, Object> all = new TreeMap<>(one);
        other.forEach((name, value) -> all.merge(name, value, ClaimsRequest::joinedValue));
        return all;
    }

    @SuppressWarnings("unchecked")
    private static Object joinedValue(Object one, Object other) {
        if (one instanceof Map<?, ?> && other instanceof Map<?, ?>) {
            return joined((Map<String, Object>) one, (Map<String, Object>) other);
        }
        if (one instanceof List<?> first && other instanceof List<?> second) {
            Set<Object> all = new LinkedHashSet<>(first);
            all.addAll(second);
            return List.copyOf(all);
        }
        return other;
    }

    private static Map<String, Object> sorted(Map<?, ?> members) {
        Map<String, Object> sorted = new TreeMap<>();
        // A null asks for a claim without saying more of it: the empty object means the same.
        members.forEach(
                (name, value) -> sorted.put(String.valueOf(name), value == null ? Map.of() : sortedValue(value)));
        return sorted;
    }

    private static Object sortedValue(Object value) {
        if (value instanceof Map<?, ?> map) {
            return sorted(map);
        }
        return value instanceof List<?> list
                ? list.stream()
                        .filter(member -> member != null)
                        .map(ClaimsRequest::sortedValue)
                        .toList()
                : value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClaimsRequest that && json.equals(that.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    /** The JSON itself, which is no secret: the caller's client is told. */
    @Override
    public String toString() {
        return json;
    }
}
