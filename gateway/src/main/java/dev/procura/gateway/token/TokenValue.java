package dev.procura.gateway.token;

/**
 * The text of a token, which is a secret: whoever holds it has its rights. Prints as its fingerprint; {@link #reveal()}
 * is called only where the text itself must travel.
 *
 * <p>Checked: that the text is a {@code b64token} (RFC 6750 section 2.1), so that it can stand in a header, and not
 * longer than {@link #MAX_LENGTH}. Not checked: that it is a token of any kind.
 */
public final class TokenValue {

    /** 16 KiB. Longer ones exist nowhere in practice and would cost memory in every cache. */
    public static final int MAX_LENGTH = 16 * 1024;

    private static final boolean[] B64_TOKEN = b64TokenCharacters();

    private final String text;
    private final Fingerprint fingerprint;

    private TokenValue(String text) {
        this.text = text;
        this.fingerprint = Fingerprint.of(text);
    }

    /** @throws IllegalArgumentException when the text is not a {@code b64token} or is too long; says nothing of the text */
    public static TokenValue of(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("longer than " + MAX_LENGTH + " characters");
        }
        if (!isB64Token(text)) {
            throw new IllegalArgumentException("not a b64token");
        }
        return new TokenValue(text);
    }

    /** {@code 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="} */
    public static boolean isB64Token(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        if (end == 0) {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c >= B64_TOKEN.length || !B64_TOKEN[c]) {
                return false;
            }
        }
        return true;
    }

    /** A look-up for each character: a token has a thousand of them, and each request has one. */
    private static boolean[] b64TokenCharacters() {
        boolean[] allowed = new boolean[128];
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"
                .chars()
                .forEach(c -> allowed[c] = true);
        return allowed;
    }

    /** The secret itself, for the one place that sends it on. */
    public String reveal() {
        return text;
    }

    public Fingerprint fingerprint() {
        return fingerprint;
    }

    public int length() {
        return text.length();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenValue that && fingerprint.equals(that.fingerprint);
    }

    @Override
    public int hashCode() {
        return fingerprint.hashCode();
    }

    @Override
    public String toString() {
        return fingerprint.toString();
    }
}
