package dev.procura.gateway.console;

import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.inbound.Revocation;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an operator wants to be refused from now on, read without any guess: a mistake must not look like success.
 *
 * <p>Not checked: whether anybody has this subject, session, client or tenant; only the authorization server knows.
 */
record RevocationRequest(Revocation.What what, Instant notBefore) {

    /** What is wrong with the request, in words for the one who wrote it. */
    static final class Mistake extends RuntimeException {

        Mistake(String message) {
            super(message, null, false, false);
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Set<String> KINDS = Set.of("subject", "session", "client", "tenant", "everything");
    private static final int MAX_TEXT = 1_024;

    /** So that tokens count too whose issuer's clock is ahead; more is a mistake, and would keep everybody out. */
    private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    /** @throws Mistake with the reason */
    static RevocationRequest read(String body, Issuers issuers, Instant now) {
        JsonNode json = parsed(body);
        Set<String> names = new TreeSet<>(json.propertyNames());
        Set<String> kinds = new TreeSet<>(names);
        kinds.retainAll(KINDS);
        if (kinds.size() != 1) {
            throw new Mistake("Name exactly one of subject, session, client, tenant and everything");
        }
        String kind = kinds.iterator().next();
        names.removeAll(List.of(kind, "not-before"));
        if (!kind.equals("everything")) {
            names.remove("issuer");
        }
        if (!names.isEmpty()) {
            throw new Mistake("There is a member that has no meaning beside " + kind + "; it takes "
                    + String.join(", ", taken(kind)));
        }
        return new RevocationRequest(what(kind, json, issuers), notBefore(json, now));
    }

    private static List<String> taken(String kind) {
        List<String> taken = new ArrayList<>(List.of("not-before"));
        if (!kind.equals("everything")) {
            taken.add("issuer");
        }
        return taken;
    }

    private static JsonNode parsed(String body) {
        try {
            JsonNode json = JSON.readTree(body);
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (JacksonException e) {
            // The parser's words quote the text.
        }
        throw new Mistake("The body is not one JSON object");
    }

    private static Revocation.What what(String kind, JsonNode json, Issuers issuers) {
        if (kind.equals("everything")) {
            if (!json.get(kind).isBoolean() || !json.get(kind).booleanValue()) {
                throw new Mistake("everything can only be true");
            }
            return Revocation.What.Everything.EVERYTHING;
        }
        String value = text(json, kind).orElseThrow();
        Optional<String> issuer = text(json, "issuer").map(name -> issuer(name, issuers));
        if (kind.equals("tenant")) {
            return new Revocation.What.Tenant(issuer, tenant(value));
        }
        String iss = issuer.orElseThrow(() -> new Mistake("issuer is missing: a " + kind + " means something there"));
        return switch (kind) {
            case "subject" -> {
                if (Identity.isNobody(value)) {
                    throw new Mistake("This subject stands for everybody: name the user by another claim");
                }
                yield new Revocation.What.Subject(iss, value);
            }
            case "session" -> new Revocation.What.Session(iss, value);
            default -> new Revocation.What.Client(iss, value);
        };
    }

    /** Entra writes its tenants in lower case, and people copy them in any. */
    private static String tenant(String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        return lower.matches("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}") ? lower : value;
    }

    private static String issuer(String name, Issuers issuers) {
        if (issuers.named(name) != null) {
            Set<String> exact = issuers.exactIssuersOf(name);
            if (exact.size() != 1) {
                throw new Mistake("This block of procura.issuers has several issuers: write the exact iss");
            }
            return exact.iterator().next();
        }
        if (!issuers.trusts(name)) {
            throw new Mistake("issuer is neither an iss that procura.issuers trusts nor the name of a block");
        }
        return name;
    }

    private static Instant notBefore(JsonNode json, Instant now) {
        Optional<String> text = text(json, "not-before");
        if (text.isEmpty()) {
            return now;
        }
        Instant notBefore;
        try {
            notBefore = OffsetDateTime.parse(text.get()).toInstant();
        } catch (DateTimeException e) {
            throw new Mistake("not-before is no time like 2026-03-01T12:00:00Z");
        }
        if (notBefore.isAfter(now.plus(MAX_AHEAD))) {
            throw new Mistake("not-before is more than 5 minutes in the future");
        }
        return notBefore;
    }

    private static Optional<String> text(JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isString()
                || value.stringValue().isBlank()
                || value.stringValue().length() > MAX_TEXT) {
            throw new Mistake(name + " is not a text of 1 to " + MAX_TEXT + " characters");
        }
        return Optional.of(value.stringValue());
    }

    /** The same form for what counts: {@code {"session": …, "issuer": …}}; of an issuer as a whole, its name alone. */
    static Map<String, Object> members(Revocation.What what) {
        if (what instanceof Revocation.What.Subject subject) {
            return ordered("subject", subject.subject(), Optional.of(subject.issuer()));
        }
        if (what instanceof Revocation.What.Session session) {
            return ordered("session", session.session(), Optional.of(session.issuer()));
        }
        if (what instanceof Revocation.What.Client client) {
            return ordered("client", client.clientId(), Optional.of(client.issuer()));
        }
        if (what instanceof Revocation.What.Tenant tenant) {
            return ordered("tenant", tenant.tenant(), tenant.issuer());
        }
        if (what instanceof Revocation.What.Issuer all) {
            return ordered("issuer", all.issuer(), Optional.empty());
        }
        return ordered("everything", true, Optional.empty());
    }

    private static Map<String, Object> ordered(String kind, Object value, Optional<String> issuer) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(kind, value);
        issuer.ifPresent(iss -> members.put("issuer", iss));
        return members;
    }
}
