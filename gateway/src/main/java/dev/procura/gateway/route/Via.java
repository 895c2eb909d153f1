package dev.procura.gateway.route;

import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The way that requests have come ({@code Via}, RFC 9110 section 7.6.3), and the end of those that go in circles. Every
 * request leaves with this gateway's member behind those that it came with; one whose members name this gateway too often
 * already is refused. Pure.
 *
 * <p>What a caller writes there can only get its own request refused. Not checked: that nobody on the way has taken members
 * out, which nothing in a request could show.
 *
 * @param pseudonym what this gateway calls itself; others of the same name count as this one
 * @param maxHops how often a request may have passed already
 */
record Via(String pseudonym, int maxHops) {

    /** In characters, of all lines together: room for a hundred members. */
    static final int MAX_LENGTH = 8192;

    /** @param publicUrl its host and port are the pseudonym; gateways without one cannot be told apart */
    static Via of(Optional<String> publicUrl, int maxHops) {
        return new Via(publicUrl.map(URI::create).map(Via::hostAndPort).orElse("procura"), maxHops);
    }

    private static String hostAndPort(URI uri) {
        return uri.getHost().toLowerCase(Locale.ROOT) + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /**
     * What a request leaves with.
     *
     * @param arrived the field lines that it came with
     * @param protocolVersion the version of HTTP that it came by, such as {@code 1.1}
     * @throws ProblemException when it has passed too often, or when that cannot be told: what cannot be read to its end
     *     could hide any number of members
     */
    String passOn(List<String> arrived, String protocolVersion) {
        OptionalInt hops = hops(arrived);
        if (hops.isEmpty()) {
            throw ProblemException.of(
                    Problem.LOOP_DETECTED,
                    "Via cannot be read to its end: a comment stays open, or it is longer than " + MAX_LENGTH
                            + " characters");
        }
        if (hops.getAsInt() > maxHops) {
            throw ProblemException.of(
                    Problem.LOOP_DETECTED,
                    "Via names " + pseudonym + " " + hops.getAsInt()
                            + " times: a request that has passed so often is in a loop (procura.delegation.max-hops)");
        }
        StringBuilder members = new StringBuilder();
        for (String line : arrived) {
            if (!line.isBlank()) {
                members.append(line.strip()).append(", ");
            }
        }
        return members.append(protocolVersion).append(' ').append(pseudonym).toString();
    }

    /** Empty when the lines cannot be read to their end. */
    private OptionalInt hops(List<String> lines) {
        int length = 0;
        int hops = 0;
        for (String line : lines) {
            // The separator counts too, so that empty lines are bounded as well.
            length += line.length() + 1;
            if (length > MAX_LENGTH) {
                return OptionalInt.empty();
            }
            OptionalInt ofLine = hops(line);
            if (ofLine.isEmpty()) {
                return ofLine;
            }
            hops += ofLine.getAsInt();
        }
        return OptionalInt.of(hops);
    }

    /**
     * Counts the members with the pseudonym among their words. In a well-formed member it is the second one; in a malformed
     * one any place counts, so that no spelling hides a pass.
     */
    private OptionalInt hops(String line) {
        int hops = 0;
        int comments = 0;
        int wordBegin = 0;
        boolean named = false;
        for (int i = 0; i <= line.length(); i++) {
            char c = i < line.length() ? line.charAt(i) : ',';
            boolean inComment = comments > 0;
            if (inComment && c == '\\') {
                // A quoted pair: the next character closes nothing.
                i++;
            } else if (c == '(') {
                comments++;
            } else if (c == ')' && inComment) {
                comments--;
            }
            if (inComment) {
                wordBegin = i + 1;
            } else if (isDelimiter(c)) {
                named |= isPseudonym(line, wordBegin, i);
                wordBegin = i + 1;
                if (c == ',') {
                    hops += named ? 1 : 0;
                    named = false;
                }
            }
        }
        return comments == 0 ? OptionalInt.of(hops) : OptionalInt.empty();
    }

    private boolean isPseudonym(String line, int begin, int end) {
        return end - begin == pseudonym.length() && line.regionMatches(true, begin, pseudonym, 0, end - begin);
    }

    private static boolean isDelimiter(char c) {
        return c <= ' ' || c == 0x7f || c == ',' || c == '(' || c == ')';
    }
}
