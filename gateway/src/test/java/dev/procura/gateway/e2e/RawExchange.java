package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.testkit.RecordingTier;
import dev.procura.gateway.testkit.RunningGateway;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A request as it goes over the wire, and what comes of it, for comparing ways that should not differ.
 *
 * @param route the first segment of its path, such as /orders
 * @param text the whole of it; it asks for the connection to be closed
 * @param token of the caller, who is in it
 */
record RawExchange(String route, String text, String token) {

    /** What the tier's own server adds to a request in HTTP/2, for its own use. */
    private static final String OF_THE_TIERS_SERVER = "x-http2-";

    /** Anything that a caller may ask for: of {@link RecordingTier}, in a method that the route takes, with odd headers. */
    static RawExchange random(Random random, String route, String token) {
        return new RawExchange(route, request(random, route + target(random), token), token);
    }

    /** The same on another route. */
    RawExchange on(String other) {
        return new RawExchange(other, text.replaceFirst(route + "/", other + "/"), token);
    }

    @Override
    public String toString() {
        return text.replace(token, "…");
    }

    /** @param answer as it came, without what differs each time */
    record Exchanged(List<String> atTier, List<String> answer) {}

    /** Sends it; nobody else may use the tier meanwhile. */
    Exchanged at(RunningGateway gateway, RecordingTier tier) {
        tier.reset();
        String answer = gateway.raw(text);
        List<String> atTier = tier.received().stream()
                .map(received -> received.method() + " " + received.target().substring(route.length()) + " "
                        + received.bodyBytes() + " "
                        + received.headers().stream()
                                .filter(header -> !header.getKey().startsWith(OF_THE_TIERS_SERVER))
                                .map(header -> comparable(header, tier))
                                .sorted()
                                .toList())
                .toList();
        int end = answer.indexOf("\r\n\r\n");
        assertThat(end).as("an answer to " + this).isPositive();
        List<String> lines = new ArrayList<>(List.of(answer.substring(0, end).split("\r\n")));
        lines.replaceAll(RawExchange::withNameInLowerCase);
        lines.replaceAll(line -> line.startsWith("date:") ? "date" : line);
        lines.sort(null);
        String body = answer.substring(end + 4);
        lines.add(
                lines.stream().anyMatch(line -> line.equalsIgnoreCase("transfer-encoding: chunked"))
                        ? joined(body)
                        : body);
        return new Exchanged(atTier, lines);
    }

    /** Where chunks end is nobody's business; what comes behind the last one is. */
    private static String joined(String chunks) {
        StringBuilder all = new StringBuilder();
        int at = 0;
        while (at < chunks.length()) {
            int line = chunks.indexOf("\r\n", at);
            int size = Integer.parseInt(chunks.substring(at, line), 16);
            if (size == 0) {
                return all.append("|")
                        .append(chunks.substring(line + 2).toLowerCase(Locale.ROOT))
                        .toString();
            }
            all.append(chunks, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
        return all.append("without an end").toString();
    }

    /** Each gateway has obtained a token of its own for the caller. */
    private static String comparable(Map.Entry<String, String> header, RecordingTier tier) {
        String name = header.getKey().toLowerCase(Locale.ROOT);
        boolean differs = name.equals("authorization") || name.equals("procura-user-context");
        String value = header.getValue().equals(URI.create(tier.uri()).getAuthority()) ? "the tier" : header.getValue();
        return name + ": " + (differs ? "…" : value);
    }

    private static String withNameInLowerCase(String line) {
        int colon = line.indexOf(':');
        return colon < 0 ? line : line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon);
    }

    private static String target(Random random) {
        return "/"
                + Randomly.oneOf(
                        random,
                        List.of(
                                "1",
                                "a%20b/c",
                                "%C3%BC",
                                "status/200",
                                "status/201",
                                "status/204",
                                "status/205",
                                "status/302",
                                "status/304",
                                "status/404",
                                "status/418",
                                "status/503",
                                "status/299",
                                "download/0",
                                "download/1",
                                "download/16384",
                                "download/200000",
                                "cut",
                                "head-and-cut",
                                "long-head",
                                "trailers",
                                "phrase"))
                + Randomly.oneOf(random, List.of("", "", "?a=b", "?a=%2F&b=%5B1%5D"));
    }

    private static String request(Random random, String target, String token) {
        List<String> methods = target.startsWith("/legacy")
                ? List.of("GET", "POST")
                : List.of("GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD");
        String method = Randomly.oneOf(random, methods);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", "api.example.test");
        headers.put("Authorization", "Bearer " + token);
        List<String> connection = new ArrayList<>(List.of("close"));
        for (String header : List.of(
                "Accept: text/plain",
                "User-Agent: test/1",
                "X-Forwarded-For: 203.0.113.7",
                "X_Forwarded_For: 203.0.113.7",
                "Forwarded: for=203.0.113.7",
                "Cookie: locale=de; session=secret",
                "DPoP: proof",
                "Txn-Token: t",
                "Proxy-Authorization: Basic eA==",
                "Actor-Token: abc",
                "actor_token: abc",
                "Authorization_: x",
                "Client-Cert: :AA==:",
                "Procura-User-Context: forged",
                "procura.user.context: forged",
                "Via: 1.1 edge, 1.0 fred (Apache)",
                "Keep-Alive: timeout=5",
                "X-Named: 1",
                "X-Application-Context: app",
                "Accept-Encoding: gzip",
                "Content-Type: application/json",
                "Content-Type: application/grpc",
                "Origin: https://app.example.com",
                "Expect: 200-ok",
                "If-None-Match: \"a\"",
                "X-Long: " + "a".repeat(20_000),
                "X-Twice: a")) {
            if (random.nextInt(4) == 0) {
                headers.put(header.substring(0, header.indexOf(':')), header.substring(header.indexOf(':') + 2));
            }
        }
        if (headers.containsKey("X-Named")) {
            connection.add("x-named");
        }
        String body = "";
        if (random.nextInt(3) > 0 && !Set.of("GET", "HEAD", "DELETE").contains(method)) {
            int size = Randomly.oneOf(random, List.of(0, 10, 70_000));
            if (random.nextBoolean() || size == 0) {
                headers.put("Content-Length", Integer.toString(size));
                body = "b".repeat(size);
            } else {
                headers.put("Transfer-Encoding", "chunked");
                body = Integer.toHexString(size) + "\r\n" + "b".repeat(size) + "\r\n0\r\n\r\n";
            }
        }
        headers.put("Connection", String.join(", ", connection));
        return method + " " + target + " HTTP/1.1\r\n"
                + headers.entrySet().stream()
                        .map(header -> header.getKey() + ": " + header.getValue() + "\r\n")
                        .collect(Collectors.joining())
                + "\r\n" + body;
    }
}
