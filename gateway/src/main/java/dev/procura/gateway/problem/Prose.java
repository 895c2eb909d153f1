package dev.procura.gateway.problem;

import java.util.regex.Pattern;

/** Makes what somebody else wrote fit for a log line: one line, short, and without anything that could be a token. */
public final class Prose {

    private static final int MAX_LENGTH = 200;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");
    private static final Pattern LONG_WORD = Pattern.compile("[A-Za-z0-9_\\-+=.~]{40,}");

    private Prose() {}

    public static String forLog(String text) {
        String line = CONTROL.matcher(text).replaceAll(" ");
        String harmless = LONG_WORD.matcher(line).replaceAll("…");
        return harmless.length() <= MAX_LENGTH ? harmless : harmless.substring(0, MAX_LENGTH) + "…";
    }
}
