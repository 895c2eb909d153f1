package dev.procura.gateway.e2e.callers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One row of the table.
 *
 * @param name what comes, in words
 * @param seeds the rows of the requirements that it shows
 * @param token what stands behind {@code Bearer}; empty: no header at all
 * @param words what the token says, of which nothing may be repeated
 * @param route the first segment of the path
 */
record Row(String name, List<Integer> seeds, String token, List<String> words, String route, Outcome outcome) {

    /** What has to come of it. */
    sealed interface Outcome {

        /** @param description what the signed user context says of the caller */
        record Described(Map<String, Object> description) implements Outcome {}

        /** The API gets the caller's own token. */
        enum PassedOn implements Outcome {
            PASSED_ON
        }

        /** The API gets a token that the caller's was exchanged for. */
        enum Exchanged implements Outcome {
            EXCHANGED
        }

        /** The API gets the gateway's own token, and nothing else. */
        enum InOwnName implements Outcome {
            IN_OWN_NAME
        }

        /** Nothing reaches an API, and no authorization server is asked. */
        record Refused(int status, String code) implements Outcome {}
    }

    static Row of(String name, Token token) {
        return new Row(name, List.of(), token.text(), token.words(), "people", Outcome.PassedOn.PASSED_ON);
    }

    /** What is no JWT of ours. */
    static Row of(String name, String text) {
        return new Row(name, List.of(), text, List.of(), "people", Outcome.PassedOn.PASSED_ON);
    }

    Row seeds(Integer... numbers) {
        return new Row(name, List.of(numbers), token, words, route, outcome);
    }

    Row on(String other) {
        return new Row(name, seeds, token, words, other, outcome);
    }

    Row isDescribed(Map<String, Object> description) {
        return ends(new Outcome.Described(description));
    }

    Row isPassedOn() {
        return ends(Outcome.PassedOn.PASSED_ON);
    }

    Row isExchanged() {
        return ends(Outcome.Exchanged.EXCHANGED);
    }

    Row isServedInOwnName() {
        return ends(Outcome.InOwnName.IN_OWN_NAME);
    }

    Row isRefused(int status, String code) {
        return ends(new Outcome.Refused(status, code));
    }

    private Row ends(Outcome outcome) {
        return new Row(name, seeds, token, words, route, outcome);
    }

    /** The token, its parts, and its words, without what anybody may know. */
    List<String> secrets(String known) {
        List<String> parts = new ArrayList<>(List.of(token.split("\\.")));
        parts.addAll(words);
        return parts.stream()
                .filter(part -> part.length() > 6 && !known.contains(part))
                .distinct()
                .toList();
    }

    @Override
    public String toString() {
        String numbers = seeds.isEmpty() ? "" : " " + seeds;
        return name + " on /" + route + numbers + ": "
                + (outcome instanceof Outcome.Refused refused
                        ? refused.status() + " " + refused.code()
                        : outcome instanceof Outcome.Described described
                                ? "known as " + described.description().get("kind")
                                : String.valueOf(outcome).toLowerCase(Locale.ROOT));
    }
}
