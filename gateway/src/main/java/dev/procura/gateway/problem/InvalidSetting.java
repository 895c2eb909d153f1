package dev.procura.gateway.problem;

/**
 * A setting that cannot work. Stops the start-up with the key, what is wrong with it, and lines that would be right.
 * Never shows the value that was found: it may be a secret in the wrong place.
 */
public final class InvalidSetting extends RuntimeException {

    private final String key;
    private final String reason;
    private final String example;

    /**
     * @param key the whole key, such as {@code procura.issuers.corp.audiences}
     * @param reason a clause that goes on from the key: "is missing: …"
     * @param example valid YAML for the key, without its parents; empty when the key has to go
     */
    public InvalidSetting(String key, String reason, String example) {
        super(key + " " + reason);
        this.key = key;
        this.reason = reason;
        this.example = example;
    }

    public String key() {
        return key;
    }

    public String reason() {
        return reason;
    }

    public String example() {
        return example;
    }
}
